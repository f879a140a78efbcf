"""What users write has the types that mypy sees, and runs."""

import inspect
import subprocess
import sys

import pytest

import spusk
from tests.transcript import names
from tests.types import programs

PROGRAMS = [program for _, program in inspect.getmembers(programs, inspect.isfunction)
            if program.__module__ == programs.__name__]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_programs_run(program, tmp_path):
    program(*[tmp_path] * len(inspect.signature(program).parameters))


def test_every_public_room_has_a_program():
    source = inspect.getsource(programs)
    rooms = [room for room in names.rooms() if room not in ("spusk", "spusk.engines")]
    assert [room for room in rooms if room not in source] == []
    assert [name for name in spusk.__all__ if f"spusk.{name}" not in source] == [
        "__version__", "scipy_method",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        'spusk.descend("x^2", 1.0, "fast")',
        "spusk.descend(3, 1.0, 0.1)",
        'spusk.Network("784-100-10").gain',
    ],
)
@pytest.mark.more
def test_what_is_wrong_is_seen(wrong, tmp_path):
    file = tmp_path / "wrong.py"
    file.write_text(f"import spusk\n\n{wrong}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(file)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert "wrong.py:3: error" in done.stdout
