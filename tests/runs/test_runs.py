"""Run folders: what is written is read back, what is broken is refused, nothing is half-written."""

import ast
import json
import os
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from spusk import Network, errors, runs, train
from spusk.errors import RunError
from spusk.i18n import topic
from spusk.runs import descriptions
from spusk.runs.checkpoint import SavedEpoch, SavedPlace, SavedState
from spusk.runs.manifest import SavedNote, SavedPlan, SavedRun
from spusk.training import Cursor, Event, Plan


@pytest.fixture
def run(tmp_path, small):
    net = Network([6, 5, 3], seed=2, activation="tanh", error="cross-entropy")
    result = train(net, small, rate=0.5, epochs=3, seed=2, test=small)
    runs.save(tmp_path / "run", net, Plan(0.5, 10, 3, 2), "blobs", result.history, {"shape": [6]})
    return tmp_path / "run", net, result


def test_a_run_comes_back_whole(run):
    folder, net, result = run
    back = runs.load(folder)
    np.testing.assert_array_equal(back.net.theta, net.theta)
    assert back.net.sizes == net.sizes
    assert (back.net.activation, back.net.error) == ("tanh", "cross-entropy")
    assert back.plan == Plan(0.5, 10, 3, 2)
    assert back.source == "blobs"
    assert back.note == {"shape": [6]}
    assert [row["loss"] for row in back.history] == [e.cost for e in result.history]
    assert [row["val_accuracy"] for row in back.history] == [
        e.test_accuracy for e in result.history
    ]


def test_a_set_is_known_again_by_its_numbers_and_its_weights(small):
    plain = "bae4d235dd01572bb1569cc5e724b767b2f88ec8425adfe11e341027480b625f"  # as runs have it
    assert runs.fingerprint(small) == plain
    marks = {runs.fingerprint(small.with_weights(w)) for w in (range(60), range(1, 61), [1] * 60)}
    assert len(marks | {plain}) == 4


def test_history_speaks_keras(run):
    header = (run[0] / "history.csv").read_text().splitlines()[0]
    assert header.startswith("epoch,loss,accuracy,val_loss,val_accuracy")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_keep_their_precision(tmp_path, dtype):
    net = Network([4, 3], dtype=dtype)
    runs.save_weights(net, tmp_path / "w.safetensors")
    back = runs.load_weights(tmp_path / "w.safetensors")
    assert back.dtype == dtype
    np.testing.assert_array_equal(back.theta, net.theta)


def test_a_failing_write_leaves_the_old_bytes_and_no_orphan(tmp_path, monkeypatch):
    path = tmp_path / "file"
    runs.write(path, b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        runs.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_no_run_here(tmp_path):
    with pytest.raises(RunError, match=r"expected a run folder with run\.json"):
        runs.load(tmp_path)


@pytest.mark.parametrize(
    ("file", "damage", "says"),
    [
        ("run.json", lambda b: b[:-20], "expected JSON"),
        ("run.json", lambda b: b"[1]", "expected format 3, found list"),
        ("run.json", lambda b: b.replace(b'"format": 3', b'"format": 9'), "found 9"),
        ("run.json", lambda b: b.replace(b'"plan"', b'"plam"'), "expected a spusk run"),
        ("run.json", lambda b: b.replace(b'"rate"', b'"reta"'), "expected a spusk run"),
        ("weights.safetensors", lambda b: b[:-4], "expected spusk weights"),
        ("weights.safetensors", lambda b: b"", "expected spusk weights"),
        ("weights.safetensors", lambda b: b[:8] + b"\xff" + b[9:], "expected spusk weights"),
        ("weights.safetensors", lambda b: b.replace(b"[6, 5, 3]", b"[6, 4, 3]"), "W1 expected"),
        ("history.csv", lambda b: b.replace(b"\n1,", b"\none,"), "expected a history"),
    ],
)
def test_damage_is_named_with_its_file(run, file, damage, says):
    path = run[0] / file
    before = path.read_bytes()
    path.write_bytes(damage(before))
    assert path.read_bytes() != before
    with pytest.raises(RunError, match=says) as caught:
        runs.load(run[0])
    assert file in str(caught.value)


def test_weights_that_are_not_finite_are_refused(run):
    folder, net, _ = run
    net.theta[3] = np.nan
    runs.save_weights(net, folder / "weights.safetensors")
    with pytest.raises(RunError, match="finite"):
        runs.load(folder)


def test_a_network_description_cannot_smuggle(run):
    path = run[0] / "weights.safetensors"
    path.write_bytes(path.read_bytes().replace(b"tanh", b"eval"))
    with pytest.raises(RunError, match="activation"):
        runs.load(run[0])


def test_every_error_of_the_room_has_a_key():
    """So it is said in both languages."""
    calls = [
        node
        for path in Path(runs.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    named = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    assert not named & set(dir(errors))
    assert any(getattr(call.func, "attr", "") == "keyed" for call in calls)


@pytest.mark.parametrize(
    ("record", "at"),
    [(SavedRun, ""), (SavedPlan, "plan."), (SavedNote, "note."), (SavedState, "state.")],
)
def test_every_field_of_a_description_has_its_sentence(record, at):
    assert {at + field for field in record.__struct_fields__} <= topic("runs", "en").keys()


def test_an_error_that_msgspec_words_otherwise_is_told_all_the_same(run, monkeypatch):
    path = run[0] / "run.json"
    path.write_text('{"format": 2, "plan": []}')
    monkeypatch.setattr(descriptions, "PLACE", re.compile("nothing of it"))
    with pytest.raises(RunError, match=r"its run\.json an object, found \{'format': 2, 'plan'"):
        runs.load(run[0])


def test_run_json_is_for_people_too(run):
    about = json.loads((run[0] / "run.json").read_text())
    plan = {"rate": 0.5, "batch": 10, "epochs": 3, "seed": 2, "rule": {"name": "plain"}}
    assert about["plan"] == plan
    assert about["network"]["sizes"] == [6, 5, 3]


def test_a_checkpoints_records_are_of_what_a_training_tells():
    """In the same order: a place is kept as a list."""
    assert SavedPlace.__struct_fields__ == Cursor._fields
    told = [field.name for field in fields(Event) if field.name != "cursor"]
    assert list(SavedEpoch.__struct_fields__) == [n for n in told if "validation" not in n]
