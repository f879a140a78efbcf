"""The C++ is laid out by clang-format, of the version that pyproject.toml names."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.native.test_sanitizers import ROOT

SOURCES = sorted((ROOT / "native").rglob("*.[ch]pp"))


def complaints(path):
    program = Path(sysconfig.get_path("scripts")) / "clang-format"
    done = subprocess.run(
        [program, "--dry-run", path], cwd=ROOT, capture_output=True, text=True, check=True
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
