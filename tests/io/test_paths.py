"""~ and ~user, wherever a path is asked for; a home that is not there is one line."""

import os
from pathlib import Path

import pytest

import spusk
from spusk import data, plots, runs
from spusk.errors import DataError
from spusk.io.paths import home
from spusk.training import Plan
from tests.cli.test_training import QUICK
from tests.cli.test_training import spusk as cli

NOBODY = "~nobody-of-this-name"
SAYS = (
    f"error: {NOBODY}/x: no user of that name has a home folder here; write the path in full, or "
    f"./{NOBODY}/x for a name that begins with ~\n"
)


def test_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert home("~/x") == home(Path("~/x")) == tmp_path / "x"
    assert home("~") == tmp_path
    assert home("a/~b") == Path("a/~b")
    with pytest.raises(DataError, match="no user of that name"):
        home("~draft.csv")
    Path("~draft.csv").touch()
    assert home("~draft.csv") == Path("~draft.csv")  # it is there
    assert home("./~new.csv") == Path("~new.csv")  # it is meant


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--data", f"{NOBODY}/x"),
        ("train", "--data", "mnist", "--data-dir", f"{NOBODY}/x"),
        ("train", f"--out={NOBODY}/x", *QUICK),
        ("data", "get", "mnist", "--data-dir", f"{NOBODY}/x"),
        ("resume", f"{NOBODY}/x"),
        ("show", f"{NOBODY}/x"),
        ("evaluate", f"{NOBODY}/x"),
        ("predict", f"{NOBODY}/x", "a.png"),
        ("predict", "run", f"{NOBODY}/x"),
        ("why", "stochastic", "--out", f"{NOBODY}/x"),
        ("descend", "lecture", "--plot", f"{NOBODY}/x"),
        ("rates", "lecture", "--plot", f"{NOBODY}/x"),
        ("escape", "escape", "--plot", f"{NOBODY}/x"),
        ("basins", "himmelblau", "--plot", f"{NOBODY}/x"),
        ("lab", "--export", f"{NOBODY}/x"),
        ("lab", "--data", f"{NOBODY}/x"),
        ("lab", "--load", f"{NOBODY}/x"),
    ],
    ids=lambda arguments: "-".join(arguments).replace(f"{NOBODY}/x", "").strip("-="),
)
def test_a_home_that_is_not_there_is_one_line(arguments, tmp_path):
    assert cli(*arguments, cwd=tmp_path, code=2) == SAYS
    assert not list(tmp_path.iterdir())


def test_mnists_folder_in_the_environment_too(tmp_path):
    said = cli("train", "--data", "mnist", cwd=tmp_path, code=2, SPUSK_DATA=f"{NOBODY}/x")
    assert said == SAYS


def test_home_is_where_runs_and_pictures_go(tmp_path):
    """A shell leaves --out=~/r as it is."""
    away, own = tmp_path / "away", tmp_path / "home"
    away.mkdir()
    own.mkdir()
    cli("train", *QUICK, "--out=~/r", cwd=away, HOME=str(own))
    cli("resume", "~/r", "--epochs", 2, "--no-pictures", cwd=away, HOME=str(own))
    assert len(runs.load(own / "r").history) == 2
    cli("descend", "lecture", "--plot=~/walk.gif", cwd=away, HOME=str(own))
    cli("lab", "--export=~/lab.html", cwd=away, HOME=str(own))
    assert {path.name for path in own.glob("[!.]*")} == {"r", "walk.gif", "lab.html"}
    assert not list(away.iterdir())


def test_python_knows_home_too(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    net = spusk.Network([6, 4, 3])
    runs.save(tmp_path / "r", net, Plan(rate=1.0, epochs=1), "sample", [])
    walk = spusk.descend("lecture", start=(0, 0), rate=0.1)
    for given in (
        plots.save(plots.path(walk), "~/path.png"),
        plots.save_animation(walk, "~/path.html"),
    ):
        assert given.parent == tmp_path
    with pytest.raises(spusk.errors.RunError, match="has no checkpoints"):
        spusk.resume("~/r")
    with pytest.raises(DataError, match=os.path.join(tmp_path, "no.csv")):
        data.load("~/no.csv")
    with pytest.raises(DataError, match=os.path.join(tmp_path, "no.png")):
        data.image("~/no.png")


LONG = "a" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--out", LONG, *QUICK),
        ("train", "--data", LONG),
        ("resume", LONG),
        ("lab", "--load", LONG),
        ("descend", "lecture", "--plot", f"{LONG}.png"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_name_too_long_is_one_line(arguments, tmp_path):
    said = cli(*arguments, cwd=tmp_path, code=2)
    assert said.startswith(f"error: {LONG}")
    assert said.endswith(": cannot be used (File name too long)\n")
    assert not list(tmp_path.iterdir())


def test_what_no_path_can_hold():
    for use in (data.load, data.image, spusk.resume):
        with pytest.raises(DataError, match=r"cannot be used .*null"):
            use("a\0b")


@pytest.mark.parametrize(
    ("arguments", "file", "why"),
    [
        (("descend", "lecture", "--plot"), "folder.png", "Is a directory"),
        pytest.param(
            ("descend", "lecture", "--plot"), "file/x.html", "File exists", marks=pytest.mark.more
        ),
        (("rates", "lecture", "--rates", "0.1", "--plot"), "file/x.png", "File exists"),
        (("escape", "escape", "--starts", "64", "--plot"), "file/x.png", "File exists"),
        (("basins", "himmelblau", "--size", "8", "--plot"), "file/x.png", "File exists"),
    ],
    ids=lambda part: "-".join(part[:2]) if isinstance(part, tuple) else part,
)
def test_a_picture_that_cannot_be_written_is_one_line(arguments, file, why, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    said = cli(*arguments, file, cwd=tmp_path, code=2)
    assert said == f"error: {file}: cannot be written ({why})\n"
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder.png"}
