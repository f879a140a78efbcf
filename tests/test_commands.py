"""A command that is a fork does what `python -m spusk` does, and one that hangs is ended."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests import commands

COMMANDS = {
    "numbers": ("descend", "lecture", "--json"),
    "Russian": ("--lang", "ru", "descend", "lecture", "--rate", "0.6"),
    "a picture": ("descend", "lecture", "--plot", "path.png"),
    "a wrong call": ("descend", "x +"),
    "a wrong option": ("train", "--epochs", "0"),
}


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.more) if name == "a picture" else name for name in COMMANDS
])  # fmt: skip
def test_a_fork_does_what_the_command_does(name, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    command = [sys.executable, "-W", "error", "-m", "spusk", *COMMANDS[name]]
    expected = subprocess.run(command, cwd=tmp_path / "a", capture_output=True, check=False)
    found = commands.spusk(*COMMANDS[name], cwd=tmp_path / "b")
    assert found.returncode == expected.returncode
    assert found.stdout.encode() == expected.stdout
    assert found.stderr.encode() == expected.stderr
    assert sorted(os.listdir(tmp_path / "a")) == sorted(os.listdir(tmp_path / "b"))


def test_a_fork_has_the_environment_it_is_given():
    assert "шаг" in commands.spusk("descend", "lecture", SPUSK_LANG="ru").stdout
    assert "шаг" not in commands.spusk("descend", "lecture").stdout


class HangsError(Exception):
    pass


@pytest.mark.more  # waits until one is given up
def test_a_command_that_is_given_up_is_ended_and_the_next_one_runs(tmp_path):
    """As by a test's time limit, which is a signal."""

    def heard(number, frame):
        raise HangsError

    def given_up():
        while not history.exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGUSR1)

    history = tmp_path / "r" / "history.csv"
    endless = ("train", "--epochs", 100_000, "--layers", "784-8-10", "--out", "r")
    before = signal.signal(signal.SIGUSR1, heard)
    try:
        threading.Thread(target=given_up, daemon=True).start()
        with pytest.raises(HangsError):
            commands.spusk(*endless, cwd=tmp_path)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert commands.spusk("--version").returncode == 0
    written = history.read_bytes()
    time.sleep(1)
    assert history.read_bytes() == written
