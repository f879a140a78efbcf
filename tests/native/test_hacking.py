"""native/HACKING.md is enough for an activation that needs z; every path of the engine keeps it."""

import shutil
import subprocess
import sys

import pytest

from spusk.engines import native
from tests.native.test_sanitizers import ROOT
from tests.test_contributing import BLOCK, FILE, change

TEXT = (ROOT / "native" / "HACKING.md").read_text(encoding="utf-8")
PROGRAM = """
import sys
sys.path.insert(0, "src")
from tests.engines.test_native import agree, pair

for sizes, batch, resident in [
    ((20, 30, 10), 8, -1), ((20, 30, 10), 40, -1),  # under a narrow output
    ((20, 17, 33), 5, -1), ((30, 70, 65, 64, 3), 9, -1), ((30, 70, 65, 64, 40), 40, -1),
    ((13, 11, 1031, 10), 6, -1), ((13, 11, 1031, 10), 40, -1),  # fused
    ((70, 33, 5), 7, 0), ((90, 130, 40), 31, 0),  # lazy
]:
    for output, error in (("silu", "squared"), ("sigmoid", "cross-entropy")):
        net, V = pair(sizes, 3 * batch + 1, 1, activation="silu", output=output, error=error)
        agree(net, V, batch, 0.02, threads=2, resident=resident)
print("all agree")
"""


def copied(folder):
    """A copy of the sources with the page's changes, without the module."""
    for name in ("src", "native"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("_native*.so"))
    shutil.copy(ROOT / "CMakeLists.txt", folder)
    [text] = [text for language, text in BLOCK.findall(TEXT) if language == "diff"]
    for file, hunk in FILE.findall(text):
        change(folder / file, hunk.removeprefix("@@\n").splitlines(keepends=True))


@pytest.mark.more  # builds the module anew, for one instruction set
@pytest.mark.timeout(900)
def test_an_activation_that_needs_z(tmp_path):
    if not native.available() or shutil.which("cmake") is None:
        pytest.skip("no native engine or no CMake here")
    copied(tmp_path)
    for command in (
        ["-S", ".", "-B", "build", f"-DSPUSK_SETS={native.instruction_sets()[0]}",
         f"-DPython_EXECUTABLE={sys.executable}"],
        ["--build", "build", "--parallel", "2"],
        ["--install", "build", "--prefix", "src"],
    ):  # fmt: skip
        subprocess.run(["cmake", *command], cwd=tmp_path, check=True, capture_output=True)
    program = PROGRAM.replace('insert(0, "src")', f"insert(0, {str(tmp_path / 'src')!r})")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert "all agree" in done.stdout, done.stderr
