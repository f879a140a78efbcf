"""The C++ is laid out by clang-format; version 14, since another one may do it otherwise."""

import re
import shutil
import subprocess

import pytest

from tests.native.test_sanitizers import ROOT

SOURCES = sorted((ROOT / "native").rglob("*.[ch]pp"))


def formatter():
    """The program; skips where it is of another version, or missing."""
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    said = program and subprocess.run([program, "--version"], capture_output=True, text=True,
                                      check=True).stdout  # fmt: skip
    if not said or not re.search(r"version 14\.", said):
        pytest.skip(f"clang-format 14 is not here: {said}")
    return program


def complaints(path):
    done = subprocess.run(
        [formatter(), "--dry-run", path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_source_is_formatted(path):
    assert complaints(path) == ""
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 100] == []


def test_another_layout_is_seen(tmp_path):
    (tmp_path / ".clang-format").write_bytes((ROOT / ".clang-format").read_bytes())
    (tmp_path / "odd.cpp").write_text("int  f( ){return 1;}\n")
    assert "odd.cpp:1" in complaints(tmp_path / "odd.cpp")
