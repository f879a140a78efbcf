"""CONTRIBUTING.md is enough: each example is applied to a copy of the sources and run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^--- a/.*\n\+\+\+ b/(.*)\n((?:(?!--- a/).*\n)+)", re.MULTILINE)
SECTIONS = dict(part.split("\n", 1) for part in TEXT.split("\n### ")[1:])


def copied(folder, section):
    """A copy of the sources with the section's changes."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for language, text in BLOCK.findall(SECTIONS[section]):
        if language == "diff":
            for file, hunks in FILE.findall(text):
                for hunk in hunks.split("@@\n")[1:]:
                    change(folder / file, hunk.splitlines(keepends=True))


def change(path, hunk):
    """Puts the new lines of a hunk where its old ones stand, which must be one place."""
    old, new = ("".join(line[1:] for line in hunk if line[0] in kept) for kept in (" -", " +"))
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {text.count(old)} places for\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(section, source):
    """The section's program over these sources."""
    program = dict(BLOCK.findall(SECTIONS[section]))["python"]
    code = f"import sys; sys.path.insert(0, {str(source)!r})\n{program}"
    return subprocess.run(
        [sys.executable, "-c", code], text=True, capture_output=True, timeout=120, check=False
    )


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_is_enough(section, tmp_path):
    copied(tmp_path, section)
    done = run(section, tmp_path / "src")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("section", SECTIONS)
def test_without_it_its_program_fails(section):
    assert run(section, ROOT / "src").returncode != 0
