"""Two trainings at once, in a thread, after a fork: the same weights as one at a time."""

import gc
import multiprocessing
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from spusk import Network, engines, train, train_events
from spusk.cli.signals import Signals
from spusk.engines import native
from spusk.engines.session_lock import SessionLock
from spusk.errors import EngineError, RunError
from tests.conftest import blobs
from tests.reliability.helpers import begin, carry, straight

ENGINES = ["reference", "auto"]


def learned(seed, engine):
    net = Network([6, 20, 3], seed=seed)
    train(net, blobs(300), rate=1.0, batch=10, epochs=20, seed=seed, engine=engine, threads=2)
    return net.theta


def together(*jobs):
    """Runs them in threads of their own, at the same time."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait(10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [found.result(60) for found in [pool.submit(run, job) for job in jobs]]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sessions", [1, 2])
def test_two_threads_that_step_on_one_network_take_turns(engine, sessions):
    """Full gradients, so whose turn it was does not matter: as many steps as one alone takes."""
    V, order = blobs(300), np.arange(300)
    expected = Network([6, 20, 3], seed=1)
    alone = engines.engine(engine).open(expected, V, 300, 2)
    for _ in range(400):
        alone.steps(order, 0, 1, 1.0)
    net = Network([6, 20, 3], seed=1)
    opened = [engines.engine(engine).open(net, V, 300, 2) for _ in range(sessions)]

    def half(session):
        return sum(session.steps(order, 0, 1, 1.0).seen for _ in range(200))

    assert together(*(partial(half, opened[i % sessions]) for i in range(2))) == [60_000, 60_000]
    np.testing.assert_array_equal(net.theta, expected.theta)


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


def forked(job, *arguments):
    """The exit code of a forked child that does a job; a child that hangs is a failure."""
    process = multiprocessing.get_context("fork").Process(target=job, args=arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of forks beside threads
        process.start()
    process.join(30)
    if process.is_alive():
        process.kill()
        pytest.fail("the child of a fork hangs")
    return process.exitcode


@pytest.mark.parametrize("engine", ENGINES)
def test_fork_after_a_training(engine, tmp_path):
    """The parent has trained, with threads of its own; the child trains anew."""
    expected = learned(1, engine)
    assert forked(save_learned, engine, tmp_path / "theta.npy") == 0
    np.testing.assert_array_equal(np.load(tmp_path / "theta.npy"), expected)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_fork_within_a_training(engine, threads, tmp_path):
    """The child is refused the parent's session, may throw it away, and trains anew."""
    net = Network([6, 20, 3], seed=1)
    held = {  # the only one who does
        "events": train_events(
            net, blobs(300), rate=1.0, batch=10, epochs=20, seed=1, engine=engine, threads=threads
        )
    }
    next(held["events"])
    assert forked(refused, held, engine, tmp_path / "theta.npy") == 0
    list(held["events"])  # the parent goes on
    expected = learned(1, engine)
    np.testing.assert_array_equal(net.theta, expected)
    np.testing.assert_array_equal(np.load(tmp_path / "theta.npy"), expected)


def refused(held, engine, path):
    with pytest.raises(EngineError, match=r"its fork \d+; start the training anew"):
        next(held["events"])
    held.clear()
    gc.collect()
    save_learned(engine, path)


@pytest.mark.skipif(not native.available(), reason="the native part is not built")
def test_a_forked_child_ends_the_parents_session_without_its_threads():
    """They are not there to be waited for; the parent's go on."""
    held = [native.Native().open(Network([6, 20, 3]), blobs(300), 10, 2)]
    assert forked(held.clear) == 0
    held[0].steps(np.arange(300), 0, 30, 0.1)


def test_fork_while_another_thread_steps(tmp_path):
    """The child may train that very network: nobody there holds its turn."""
    net = Network([6, 20, 3], seed=1)
    turn = SessionLock(net)
    with turn:
        assert forked(partial(train, rate=1.0), net, blobs(300)) == 0


def save_learned(engine, path):
    np.save(path, learned(1, engine))


def test_a_forked_child_does_not_free_its_parents_run(tmp_path):
    begun = begin(tmp_path / "r")
    with begun.writer:
        assert forked(begun.writer.lock.release, True) == 0
        with pytest.raises(RunError, match="another training"):
            begin(tmp_path / "r", overwrite=True)
