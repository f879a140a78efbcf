"""The engine without Python: under sanitizers, by another compiler, and on arm64."""

import shutil
import subprocess
from pathlib import Path

import pytest

from spusk.engines import native

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("cmake", "c++")
SANITIZERS = ("address,undefined", "thread")


def assert_sound(folder, sanitizer, *sets):
    """The engine holds under a sanitizer; all sets are built where none is named."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"no {' and no '.join(missing)} here")
    named = [f"-DSPUSK_SETS={';'.join(sets)}"] if sets else []
    build(folder, f"-DSPUSK_SANITIZE={sanitizer}", *named)
    assert "all agree" in run(folder / "engine_tests")


@pytest.mark.more  # builds the engine anew, minutes for each set, and runs it ten times slower
@pytest.mark.parametrize("sanitizer", SANITIZERS)
def test_native_is_sound(sanitizer, tmp_path):
    assert_sound(tmp_path, sanitizer, *native.instruction_sets()[:1])


@pytest.mark.soak  # the same for all other sets that this machine runs
@pytest.mark.parametrize("sanitizer", SANITIZERS)
def test_every_set_is_sound(sanitizer, tmp_path):
    assert_sound(tmp_path, sanitizer, *native.instruction_sets()[1:])


@pytest.mark.soak
def test_clang_builds_it_too(tmp_path):
    if not (shutil.which("clang++") and shutil.which("cmake")):
        pytest.skip("no clang++ and cmake here")
    build(tmp_path, "-DCMAKE_CXX_COMPILER=clang++", "-DCMAKE_CXX_FLAGS=-Werror")
    assert "all agree" in run(tmp_path / "engine_tests")


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
    assert "all agree" in run(emulator, tmp_path / "engine_tests")


def build(folder, *options, source=ROOT):
    """Builds the test executable with these options."""
    run("cmake", "-S", source, "-B", folder, "-DSPUSK_PYTHON=OFF", "-DSPUSK_TEST=ON", *options)
    run("cmake", "--build", folder, "--parallel", "2")


def run(*command):
    """What the command printed; its words where it fails."""
    done = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
