"""What a user sees is what was recorded; `python -m tests.transcript --write` records again."""

import pytest

from spusk.cli import COMMANDS
from spusk.engines import native
from tests.transcript import commands, names
from tests.transcript.__main__ import RECORDED


def record(name):
    return (RECORDED / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.more
@pytest.mark.parametrize("section", commands.sections())
def test_commands_say_what_they_said(section):
    if section in commands.TRAINING and not native.available():
        pytest.skip("the record names the native engine")
    assert commands.carried_out(section) == record(section)


def test_public_names_are_the_recorded_ones():
    assert names.recorded() == record("names")


def test_every_command_is_in_the_record():
    """Each with its help, done and refused; some in Russian."""
    lines = [line for group in commands.sections().values() for line in group]
    assert len(lines) >= 60
    assert len([line for line in lines if "--lang ru" in line]) >= 12
    said = "\n".join(record(name) for name in commands.sections())
    for command in COMMANDS:
        assert f"$ spusk {command} --help\n" in said
        exits = [block.rpartition("exit ")[2].split()[0] for block in said.split("$ ")[1:]
                 if f" {command} " in block.partition("\n")[0] + " "]  # fmt: skip
        assert {"0", "2"} <= set(exits), command


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0.1 s, 67,123 examples/s", "N s, N examples/s"),
        ("0,06 с, 67\u00a0123 примеров/с", "N с, N примеров/с"),
        ("    1  0.22123    71.47%  0.0 s     122,289", "    1  0.22123    71.47%  N s  N"),
        ('{"seconds": 0.02, "speed": 1.9e+05}', '{"seconds": N, "speed": N}'),
        ("/a/b/run: no", "FOLDER/run: no"),
        ("at step 151, 3 of 4", "at step 151, 3 of 4"),
        ("numpy  2.4.6", "numpy  …"),
    ],
)
def test_normal(said, kept, tmp_path):
    text = said.replace("/a/b", str(tmp_path))
    assert commands.normal(text, tmp_path, rounded=False) == kept
