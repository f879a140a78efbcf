"""Two trainings at once, in a thread, after a fork: the same weights as one at a time."""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from spusk import Network, train
from spusk.cli.signals import Signals
from spusk.errors import RunError
from tests.conftest import blobs
from tests.reliability.helpers import begin, carry, straight

ENGINES = ["reference", "auto"]


def learned(seed, engine):
    net = Network([6, 20, 3], seed=seed)
    train(net, blobs(300), 1.0, 10, 20, seed=seed, engine=engine)
    return net.theta


@pytest.mark.parametrize("engine", ENGINES)
def test_two_trainings_in_one_process(engine):
    expected = [learned(seed, engine) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for found, theta in zip(pool.map(learned, range(4), [engine] * 4), expected, strict=True):
            np.testing.assert_array_equal(found, theta)


def test_a_run_folder_written_by_a_thread(tmp_path):
    expected = straight(tmp_path)
    found = []

    def work():
        with Signals() as stop:  # only the main thread has signals: here it is never asked
            found.append(carry(begin(tmp_path / "r", stop=stop)).theta)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    np.testing.assert_array_equal(found[0], expected)


def test_two_writers_in_one_process_are_told_apart(tmp_path):
    one = begin(tmp_path / "r")
    with pytest.raises(RunError, match="another training is writing this run"):
        begin(tmp_path / "r", overwrite=True)
    other = begin(tmp_path / "s")
    np.testing.assert_array_equal(carry(one).theta, carry(other).theta)


@pytest.mark.parametrize("engine", ENGINES)
def test_fork_after_a_training(engine, tmp_path):
    """The parent has trained, and its engine may hold threads; the child trains anew."""
    expected = learned(1, engine)
    context = multiprocessing.get_context("fork")
    process = context.Process(target=save_learned, args=(engine, tmp_path / "theta.npy"))
    process.start()
    process.join(30)
    if process.is_alive():
        process.kill()
        pytest.fail("the child of a fork hangs")
    assert process.exitcode == 0
    np.testing.assert_array_equal(np.load(tmp_path / "theta.npy"), expected)


def save_learned(engine, path):
    np.save(path, learned(1, engine))


def test_a_forked_child_does_not_free_its_parents_run(tmp_path):
    with begin(tmp_path / "r").keeper:
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
        with pytest.raises(RunError, match="another training"):
            begin(tmp_path / "r", overwrite=True)
