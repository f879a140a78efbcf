"""Ctrl-C and SIGTERM: the batch is finished, the place saved, the way on printed, in time."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from spusk import data, runs
from spusk.cli.signals import SIGNALS, Signals
from tests.commands import spusk

ENDLESS = ("train", "--epochs", "100000", "--no-pictures", "--out", "r")


def started(tmp_path, *more):
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "spusk", *ENDLESS, *more],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith(("epoch 1:", '{"epoch": 1,')):
            break
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_says_how_to_go_on(tmp_path, number, code):
    process = started(tmp_path)
    time.sleep(0.1)
    process.send_signal(number)
    asked = time.monotonic()
    said, errors = process.communicate(timeout=60)
    seconds = time.monotonic() - asked
    assert process.returncode == code, errors
    assert errors == ""
    assert seconds < 2
    assert "Go on with:  spusk resume r" in said
    assert runs.load(tmp_path / "r").net.accuracy(data.sample().test) > 0.5
    last = runs.newest(tmp_path / "r")
    epochs = last.cursor.epoch + 1
    again = spusk("resume", "r", "--epochs", epochs, "--no-pictures", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert f"Going on in epoch {last.cursor.epoch}" in again.stdout or last.cursor.step == 400
    straight = spusk(
        "train", "--epochs", epochs, "--no-pictures", "--out", "s", cwd=tmp_path
    )  # fmt: skip
    assert straight.returncode == 0
    a, b = (runs.load(tmp_path / name).net.theta for name in "rs")
    np.testing.assert_array_equal(a, b)


def test_json_says_the_way_on_beside_the_numbers(tmp_path):
    process = started(tmp_path, "--json")
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "spusk resume r" in errors
    assert all(json.loads(line)["outcome"] is None for line in said.splitlines())


SLOW = ("--layers", "784-4000-4000-10", "--batch", "all", "--rate", "0.01")  # seconds a step


def opened(tmp_path, *arguments, code=None):
    """A training whose run folder is there, its first step under way."""
    command = ["-m", "spusk"] if code is None else ["-c", code]
    process = subprocess.Popen(
        [sys.executable, "-W", "error", *command, *ENDLESS, *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "r" / "run.json").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    time.sleep(0.3)
    return process


def end(process, *numbers):
    """Sends signals a little apart; the code, the seconds from the last one on, what it said."""
    for number in numbers:
        time.sleep(0.3)
        process.send_signal(number)
    asked = time.monotonic()
    with process:
        try:
            said, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, time.monotonic() - asked, said, errors


@pytest.mark.more  # a step of many seconds
def test_a_long_step_is_finished_and_saved_first(tmp_path):
    code, seconds, said, errors = end(opened(tmp_path, *SLOW), signal.SIGTERM)
    assert (code, errors) == (143, "")
    assert "Go on with:  spusk resume r" in said
    last = runs.newest(tmp_path / "r").cursor
    assert last[:2] == (1, 1)
    assert seconds < 2 + last.spent  # the limit: two seconds after the step


@pytest.mark.more
def test_a_second_signal_ends_it_within_a_long_step(tmp_path):
    code, seconds, _, errors = end(opened(tmp_path, *SLOW), signal.SIGINT, signal.SIGINT)
    assert (code, errors) == (130, "")
    assert seconds < 2
    assert runs.newest(tmp_path / "r").cursor.step == 0  # the step was not waited for


def test_a_second_signal_ends_it_within_a_save(tmp_path):
    """A disk that takes its time: the checkpoint before the one that is being written stays."""
    slow = (
        "import os, sys, time\n"
        "from spusk.cli import main\n"
        "sync, began = os.fsync, time.monotonic()\n"
        "os.fsync = lambda file: (sync(file), time.monotonic() - began > 3 and time.sleep(60))\n"
        "main(sys.argv[1:])\n"
    )
    process = opened(tmp_path, "--layers", "784-10-10", code=slow)
    time.sleep(3)
    code, seconds, _, errors = end(process, signal.SIGINT, signal.SIGTERM)
    assert (code, errors) == (143, "")
    assert seconds < 2
    place = runs.newest(tmp_path / "r").cursor
    again = spusk("resume", "r", "--epochs", place.epoch + 1, "--no-pictures", cwd=tmp_path)
    assert again.returncode == 0, again.stderr


@pytest.mark.more
def test_the_lectures_network_stops_in_time(tmp_path):
    """Its window of steps, its look at the slopes, its save: all within the two seconds."""
    code, seconds, said, errors = end(opened(tmp_path, "--layers", "lecture"), signal.SIGINT)
    assert (code, errors) == (130, "")
    assert "Go on with:  spusk resume r" in said
    assert runs.newest(tmp_path / "r").cursor.step > 0
    assert seconds < 2


def test_a_terminal_gets_its_cursor_back(tmp_path):
    """A live table hides it, and a process that ends at once cleans up nothing else."""
    ours, its = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "spusk", *ENDLESS, *SLOW], cwd=tmp_path, stdout=its, stderr=its
    )
    os.close(its)
    said = b""
    while b"\x1b[?25l" not in said:
        said += os.read(ours, 4096)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    assert process.wait(timeout=60) == 130
    with contextlib.suppress(OSError):  # the other end is closed
        while more := os.read(ours, 4096):
            said += more
    os.close(ours)
    assert said.rindex(b"\x1b[?25h") > said.rindex(b"\x1b[?25l")


def test_other_signals_and_what_was_there_before_are_left_alone():
    def other(number, frame):
        pass

    before = {number: signal.getsignal(number) for number in (*SIGNALS, signal.SIGUSR1)}
    signal.signal(signal.SIGUSR1, other)
    try:
        with Signals() as stop:
            for _ in range(3):
                os.kill(os.getpid(), signal.SIGUSR1)
            assert not stop()
            os.kill(os.getpid(), signal.SIGINT)
            assert stop()
            time.sleep(0.1)
        assert not stop.listener.is_alive()
        assert signal.set_wakeup_fd(-1) == -1
        assert [signal.getsignal(n) for n in SIGNALS] == [before[n] for n in SIGNALS]
    finally:
        signal.signal(signal.SIGUSR1, before[signal.SIGUSR1])


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A table that takes seconds to read."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    line = "{}," + ",".join(["0.125"] * 200) + "\n"
    path.write_text("".join(line.format(k % 10) for k in range(40_000)))
    return path


def reading(path, *arguments, cwd):
    """A command that has begun to read a file.

    A signal may come between a file's opening and the block that closes it: the file is closed all
    the same, and Python would warn that no block had done it.
    """
    calm = ("-W", "error", "-W", "ignore::ResourceWarning")
    process = subprocess.Popen(
        [sys.executable, *calm, "-m", "spusk", *map(str, arguments)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not is_open(path, process.pid):
        assert process.poll() is None, process.communicate()
        time.sleep(0.001)
    return process


def is_open(path, pid):
    """Whether a process has a file open."""
    for number in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # one that was closed meanwhile
            if os.readlink(f"/proc/{pid}/fd/{number}") == str(path):
                return True
    return False


UNBEGUN = "Stopped before the training began; nothing was written.\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_set_is_read_leaves_nothing(tmp_path, large, number, code):
    asked = ("train", "--data", large, "--out", "r", "--json")
    process = reading(large, *asked, cwd=tmp_path)
    process.send_signal(number)
    sent = time.monotonic()
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, said, errors) == (code, "", UNBEGUN)
    assert time.monotonic() - sent < 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_run_is_as_it_was_where_its_set_was_read(tmp_path, large, lang):
    quick = ("--layers", "784-8-10", "--epochs", 1, "--no-pictures", "--out", "r")
    assert spusk("train", *quick, cwd=tmp_path).returncode == 0
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    asked = ("--lang", lang, "resume", "r", "--epochs", 2, "--data", large)
    process = reading(large, *asked, cwd=tmp_path)
    code, seconds, said, errors = end(process, signal.SIGTERM)
    assert (code, said) == (143, "")
    assert errors == UNBEGUN if lang == "en" else "ничего не записано" in errors
    assert seconds < 2
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_signal_while_a_mirror_is_silent(tmp_path):
    """What has come is kept for the next time, and the folder is free."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        code = (
            "import sys\n"
            "from spusk.cli import main\n"
            "from spusk.data import download\n"
            f"download.get_mnist.__defaults__ = (None, [{address!r}], None)\n"
            "main(sys.argv[1:])\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, "data", "get", "mnist", "--data-dir", "m"],
            cwd=tmp_path,
            env={**os.environ, "no_proxy": "127.0.0.1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(60)
        with silent.accept()[0]:
            code, seconds, said, errors = end(process, signal.SIGTERM)
    assert (code, said) == (143, "")
    assert errors == "Stopped; what has arrived is kept: the same command goes on from there.\n"
    assert seconds < 2
