"""Killed before every single call that changes a folder: the old run, the new one, or none yet."""

import multiprocessing
import os
import shutil
import signal
import traceback
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

import spusk
from spusk import runs
from spusk.errors import RunError
from spusk.training import Plan
from tests.reliability.helpers import PLAN, SETS, begin, carry, fresh, undisturbed

SHORT = replace(PLAN, epochs=2)
OFTEN = runs.Every(steps=29)  # every epoch's end is saved, however short it was
OTHER = replace(SHORT, seed=6)
WILD = Plan(rate=1e4, batch=7, epochs=3, seed=5)
CALLS = ("fsync", "replace", "unlink", "mkdir", "rmdir", "write", "truncate", "ftruncate")
WRITE = os.write
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.reliability.helpers"])


def until(number, job, folder):
    """Does a job and is killed as it asks the system for the n-th time."""
    asked = count(1)

    def counted(call):
        def asks(*arguments, **more):
            if next(asked) == number:
                if call is WRITE:  # half a line
                    call(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **more)

        return asks

    os.fsync = lambda _: None  # a kill loses nothing that was written
    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    job(folder)


def new(folder):
    carry(begin(folder, SHORT, every=OFTEN))


def overwriting(folder):
    carry(begin(folder, OTHER, every=OFTEN, overwrite=True))


def going_on(folder):
    """From a place with lines of a dead future after it."""
    with (folder / "history.csv").open("a") as file:
        file.write("2,0.5\n")
    carry(runs.open_resumed(folder, 3, SETS, every=OFTEN))


def going_wrong(folder):
    with np.errstate(all="ignore"):
        carry(begin(folder, WILD, every=runs.Every(steps=10)))


def until_it_is_done(job, home, before):
    """A folder for each kill; in a process that has computed nothing yet and so can fork."""
    for number in count(1):
        folder = home / f"{number:03}"
        if before is not None:
            shutil.copytree(before, folder)
        child = os.fork()
        if child == 0:
            try:
                until(number, job, folder)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == 0:
            return
        assert code == -signal.SIGKILL


@pytest.fixture
def each_kill(tmp_path, monkeypatch):
    """The folders that a job leaves, killed at its first call, its second, … until it is done."""
    monkeypatch.setattr(os, "fsync", lambda _: None)

    def each(job, before=None):
        home = tmp_path / job.__name__
        home.mkdir()
        process = PROCESSES.Process(target=until_it_is_done, args=(job, home, before))
        process.start()
        process.join()
        assert process.exitcode == 0
        folders = sorted(home.iterdir())
        print(f"{job.__name__}: killed before each of {len(folders) - 1} calls")
        assert len(folders) > 20
        for folder in folders:
            yield folder
            assert not list(folder.rglob("*.part"))
            assert not (folder / ".spusk-new").exists()

    return each


def ended(folder):
    """The weights of a run, gone on with where it is not at its end."""
    if not (folder / "weights.safetensors").exists():
        assert spusk.resume(folder, sets=SETS).outcome.complete
    return runs.load(folder).net.theta


def is_a_run(folder):
    """Whether it is; if not, it says so."""
    if (folder / "run.json").exists():
        return True
    with pytest.raises(RunError, match=r"run\.json"):
        runs.load(folder)
    return False


@pytest.mark.more  # a run for every call that can fail
def test_a_new_run(each_kill):
    for folder in each_kill(new):
        if not is_a_run(folder):
            new(folder)
        np.testing.assert_array_equal(ended(folder), undisturbed(SHORT, 2))


@pytest.mark.more  # a run for every call that can fail
def test_a_run_that_is_overwritten(tmp_path, each_kill):
    """Until run.json goes the old run is whole, its last words and all; then the new one is."""
    new(tmp_path / "old")
    weights = {plan.seed: undisturbed(plan, 2) for plan in (SHORT, OTHER)}
    seen = []
    for folder in each_kill(overwriting, tmp_path / "old"):
        if not is_a_run(folder):
            seen.append(None)
        else:
            seen.append(seed := runs.load(folder).plan.seed)
            if seed == SHORT.seed:
                assert (folder / "weights.safetensors").exists()
            np.testing.assert_array_equal(ended(folder), weights[seed])
        overwriting(folder)
        np.testing.assert_array_equal(ended(folder), weights[OTHER.seed])
    assert sorted(seen, key=[SHORT.seed, None, OTHER.seed].index) == seen
    assert {SHORT.seed, OTHER.seed} <= set(seen)


@pytest.mark.more  # a run for every call that can fail
def test_a_run_that_is_gone_on_with(tmp_path, each_kill):
    carry(begin(tmp_path / "old", replace(SHORT, epochs=1)))
    for folder in each_kill(going_on, tmp_path / "old"):
        assert is_a_run(folder)
        if runs.load(folder).plan.epochs == 1:  # not asked for yet
            np.testing.assert_array_equal(runs.load(folder).net.theta, undisturbed(SHORT, 1))
            spusk.resume(folder, 3, SETS)
        np.testing.assert_array_equal(ended(folder), undisturbed(SHORT, 3))
        assert [row["epoch"] for row in runs.load(folder).history] == [1, 2, 3]


@pytest.mark.more  # a run for every call that can fail
def test_a_run_that_goes_wrong(each_kill):
    """Its start is there at every moment, and is what is left in the end."""
    for folder in each_kill(going_wrong):
        if not is_a_run(folder):
            going_wrong(folder)
        assert (folder / "checkpoints" / "00000000.safetensors").exists()
        with np.errstate(all="ignore"):
            assert spusk.resume(folder, sets=SETS).outcome == "saturated"
        np.testing.assert_array_equal(runs.load(folder).net.theta, fresh().theta)
