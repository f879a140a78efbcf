"""CONTRIBUTING.md is enough: each example is applied to a copy of the sources and run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import spusk
from spusk.engines import native

ROOT = Path(__file__).parents[1]
SOURCE = Path(spusk.__file__).parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^--- a/.*\n\+\+\+ b/(.*)\n((?:(?!--- a/).*\n)+)", re.MULTILINE)
SECTIONS = dict(part.split("\n", 1) for part in TEXT.split("\n### ")[1:])


def copied(folder, *sections):
    """A copy of the sources with the changes of these sections."""
    # what is compiled already stays so: a copy's times are those of the files
    ignored = shutil.ignore_patterns("_native*")
    shutil.copytree(SOURCE, folder / "src/spusk", ignore=ignored)
    shutil.copytree(ROOT / "native", folder / "native")
    for section in sections:
        for language, text in BLOCK.findall(SECTIONS[section]):
            if language == "diff":
                for file, hunks in FILE.findall(text):
                    for hunk in hunks.split("@@\n")[1:]:
                        change(folder / file, hunk.splitlines(keepends=True))


def change(path, hunk):
    """Puts the new lines of a hunk where its old ones stand, which must be one place."""
    old, new = ("".join(line[1:] for line in hunk if line[0] in kept) for kept in (" -", " +"))
    old, new = old.rstrip("\n"), new.rstrip("\n")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {text.count(old)} places for\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def program(section, language):
    return dict(BLOCK.findall(SECTIONS[section])).get(language)


def run(section, source):
    """The section's program over these sources."""
    code = f"import sys; sys.path.insert(0, {str(source)!r})\n{program(section, 'python')}"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, text=True, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_is_enough(section, tmp_path):
    copied(tmp_path, section)
    done = run(section, tmp_path / "src")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("section", SECTIONS)
def test_without_it_its_program_fails(section):
    assert run(section, SOURCE.parent).returncode != 0


@pytest.mark.parametrize("section", [name for name in SECTIONS if program(name, "js")])
def test_the_page_does_the_same(section, tmp_path):
    if (node := shutil.which("node")) is None:
        pytest.skip("no Node here")
    copied(tmp_path, section)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "check.js").write_text(program(section, "js"), encoding="utf-8")
    done = subprocess.run([node, "check.js"], cwd=tmp_path, text=True, capture_output=True,
                          timeout=60, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.more  # builds the module anew, for one instruction set
@pytest.mark.timeout(900)
def test_the_native_engine_does_the_same(tmp_path):
    if not native.available() or shutil.which("cmake") is None:
        pytest.skip("no native engine or no CMake here")
    compiled = [name for name in SECTIONS if "native/ops/" in SECTIONS[name]]
    copied(tmp_path, *compiled)
    shutil.copy(ROOT / "CMakeLists.txt", tmp_path)
    for command in (
        ["-S", ".", "-B", "build", f"-DSPUSK_SETS={native.instruction_sets()[0]}",
         f"-DPython_EXECUTABLE={sys.executable}"],
        ["--build", "build", "--parallel", "2"],
        ["--install", "build", "--prefix", "src"],
    ):  # fmt: skip
        subprocess.run(["cmake", *command], cwd=tmp_path, check=True, capture_output=True)
    for section in compiled:
        done = run(section, tmp_path / "src")
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == ["reference", "native"]
