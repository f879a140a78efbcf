"""Trainings for tests: a plan, and a set of the sample's shape that is learned in no time."""

import time

import numpy as np

from spusk.data import Data, Sample
from spusk.lab.requests import RequestReader
from spusk.lab.runs.training import Runs

PLAN = {"data": "sample", "layers": [784, 5, 10], "rate": 3, "batch": 10, "epochs": 10,
        "init": "scaled", "seed": 0}  # fmt: skip
LONG = {"epochs": 1000, "layers": [784, 30, 10]}
SLOW = {"layers": [784, 300, 10], "batch": 1, "rate": 0.05}


def wish(**changes):
    return RequestReader(PLAN | changes, "en").training_request()


def tiny(name="sample", count=400):
    rng = np.random.default_rng(0)
    patches = rng.integers(0, 256, (count, 7, 7), dtype=np.uint8)
    x = patches.repeat(4, axis=1).repeat(4, axis=2).reshape(count, 784)
    V = Sample(x, labels=rng.integers(10, size=count), classes=10, name=name)
    return Data(V, V.take(slice(0, 50)), name)


def ended(run, seconds=60):
    with run.gate:
        assert run.gate.wait_for(lambda: run.over, seconds), run.state
    return run


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def one_run():
    """Trainings of which one, called 1, has ended."""
    runs = Runs(tiny)
    ended(runs.start(wish(epochs=1), "en"))
    return runs
