"""`kill -9` at random moments, with real processes: nothing is lost."""

import multiprocessing
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

import spusk
from spusk import store
from spusk.errors import RunError
from spusk.store import Every
from tests.reliability.helpers import PLAN, SETS, begin, carry, straight

LONG = replace(PLAN, epochs=12)
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.reliability.helpers"])


def train(folder):
    """A training that saves after every step, so that kills meet saves."""
    carry(begin(folder, LONG, every=Every(steps=1)))


def killed(folder, seconds):
    """Starts a training, kills it so many seconds after its folder is a run; whether it lived."""
    process = PROCESSES.Process(target=train, args=(folder,))
    process.start()
    while not (folder / "run.json").exists():
        assert process.is_alive()
        time.sleep(0.0005)
    time.sleep(seconds)
    process.kill()  # nothing happens where the training was faster
    process.join()
    return process.exitcode == -signal.SIGKILL


def kills(tmp_path, count, longest=0.25):
    """Every killed run loads, holds no half file, and goes on to the undisturbed weights."""
    expected = straight(tmp_path, LONG)
    random = np.random.default_rng(1)
    alive, places, orphans = 0, set(), 0
    for number in range(count):
        folder = tmp_path / str(number)
        alive += killed(folder, random.uniform(0, longest))
        orphans += len(list(folder.rglob("*.part")))
        assert np.isfinite(store.load(folder).net.theta).all()
        places.add(store.newest(folder).place[:2])
        if (folder / "weights.safetensors").exists():  # the training was faster than the kill
            continue
        result = spusk.resume(folder, sets=SETS)
        np.testing.assert_array_equal(result.net.theta, expected)
        assert (folder / "weights.safetensors").exists()
        assert not list(folder.rglob("*.part"))
    print(f"{count} kills: {alive} alive when killed, {len(places)} places, {orphans} orphans")
    return alive, len(places)


def test_20_kills_lose_nothing(tmp_path):
    alive, places = kills(tmp_path, 20)
    assert alive >= 10
    assert places >= 5


@pytest.mark.soak
def test_200_kills_lose_nothing(tmp_path):
    alive, places = kills(tmp_path, 200, longest=0.5)
    assert alive >= 100
    assert places >= 30


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
    assert spusk.resume(folder, sets=SETS).outcome == "finished"  # the lock died with its holder


def hold(folder):
    """A training that never ends."""
    with begin(folder).keeper:
        time.sleep(60)
