"""The engine without Python: under AddressSanitizer with UBSan, ThreadSanitizer, and on arm64."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("cmake", "c++")


@pytest.mark.more  # builds the engine anew, and runs it ten times slower
@pytest.mark.parametrize("sanitizer", ["address,undefined", "thread"])
def test_native_is_sound(sanitizer, tmp_path):
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"no {' and no '.join(missing)} here")
    build(tmp_path, f"-DSPUSK_SANITIZE={sanitizer}")
    assert "all agree" in run(tmp_path / "test_step")


@pytest.mark.soak
def test_arm64(tmp_path):
    """The same source for NEON, cross-built and emulated where the tools are here."""
    compiler, emulator = shutil.which("aarch64-linux-gnu-g++"), shutil.which("qemu-aarch64")
    if not (compiler and emulator and shutil.which("cmake")):
        pytest.skip("no arm64 compiler or emulator here")
    build(
        tmp_path,
        "-DCMAKE_SYSTEM_NAME=Linux",
        "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
        f"-DCMAKE_CXX_COMPILER={compiler}",
        "-DCMAKE_EXE_LINKER_FLAGS=-static",
    )
    assert "all agree" in run(emulator, tmp_path / "test_step")


def build(folder, *options):
    """Builds the test executable with these options."""
    run("cmake", "-S", ROOT, "-B", folder, "-DSPUSK_PYTHON=OFF", "-DSPUSK_TEST=ON", *options)
    run("cmake", "--build", folder, "--parallel", "2")


def run(*command):
    """What the command printed; its words where it fails."""
    done = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
