"""The engine alone, under AddressSanitizer with UBSan, and under ThreadSanitizer.

Skipped only where there is no compiler; where CI is set, that is a failure too.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("cmake", "c++")


@pytest.mark.parametrize("sanitizer", ["address,undefined", "thread"])
def test_native_is_sound(sanitizer, tmp_path):
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"not here: {', '.join(missing)}")
    assert not missing
    run("cmake", "-S", ROOT, "-B", tmp_path, "-DSPUSK_PYTHON=OFF", f"-DSPUSK_SANITIZE={sanitizer}")
    run("cmake", "--build", tmp_path, "--parallel", "2")
    assert "all agree" in run(tmp_path / "test_step")


def run(*command):
    """What the command printed; its words where it fails."""
    done = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
