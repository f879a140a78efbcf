"""What spusk wrote goes with the run it belongs to; what a person put there stays."""

import shutil

import pytest

from spusk import runs
from spusk.errors import RunError
from spusk.runs.ownership import MARKS, PICTURES
from tests.commands import spusk as cli
from tests.reliability.helpers import begin

QUICK = ("train", "--layers", "784-8-10", "--epochs", 1, "--out", "r")
WRITTEN = {".lock", "checkpoints", "history.csv", "run.json", "weights.safetensors"}
THEIRS = ("notes.txt", "mine.png", ".a.part", "checkpoints/7.bak", "sub/run.json", ".new/x")


def names(folder):
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A finished run with its pictures."""
    home = tmp_path_factory.mktemp("drawn")
    done = cli(*QUICK, cwd=home)
    assert done.returncode == 0, done.stderr
    return home / "r"


@pytest.fixture
def run(drawn, tmp_path):
    return shutil.copytree(drawn, tmp_path / "r")


def test_overwriting_takes_all_that_was_ours_and_leaves_the_rest(run):
    assert names(run) == WRITTEN | {f"{name}.png" for name in PICTURES}
    for name in THEIRS:
        (run / name).parent.mkdir(exist_ok=True)
        (run / name).write_bytes(b"mine")
    done = cli(*QUICK, "--seed", 1, "--overwrite", "--no-pictures", cwd=run.parent)
    assert done.returncode == 0, done.stderr
    assert names(run) == WRITTEN | {name.partition("/")[0] for name in THEIRS}
    assert all((run / name).read_bytes() == b"mine" for name in THEIRS)
    assert runs.load(run).plan.seed == 1


@pytest.mark.parametrize("name", [*MARKS, "checkpoints/00000400.safetensors"])
def test_a_file_of_someone_elses_is_never_replaced(run, name):
    (run / name).write_bytes(b"mine")
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    done = cli(*QUICK, "--overwrite", cwd=run.parent)
    assert done.returncode == 2
    assert done.stderr == (
        f"error: r/{name}: was not written by spusk; move it away, or choose another --out\n"
    )
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_no_run_keeps_its_weights(tmp_path):
    """From Python there is no --overwrite to ask for first."""
    (tmp_path / "weights.safetensors").write_bytes(b"a network of another program")
    with pytest.raises(RunError, match=r"weights\.safetensors: was not written by spusk"):
        begin(tmp_path)
    assert names(tmp_path) == {"weights.safetensors"}


@pytest.mark.parametrize("name", MARKS)
def test_an_empty_file_is_nobodys(run, name):
    (run / name).write_bytes(b"")
    done = cli(*QUICK, "--overwrite", "--no-pictures", cwd=run.parent)
    assert done.returncode == 0, done.stderr
