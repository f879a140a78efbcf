"""run.json with anything in it: an error of one line and an untouched folder, or it goes on."""

import json
from copy import deepcopy

import numpy as np
import pytest

import spusk
from spusk import runs
from spusk.data import Data
from spusk.errors import RunError, SpuskError
from spusk.i18n import LANGUAGES
from spusk.runs import Every
from tests.commands import spusk as cli
from tests.reliability.helpers import SETS, begin, carry

WILD = (
    None, True, False, 0, 1, -1, 3, 0.0, 0.5, -0.5, 1e308, float("inf"), float("nan"), 10**400, "",
    "x", "3", "0.5", "all", "a\0b", "a\nb", "\ud800", "é" * 300, [], [1], [[]], {}, {"a": 1},
)  # fmt: skip
TEXTS = ("x", "3", "0.5", "all", "a\nb", "\ud800", "é" * 300)
RIGHT = {  # what a run goes on with; everything else of WILD is refused
    "plan.rate": (1, 3, 0.5, 1e308),
    "plan.batch": (),  # it stands inside an epoch, where only the batch it began with will do
    "plan.epochs": (3, 10**400),  # and 1, but one epoch is behind it
    "plan.rule": (..., None),
    "plan.rule.name": (),
    "plan.seed": (0, 1, 3, 10**400),
    "data": TEXTS,
    "engine": (),  # an engine's name, which none of these is
    "fingerprint": (),
    "format": (True, 1, 3),
    "outcome": (..., None),
    "rates": (..., None, []),
    "note": (..., None, {}, {"a": 1}),
    "note.shape": (..., None, [], [1]),
    "note.data_dir": (..., None, *TEXTS),
}


def keys(about, before=()):
    """The ways to every value in a JSON object."""
    for key, value in about.items():
        yield (*before, key)
        if isinstance(value, dict):
            yield from keys(value, (*before, key))


def changed(about, way, value):
    """The object with another value at the end of the way; gone where that is Ellipsis."""
    about = deepcopy(about)
    *before, last = way
    inner = about
    for key in before:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return about


@pytest.fixture
def cut(tmp_path):
    """A run that was cut off in its second epoch, and what its files hold."""
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1), note={"shape": [6], "data_dir": None}), 40)
    return folder, {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def put_back(folder, files):
    for path in folder.rglob("*"):
        if path.is_file() and path not in files:
            path.unlink()
    for path, content in files.items():
        path.write_bytes(content)


def attempt(folder, sets):
    """Goes on with a run, a little way; None, or what it was refused with."""
    try:
        with np.errstate(all="ignore"):
            carry(runs.open_resumed(folder, sets=sets), 45)
    except SpuskError as error:
        return error
    return None


@pytest.mark.more
def test_every_value_of_every_kind_at_every_key(cut, quick):
    folder, files = cut
    path = folder / "run.json"
    good = json.loads(files[path])
    gone_on = {}
    for way in keys(good):
        for value in (..., *WILD):
            path.write_text(json.dumps(changed(good, way, value)))
            files[path] = path.read_bytes()
            error = attempt(folder, SETS)
            if error is None:
                gone_on.setdefault(".".join(way), []).append(value)
                put_back(folder, files)
                continue
            said = {error.sentence(lang) for lang in LANGUAGES}
            assert len(said) == 2, (way, value, said)
            assert all(len(each.splitlines()) == 1 for each in said), (way, value)
            assert str(folder) in str(error) or way == ("engine",), (way, value, error)
            assert {p: p.read_bytes() for p in files} == files, (way, value)
    for key, values in RIGHT.items():
        found = gone_on.pop(key, [])
        assert list(map(repr, found)) == list(map(repr, values)), key
    assert all(key == "spusk" or key.startswith("network") for key in gone_on)  # for people only


@pytest.mark.parametrize("way", [("data",), ("note", "data_dir")])
def test_a_set_that_cannot_be_read_is_named(cut, quick, way):
    folder, files = cut
    path = folder / "run.json"
    good = changed(json.loads(files[path]), ("data",), "mnist")
    for value in WILD:
        path.write_text(json.dumps(changed(good, way, value)))
        files[path] = path.read_bytes()
        assert attempt(folder, None) is not None, value
        assert {p: p.read_bytes() for p in files} == files, value


def test_what_is_wrong_is_named(cut):
    folder, files = cut
    path = folder / "run.json"
    for key, value, says in (
        ("batch", 0, "plan.batch a whole number from 1 up or 'all', found 0"),
        ("batch", "x", "plan.batch a whole number from 1 up or 'all', found 'x'"),
        ("rate", "3", "plan.rate a positive number or a schedule, found '3'"),
        ("epochs", "9", "plan.epochs a whole number from 1 up, found '9'"),
        ("rule", {"name": "eval"}, "plan.rule a rule and its parameters, found {'name': 'eval'}"),
        ("seed", -1, "plan.seed a whole number from 0 up, found -1"),
        ("seed", ..., "plan.seed a whole number from 0 up, found nothing"),
        (
            "batch",
            [[[[[[[[[1]]]]]]]]],
            "plan.batch a whole number from 1 up or 'all', found [[[[[[[...]]]]]]]",
        ),
    ):
        path.write_text(json.dumps(changed(json.loads(files[path]), ("plan", key), value)))
        for open_ in (runs.load, spusk.resume):
            with pytest.raises(RunError) as caught:
                open_(folder)
            assert str(caught.value) == f"{path}: expected a spusk run, its {says}"
        done = cli("resume", folder)
        assert (done.returncode, done.stderr) == (2, f"error: {caught.value}\n")


@pytest.mark.parametrize("epochs", [0, -1, 2.5, "9", True])
def test_epochs_that_are_none_change_nothing(cut, epochs):
    folder, files = cut
    with pytest.raises(SpuskError, match="epochs: expected a whole number from 1 up"):
        spusk.resume(folder, epochs=epochs, sets=Data(SETS.train, None, "blobs"))
    assert {p: p.read_bytes() for p in files} == files
