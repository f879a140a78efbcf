"""A run folder with things in it that are no files of a run: named or passed over, never waited
for, never taken for missing.
"""

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

import spusk
from spusk import runs
from spusk.errors import RunError
from spusk.io.files import MOST
from tests.commands import spusk as cli
from tests.reliability.helpers import SETS, begin, carry, straight
from tests.reliability.test_disks import as_nobody


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def folder(path):
    path.mkdir()


@pytest.mark.parametrize("odd", [pipe, device, folder])
def test_what_is_no_file_is_no_checkpoint(tmp_path, odd):
    run = tmp_path / "r"
    carry(begin(run), 40)
    strange = run / "checkpoints" / "00000999.safetensors"
    odd(strange)
    result = spusk.resume(run, sets=SETS)
    assert result.outcome.complete
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))
    assert os.path.lexists(strange)  # it is not ours


@pytest.mark.parametrize("odd", [pipe, device, folder])
@pytest.mark.parametrize("name", ["run.json", "weights.safetensors", "history.csv"])
def test_no_plain_file_is_said(tmp_path, name, odd):
    """In a process of its own: one that waits for a pipe, or reads a device, never ends."""
    run = tmp_path / "r"
    carry(begin(run))
    (run / name).unlink()
    odd(run / name)
    done = cli("show", run)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {run / name}: expected ")
    assert "no plain file" in done.stderr
    assert done.stderr.count("\n") == 1
    done = cli("train", "--out", run, "--overwrite")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {run / name}: was not written by spusk")


@pytest.mark.parametrize("name", ["run.json", "history.csv"])
def test_a_text_longer_than_any_of_ours_is_not_read_whole(tmp_path, name):
    carry(begin(tmp_path))
    os.truncate(tmp_path / name, 1 << 36)  # 64 GB of nothing
    with pytest.raises(RunError, match=rf"{name}: expected .*found more than {MOST} bytes"):
        runs.load(tmp_path)


@pytest.mark.parametrize("name", ["run.json", "weights.safetensors", "history.csv", "checkpoints"])
def test_what_may_not_be_read_is_not_called_missing(name):
    with tempfile.TemporaryDirectory() as home:
        run = Path(home) / "r"
        carry(begin(run), None if "." in name else 40)
        runs.load(run)  # and with it, whatever is imported late
        RunError.keyed("data.no_weights", path=run, why="")
        Path(home).chmod(0o755)
        (run / name).chmod(0)
        with as_nobody(), pytest.raises(RunError, match="Permission denied") as caught:
            runs.load(run)
        (run / name).chmod(0o755)
    assert str(run / name) in str(caught.value)
