"""Ctrl-C and SIGTERM: the batch is finished, the place saved, the way on printed, in time."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from spusk import data, store
from tests.reliability.helpers import spusk

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
    assert store.load(tmp_path / "r").net.accuracy(data.sample().test) > 0.5
    last = store.newest(tmp_path / "r")
    epochs = last.place.epoch + 1
    again = spusk("resume", "r", "--epochs", epochs, "--no-pictures", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert f"Going on in epoch {last.place.epoch}" in again.stdout or last.place.step == 400
    straight = spusk(
        "train", "--epochs", epochs, "--no-pictures", "--out", "s", cwd=tmp_path
    )  # fmt: skip
    assert straight.returncode == 0
    a, b = (store.load(tmp_path / name).net.theta for name in "rs")
    np.testing.assert_array_equal(a, b)


def test_json_says_the_way_on_beside_the_numbers(tmp_path):
    process = started(tmp_path, "--json")
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "spusk resume r" in errors
    assert all(json.loads(line)["outcome"] is None for line in said.splitlines())


def test_a_second_signal_stops_at_once(tmp_path):
    """In a process of its own: the first asks, the second ends it where it stands."""
    code = (
        "import os, signal, time\n"
        "from spusk.cli.training import Signals\n"
        "with Signals() as stop:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print(stop(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(30)\n"
        "    print('still here')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout) == (143, "True\n")
