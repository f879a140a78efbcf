"""Whatever becomes of the output, nothing is lost: it is saved first, and said where it can be."""

import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from spusk import runs
from tests.commands import spusk

ENDLESS = ("train", "--layers", "784-8-10", "--epochs", "100000", "--no-pictures", "--out", "r")
QUICK = ("train", "--layers", "784-8-10", "--epochs", "1", "--no-pictures", "--out", "r")
PLACE = r"Stopped in epoch (\d+), step (\d+) of 400; what was learned so far is saved\.\n"


def started(tmp_path, *arguments, before=(), **more):
    return subprocess.Popen(
        [*before, sys.executable, "-W", "error", "-m", "spusk", *arguments],
        cwd=tmp_path,
        **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | more),
    )


def goes_on_well(tmp_path):
    """The run has got somewhere, and ends in the weights of one that nothing disturbed."""
    place = runs.newest(tmp_path / "r").cursor
    assert place.seen > 0
    epochs = place.epoch + 1
    again = spusk("resume", "r", "--epochs", epochs, "--no-pictures", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    spusk(*QUICK[:3], "--epochs", epochs, "--no-pictures", "--out", "s", cwd=tmp_path)
    a, b = (runs.load(tmp_path / name).net.theta for name in "rs")
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["lines", "json"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_goes_away_ends_the_training_saved(tmp_path, more, unbuffered):
    """As in `spusk train | head`."""
    process = started(tmp_path, *ENDLESS, *more, env=os.environ | {"PYTHONUNBUFFERED": unbuffered})
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 128 + signal.SIGPIPE, errors
    assert re.fullmatch("" if more else PLACE, errors.removesuffix("Go on with:  spusk resume r\n"))
    goes_on_well(tmp_path)


def test_a_full_disk_under_the_output_is_said(tmp_path):
    with open("/dev/full", "w") as full:
        process = started(tmp_path, *ENDLESS, stdout=full)
        errors = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert re.fullmatch(
        f"{PLACE}Go on with:  spusk resume r\n"
        r"error: standard output cannot be written \(No space left on device\); "
        "send it elsewhere\n",
        errors,
    )
    goes_on_well(tmp_path)


@pytest.mark.parametrize(
    "arguments", [("gradient", "x^2"), ("gallery",), ("--help",), ("escape", "escape", "--json")]
)
def test_every_command_says_that_its_output_is_lost(tmp_path, arguments):
    with open("/dev/full", "w") as full:
        process = started(tmp_path, *arguments, stdout=full)
        assert process.communicate(timeout=60)[1].count("\n") == 1
    assert process.returncode == 2


def test_a_lost_output_is_told_in_the_language_of_the_call(tmp_path):
    with open("/dev/full", "w") as full:
        process = started(tmp_path, "--lang", "ru", "gallery", stdout=full)
        errors = process.communicate(timeout=60)[1]
    place = "вывод записать нельзя (на диске не осталось места); направьте его в другое место"
    assert errors == f"ошибка: {place}\n"


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)], ids=str)
def test_output_that_is_closed_from_the_start(tmp_path, closed):
    def close():
        for number in closed:
            os.close(number)

    process = started(tmp_path, *QUICK, preexec_fn=close)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert errors == ""
    assert ("Weights and history: r" in said) == (1 not in closed)
    assert len(runs.load(tmp_path / "r").history) == 1


@pytest.mark.more  # every command, each in a process
@pytest.mark.parametrize(
    ("lang", "encoding"), [("en", "cp1252"), ("ru", "cp1251"), ("ru", "ascii")]
)
def test_an_encoding_that_lacks_letters(tmp_path, encoding, lang):
    """As in a pipe on Windows; η and ∂ are in few of them."""
    for arguments in (QUICK, ("show", "r"), ("gradient", "x^2"), ("train", "--help")):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "spusk", "--lang", lang, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def epoch_two(process):
    for line in process.stdout:
        if line.startswith("epoch 2"):
            return


@pytest.mark.more
def test_a_terminal_that_hangs_up_says_so_twice(tmp_path):
    """The system to its processes, and the shell to its jobs."""
    process = started(tmp_path, *ENDLESS)
    epoch_two(process)
    for _ in range(2):
        process.send_signal(signal.SIGHUP)
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (129, "")
    assert said.endswith("Go on with:  spusk resume r\n")
    goes_on_well(tmp_path)


def test_nohup_is_left_alone(tmp_path):
    process = started(tmp_path, *ENDLESS, before=["nohup"])
    epoch_two(process)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143


def test_a_terminal_that_is_closed(tmp_path):
    """Nothing can be said there any more, and all is saved."""
    child, terminal = os.forkpty()
    if child == 0:
        os.chdir(tmp_path)
        os.execv(sys.executable, [sys.executable, "-m", "spusk", *ENDLESS])
    said = b""
    while said.count(b"%") < 20:
        said += os.read(terminal, 4096)
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == 129, said.decode()
    goes_on_well(tmp_path)
