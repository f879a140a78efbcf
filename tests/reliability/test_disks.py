"""A full disk and a folder made read-only: old bytes stay, it is said, the result is not lost."""

import os
import resource
import subprocess
import sys
import tempfile
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

import spusk
from spusk import runs
from spusk.errors import RunError
from spusk.runs import Every
from tests.reliability.helpers import SETS, begin, carry, straight


def contents(folder):
    return {p: p.read_bytes() for p in folder.glob("checkpoints/*") if p.is_file()}


def failing(monkeypatch, number, text):
    def fsync(_):
        raise OSError(number, text)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize(
    ("number", "text"),
    [(28, "No space left on device"), (30, "Read-only file system"), (5, "Input/output error")],
)
def test_a_failing_disk_leaves_the_old_checkpoint(tmp_path, monkeypatch, number, text):
    begun = begin(tmp_path / "r", every=Every(steps=1))
    with begun.writer as writer:
        for event in begun.events:
            if event.epoch == 2:
                break
            writer.take(event)
        before = contents(tmp_path / "r")
        with monkeypatch.context() as patch:
            failing(patch, number, text)
            writer.take(event)
            assert text in str(writer.trouble)
            assert contents(tmp_path / "r") == before
            patch.setattr("tempfile.tempdir", str(tmp_path))
            with pytest.raises(RunError, match=rf"{text}.*last checkpoint is safe"):
                writer.finish(event)
        assert contents(tmp_path / "r") == before
        writer.take(event)
        assert writer.trouble is None  # there is room again: the next save heals
    result = spusk.resume(tmp_path / "r", sets=SETS)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))


@contextmanager
def small_disk(folder, size):
    """A real file system of so many bytes; skips where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def filled(folder):
    """A file that takes what room there is."""
    with (folder / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 1024):
            pass
    return folder / "ballast"


def test_a_disk_that_is_really_full_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    with small_disk(tmp_path / "disk", 200_000) as disk:
        begun = begin(disk / "r", every=Every(steps=1))
        with begun.writer as writer:
            for event in begun.events:
                if event.epoch == 2:
                    break
                writer.take(event)
            before = contents(disk / "r")
            ballast = filled(disk)
            writer.take(event)
            assert "checkpoint not written (No space left on device)" in str(writer.trouble)
            assert contents(disk / "r") == before
            assert not list(disk.rglob("*.part"))
            monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
            with pytest.raises(RunError, match=r"No space left on device.*weights are saved in"):
                writer.finish(event)
            assert contents(disk / "r") == before
            ballast.unlink()
            writer.take(event)
            assert writer.trouble is None
        result = spusk.resume(disk / "r", sets=SETS)
        np.testing.assert_array_equal(result.net.theta, straight(tmp_path))


def test_a_new_run_that_does_not_fit_leaves_the_one_it_was_to_overwrite(tmp_path):
    quick = ("train", "--layers", "784-8-10", "--no-pictures", "--epochs", 1, "--out")
    with small_disk(tmp_path / "disk", 200_000) as disk:
        assert run(tmp_path, *quick, "disk/r").returncode == 0
        before = everything(disk / "r")
        ballast = filled(disk)
        done = run(tmp_path, *quick, "disk/r", "--overwrite", "--seed", 1)
        assert done.returncode == 2
        assert "disk/r: cannot be written (No space left on device)" in done.stderr
        assert done.stderr.count("\n") == 1
        assert everything(disk / "r") == before
        ballast.unlink()
        assert run(tmp_path, *quick, "disk/r", "--overwrite", "--seed", 1).returncode == 0
        assert runs.load(disk / "r").plan.seed == 1


def everything(folder):
    """What a run holds, its lock aside: the checksum of each file."""
    found = (p for p in folder.rglob("*") if p.is_file() and p.name != ".lock")
    return {str(p): zlib.crc32(p.read_bytes()) for p in found}


def test_a_new_run_that_cannot_be_written_leaves_the_old_one(tmp_path):
    quick = ("train", "--layers", "784-8-10", "--no-pictures", "--epochs", 1, "--out", "r")
    assert run(tmp_path, *quick).returncode == 0
    before = everything(tmp_path / "r")
    done = run(tmp_path, *quick, "--overwrite", "--seed", 1, preexec_fn=limited(1000))
    assert done.returncode == 2
    assert done.stderr.startswith("error: r: cannot be written (File too large)")
    assert everything(tmp_path / "r") == before


def limited(bytes_):
    """A process that cannot write a file larger than this: a full disk without one."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))

    return limit


def run(tmp_path, *arguments, **more):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "spusk", *map(str, arguments)],
        capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False, **more,
    )  # fmt: skip


def test_a_full_disk_at_the_start_is_one_line(tmp_path):
    done = run(tmp_path, "train", "--out", "r", "--no-pictures", preexec_fn=limited(1000))
    assert done.returncode == 2
    assert done.stderr.startswith("error: r: cannot be written (File too large)")
    assert done.stderr.count("\n") == 1


def test_a_disk_that_fills_up_keeps_the_old_bytes_and_rescues_the_weights(tmp_path):
    quick = ("--layers", "784-8-10", "--no-pictures")
    assert run(tmp_path, "train", *quick, "--epochs", 1, "--out", "r").returncode == 0
    before = contents(tmp_path / "r")
    done = run(
        tmp_path, "resume", "r", "--epochs", 2, "--no-pictures",
        preexec_fn=limited(20_000), env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "warning: r: checkpoint not written (File too large); training goes on" in done.stderr
    assert "last checkpoint is safe" in done.stderr
    assert contents(tmp_path / "r") == before
    assert run(tmp_path, "resume", "r", "--epochs", 2, "--no-pictures").returncode == 0


def test_weights_are_rescued_where_there_is_room(tmp_path, monkeypatch):
    begun = begin(tmp_path / "r")
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)
        (tmp_path / "r" / "history.csv").unlink()
        (tmp_path / "r" / "history.csv").mkdir()  # nothing can replace it
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with pytest.raises(RunError, match="the weights are saved in") as caught:
            writer.finish(event)
    where = Path(str(caught.value).split("saved in ")[1].split(" instead")[0])
    np.testing.assert_array_equal(runs.load_weights(where).theta, writer.net.theta)


@contextmanager
def as_nobody():
    """Root is told nothing by permissions: for a while, someone whom they bind."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_made_read_only_is_named():
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "r"
        carry(begin(folder), 30)
        runs.load(folder)  # and with it, whatever is imported late
        before = contents(folder)
        for path in (Path(home), folder, folder / "checkpoints"):
            path.chmod(0o555)
        try:
            with as_nobody(), pytest.raises(RunError, match=r"cannot be written \(Permission"):
                spusk.resume(folder, sets=SETS)
        finally:
            for path in (Path(home), folder, folder / "checkpoints"):
                path.chmod(0o755)
        assert contents(folder) == before
        assert spusk.resume(folder, sets=SETS).outcome.complete


def test_a_folder_made_read_only_while_it_is_trained_in(monkeypatch):
    with tempfile.TemporaryDirectory() as home:
        folder, elsewhere = Path(home) / "r", Path(home) / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
        begun = begin(folder, every=Every(steps=1))
        with begun.writer as writer:
            for event in begun.events:
                if event.epoch == 2:
                    break
                writer.take(event)
            before = everything(folder)
            modes = {Path(home): 0o555, folder: 0o555, folder / "checkpoints": 0o555,
                     elsewhere: 0o777}  # fmt: skip
            for path, mode in modes.items():
                path.chmod(mode)
            try:
                with as_nobody():
                    writer.take(event)
                    assert "checkpoint not written (Permission denied)" in str(writer.trouble)
                    with pytest.raises(RunError, match=r"Permission denied.*are saved in") as told:
                        writer.finish(event)
            finally:
                for path in modes:
                    path.chmod(0o755)
            assert everything(folder) == before
            saved = Path(str(told.value).split("saved in ")[1].split(" instead")[0])
            np.testing.assert_array_equal(runs.load_weights(saved).theta, writer.net.theta)
        assert spusk.resume(folder, sets=SETS).outcome.complete
