"""A run with a validation part: cut anywhere it ends the same, and keeps its look at the test."""

import json
from dataclasses import replace

import numpy as np
import pytest

import spusk
from spusk import runs
from spusk.data import Data, Reading, load, load_as
from spusk.errors import RunError
from spusk.runs import Every
from spusk.runs.catalogue import summarise
from spusk.runs.manifest import reading_of
from spusk.training import verdicts
from tests.commands import spusk as cli
from tests.conftest import blobs
from tests.reliability.helpers import PLAN, begin, carry

WHOLE = Data(blobs(80, seed=1), blobs(25, seed=1), "blobs")
SETS = WHOLE.with_validation(0.25)  # 9 steps
PLAN = replace(PLAN, rate=2.0, epochs=40, keep="best", patience=3)


@pytest.fixture
def straight(tmp_path):
    """The run that nothing disturbed."""
    carry(begin(tmp_path / "straight", PLAN, SETS))
    return runs.load(tmp_path / "straight")


def cut_after(folder, epoch, step):
    """A run killed after a step, as it were; after its last words where there is none."""
    begun = begin(folder, PLAN, SETS, every=Every(steps=4))
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)
            if (event.epoch, event.step) == (epoch, step):
                return


def numbers(run):
    """What a history says besides the time it took."""
    kept = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
    return [[row[name] for name in kept] for row in run.history]


def test_a_cut_run_ends_the_same(tmp_path, straight):
    """Within an epoch, at its end, and between the last epoch and what is written after it."""
    last = int(straight.history[-1]["epoch"])
    assert 3 < last < 40
    for epoch, step in ((1, 4), (2, 9), (last - 1, 9), (last, 9)):
        folder = tmp_path / f"{epoch}-{step}"
        cut_after(folder, epoch, step)
        assert runs.load(folder).test is None
        result = spusk.resume(folder, sets=SETS)
        run = runs.load(folder)
        np.testing.assert_array_equal(run.net.theta, straight.net.theta)
        np.testing.assert_array_equal(result.net.theta, straight.net.theta)
        assert run.test == straight.test == result.last.final_test
        assert numbers(run) == numbers(straight)
        assert [event.test_cost is None for event in result.history] == [
            *(last - 1) * [True],
            False,
        ]


def test_a_last_look_cut_short_comes_again(tmp_path, straight, monkeypatch):
    look, cut = verdicts.evaluate, lambda net, V, stop: V is not SETS.test and look(net, V, stop)
    with monkeypatch.context() as patched:
        patched.setattr(verdicts, "evaluate", lambda *given: cut(*given) or None)
        begun = begin(tmp_path / "r", PLAN, SETS)
        with begun.writer as writer:
            for event in begun.events:
                writer.take(event)
                if event.ends_epoch and event.watched is None:  # asked to stop, as it were
                    break
            writer.finish(event)
    assert event.outcome is None
    assert runs.load(tmp_path / "r").test is None
    spusk.resume(tmp_path / "r", sets=SETS)
    run = runs.load(tmp_path / "r")
    assert run.test == straight.test
    np.testing.assert_array_equal(run.net.theta, straight.net.theta)
    assert numbers(run) == numbers(straight)


def test_what_a_run_says_of_its_one_look_at_the_test(straight):
    run, row = straight, summarise(straight.folder)
    assert run.test.cost == pytest.approx(run.net.cost(SETS.test))
    assert run.test.accuracy == run.net.accuracy(SETS.test)
    assert (row.test_cost, row.test_accuracy) == run.test
    assert row.best == run.net.accuracy(SETS.validation)
    told = json.loads((run.folder / "run.json").read_text())
    assert told["validation"] == run.validation == runs.fingerprint(SETS.validation)
    for other in (WHOLE, SETS._replace(validation=None), WHOLE.with_validation(0.5)):
        with pytest.raises(RunError, match="was trained on another set"):
            spusk.resume(run.folder, 20, other)


def test_a_run_without_one_says_nothing_of_it(tmp_path):
    carry(begin(tmp_path / "r", PLAN, WHOLE))
    assert not {"validation", "test"} & set(json.loads((tmp_path / "r" / "run.json").read_text()))
    run = runs.load(tmp_path / "r")
    assert (run.validation, run.test) == (None, None)
    old = reading_of({"read": {"label": "a", "missing": None, "mix": True, "test": None}})
    assert old == Reading("a", mix=True, transpose=False)


@pytest.mark.parametrize("holes", [True, False])
def test_the_same_part_is_split_off_whenever_a_set_is_read(tmp_path, holes):
    """What is filled in is learned from the rest alone, in `spusk train` too, and goes on so."""
    rows = [f"{'ab'[k % 3 == 0]},{'' if holes and k % 5 == 1 else k}" for k in range(60)]
    path = tmp_path / "t.csv"
    path.write_text("class,u\n" + "\n".join(rows) + "\n")
    found = load_as(path, None, Reading(missing="mean", mix=True, validation=0.2))
    after = load(path, missing="mean", mix=True).with_validation(0.2)
    assert np.bincount(found.validation.labels).tolist() == [6, 3]
    same = runs.fingerprint(found.train) == runs.fingerprint(after.train)
    assert same == (not holes)
    if holes:
        assert found.train.fills == pytest.approx((found.train.x.mean(),))
        assert after.train.fills != found.train.fills
    folder = tmp_path / "run"
    how = ("--missing", "mean", "--validation", 0.2, "--epochs", 1, "--no-pictures")
    said = cli("train", "--data", path, *how, "--out", folder)
    assert said.returncode in (0, 3), said.stderr
    assert "9 split off for validation are watched" in said.stdout
    assert spusk.resume(folder, 2).last.epoch == 2  # the same set was read again
