"""`kill -9` at random moments, with real processes: nothing is lost.

New runs, resumed ones, both engines, files of some megabytes, the command line; every process that
is counted was alive when it was killed.
"""

import multiprocessing
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

import spusk
from spusk import Network, data, runs
from spusk.engines import native
from spusk.errors import RunError
from spusk.runs import Every
from spusk.training import Plan
from tests.commands import spusk as cli
from tests.reliability.helpers import PLAN, SETS, begin, carry, undisturbed

LONG = replace(PLAN, epochs=12)
LARGE = Plan(rate=0.01, batch=40, epochs=4)
STEP = Every(steps=1)  # a training that saves after every step, so that kills meet saves
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.reliability.helpers"])


def new(folder):
    carry(begin(folder, LONG, every=STEP))


def on_the_native_engine(folder):
    carry(begin(folder, LONG, every=STEP, engine="native"))


def large(folder):
    carry(begin(folder, LARGE, every=STEP, engine="auto", net=wide()))


def wide():
    """A network whose checkpoints have 4 MB."""
    return Network([6, 100_000, 3], seed=3, init="wide", V=SETS.train)


def resumed(folder):
    carry(runs.open_resumed(folder, sets=SETS, every=STEP))


def by_the_command(*words):
    """An attempt by the command line."""

    def attempt(folder, seconds):
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "spusk", *map(str, words), str(folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        wait_for_its_lock(folder)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()  # nothing happens where the training was faster
        _, errors = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), errors
        return process.returncode != 0

    return attempt


def in_a_process(job):
    """An attempt by a process that does only this."""

    def attempt(folder, seconds):
        process = PROCESSES.Process(target=job, args=(folder,))
        process.start()
        wait_for_its_lock(folder)
        process.join(seconds)
        process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        return process.exitcode != 0

    return attempt


def wait_for_its_lock(folder):
    """Until a training has begun to make, or to go on with, a run."""
    until = time.monotonic() + 60
    while not (folder / ".lock").exists():
        assert time.monotonic() < until
        time.sleep(0.0005)


def from_a_copy(run, attempt):
    """An attempt to go on with a run that stands somewhere inside."""

    def attempt_on_a_copy(folder, seconds):
        shutil.copytree(run, folder, ignore=shutil.ignore_patterns(".lock"))
        return attempt(folder, seconds)

    return attempt_on_a_copy


def kills(tmp_path, number, attempt, expected, sets=SETS, longest=0.25):
    """Kills until so many were alive, and each run ends in the undisturbed weights."""
    random = np.random.default_rng(1)
    alive, places, orphans = 0, set(), 0
    for each in count():
        assert each < 5 * number, f"{alive} of {each} were alive when killed"
        folder = tmp_path / str(each)
        alive += attempt(folder, random.uniform(0, longest))
        orphans += len(list(folder.rglob("*.part")))
        places.add(gone_on_with(folder, attempt, sets))
        np.testing.assert_array_equal(runs.load(folder).net.theta, expected)
        assert not list(folder.rglob("*.part"))
        shutil.rmtree(folder)
        if alive == number:
            break
    print(f"{alive} kills in {each + 1} runs: {len(places)} places, {orphans} orphans")
    return places


def gone_on_with(folder, attempt, sets):
    """Lets a run come to its end, unless it is there; where it stood, None before its start."""
    if not (folder / "run.json").exists():
        with pytest.raises(RunError, match=r"run\.json"):
            runs.load(folder)
        assert not attempt(folder, 60)  # which is let come to its end
        return None
    assert np.isfinite(runs.load(folder).net.theta).all()
    place = runs.newest(folder).cursor[:2]
    if not (folder / "weights.safetensors").exists():
        assert spusk.resume(folder, sets=sets).outcome.complete
    return place


def kills_of_every_kind(tmp_path, tenth, longest=0.25):
    """Ten times so many; the number of places at which they found the runs."""
    places = set()

    def some(name, number, attempt, expected, sets=SETS):
        (tmp_path / name).mkdir()
        print(f"{name}: ", end="")
        found = kills(tmp_path / name, number * tenth, attempt, expected, sets, longest)
        places.update((name, place) for place in found)

    expected = undisturbed(LONG)
    some("new", 3, in_a_process(new), expected)
    carry(begin(tmp_path / "cut", LONG, every=STEP), 100)
    some("resumed", 2, from_a_copy(tmp_path / "cut", in_a_process(resumed)), expected)
    if native.available():
        expected = undisturbed(LONG, engine="native")
        some("native", 2, in_a_process(on_the_native_engine), expected)
    some("large", 1, in_a_process(large), undisturbed(LARGE, net=wide(), engine="auto"))

    words = ("--layers", "784-8-10", "--epochs", 2, "--no-pictures", "--out")
    assert cli("train", *words, tmp_path / "whole").returncode == 0
    expected, sets = runs.load(tmp_path / "whole").net.theta, data.sample()
    every = ("--save-every", 4, "--no-pictures")  # so many saves that most kills find it alive
    some(
        "command",
        1,
        by_the_command("train", *words[:-1], *every, "--overwrite", "--out"),
        expected,
        sets,
    )
    cut = runs.open_new(tmp_path / "inside", Network([784, 8, 10]), Plan(3.0, 10, 2), sets,
                         "sample", every=Every(steps=20))  # fmt: skip
    carry(cut, 300)
    again = from_a_copy(tmp_path / "inside", by_the_command("resume", *every))
    some("resumed by command", 1, again, expected, sets)
    return len(places)


@pytest.mark.more  # thirty runs, each to its end
def test_20_kills_lose_nothing(tmp_path):
    assert kills_of_every_kind(tmp_path, 2) >= 8


@pytest.mark.soak
def test_200_kills_lose_nothing(tmp_path):
    assert kills_of_every_kind(tmp_path, 20, longest=0.5) >= 60


def test_a_second_process_cannot_write_the_same_run(tmp_path):
    folder = tmp_path / "r"
    process = PROCESSES.Process(target=hold, args=(folder,))
    process.start()
    while not (folder / "run.json").exists():
        time.sleep(0.001)
    try:
        with pytest.raises(RunError, match="another training is writing this run"):
            spusk.resume(folder, sets=SETS)
        with pytest.raises(RunError, match="another training is writing this run"):
            begin(folder, overwrite=True)
    finally:
        process.kill()
        process.join()
    assert spusk.resume(folder, sets=SETS).outcome.complete  # the lock died with its holder


def hold(folder):
    """A training that never ends."""
    with begin(folder).writer:
        time.sleep(60)
