"""What every test may ask for."""

import gc
import os
import signal
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from spusk.data import Sample

pytest_plugins = ["tests.plugins.account", "tests.plugins.leftovers"]

settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("ci")  # `make soak` asks for the other: --hypothesis-profile=long
# Python ignores these for itself, and subprocess gives them back to its children.
OF_PYTHON = {getattr(signal, name, None) for name in ("SIGPIPE", "SIGXFSZ")}
LONGER = 40  # times the examples, and other ones each time


def pytest_configure() -> None:
    """Gives the processes that tests start the signals as a terminal would.

    Under `nohup`, or in the background of a script, some are ignored, and a process hands that on
    to its children; a handler it does not. So this one ignores them by a handler.
    """
    for number in signal.valid_signals() - OF_PYTHON:
        if signal.getsignal(number) is signal.SIG_IGN:
            with suppress(OSError):  # some cannot be handled
                signal.signal(number, lambda *_: None)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: what is packed a second later, as by a worker, may differ."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers must find the same names: none tells where in memory its argument stands."""
    for item in items:
        if " at 0x" in item.nodeid:
            raise pytest.UsageError(f"give this test another name, by ids: {item.nodeid}")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not go through it again."""
    gc.freeze()


def examples(count: int) -> settings:
    """So many examples, always the same ones; in the long profile many more, and at random."""
    return settings(max_examples=count * (1 if settings.default.derandomize else LONGER))


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """The folder of real MNIST, named by SPUSK_DATA."""
    folder = Path(os.environ.get("SPUSK_DATA", ""))
    if os.environ.get("SPUSK_DATA") and any(folder.glob("train-images-idx3-ubyte*")):
        return folder
    pytest.skip("SPUSK_DATA names no folder with MNIST's four IDX files")


def blobs(count: int = 60, n: int = 6, classes: int = 3, seed: int = 0) -> Sample:
    """A small set that can be learned: one noisy cloud of uint8 numbers per class."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=count)
    centres = rng.uniform(30, 220, (classes, n))
    x = np.clip(centres[labels] + rng.normal(0, 20, (count, n)), 0, 255).astype(np.uint8)
    return Sample(x=x, labels=labels, classes=classes, name="blobs")


@pytest.fixture
def small() -> Sample:
    """Sixty precedents of six numbers in three classes."""
    return blobs()
