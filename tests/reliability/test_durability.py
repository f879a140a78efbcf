"""What a power cut may not undo: a file is synced, moved into place, and its folder synced."""

import os
from pathlib import Path

import pytest

from spusk.io import files
from spusk.io.files import write
from spusk.runs import Every
from tests.reliability.helpers import begin, carry


@pytest.fixture
def calls(monkeypatch):
    """What the system is asked, in order: synced inodes, moves, new folders."""
    made = []
    fsync, replace, mkdir = os.fsync, os.replace, os.mkdir

    def synced(handle):
        about = os.fstat(handle)
        made.append(("sync", about.st_ino, about.st_size))
        fsync(handle)

    def moved(old, new):
        made.append(("move", Path(old), Path(new)))
        replace(old, new)

    def new_folder(path, *more):
        mkdir(path, *more)
        made.append(("folder", Path(path), inode(path)))

    for name, call in (("fsync", synced), ("replace", moved), ("mkdir", new_folder)):
        monkeypatch.setattr(os, name, call)
    return made


def inode(path):
    return os.stat(path).st_ino


def test_a_file_is_synced_moved_and_its_folder_synced(tmp_path, calls):
    path = tmp_path / "file"
    write(path, b"whole ", b"content")
    (sync, file, size), (move, old, new), (again, folder, _) = calls
    assert (sync, move, again) == ("sync", "move", "sync")
    assert (file, size) == (inode(path), len("whole content"))  # all of it, before it moves
    assert old.parent == new.parent == tmp_path  # one folder, so one file system
    assert new == path
    assert folder == inode(tmp_path)


def test_new_folders_are_synced_into_those_they_lie_in(tmp_path, calls):
    write(tmp_path / "runs" / "001" / "file", b"")
    expected = [
        ("folder", tmp_path / "runs", inode(tmp_path / "runs")),
        ("sync", inode(tmp_path)),
        ("folder", tmp_path / "runs" / "001", inode(tmp_path / "runs" / "001")),
        ("sync", inode(tmp_path / "runs")),
    ]
    assert [call[: 2 if call[0] == "sync" else 3] for call in calls[:4]] == expected


def test_a_whole_run_writes_nothing_otherwise(tmp_path, calls):
    """From the first checkpoint to the weights; run.json comes last of what a new run is."""
    folder = tmp_path / "runs" / "r"
    carry(begin(folder, every=Every(steps=10)))
    moves = [number for number, call in enumerate(calls) if call[0] == "move"]
    assert len(moves) > 15
    for number in moves:
        _, old, new = calls[number]
        if old.name.endswith(".part"):
            assert old.parent == new.parent
            assert calls[number - 1][0] == "sync"
        assert calls[number + 1][0] == "sync"
        if new.parent.exists():
            assert calls[number + 1][1] == inode(new.parent)
    places = [new for _, _, new in (calls[number] for number in moves)]
    begun = places.index(folder / "run.json")
    assert places[begun - 2 : begun] == [
        folder / "checkpoints" / "00000000.safetensors",
        folder / "history.csv",
    ]
    made = {call[1] for call in calls if call[0] == "folder"}
    assert made >= {tmp_path / "runs", folder, folder / "checkpoints"}


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_have_the_rights_that_the_users_umask_leaves(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write(tmp_path / "file", b"mine")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == mode


def test_where_folders_cannot_be_opened_they_are_not(tmp_path, monkeypatch):
    """Windows has no such call."""

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refused)
        with pytest.raises(PermissionError):
            files.sync_folder(tmp_path)
        patch.setattr(os, "name", "nt")
        files.sync_folder(tmp_path)
