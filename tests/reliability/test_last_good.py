"""Whatever befalls a run, the last checkpoint that was judged well stays, and is gone on from."""

import os
from dataclasses import replace

import numpy as np
import pytest

import spusk
from spusk import runs
from spusk.runs import Every
from spusk.training import Plan, TrainingOutcome
from spusk.training.health import Saturation
from tests.commands import spusk as cli
from tests.reliability.helpers import PLAN, SETS, begin, carry, fresh, undisturbed

STEPS = 29
WILD = Plan(rate=1e4, batch=7, epochs=3, seed=5)


def kept(folder):
    """The steps of the checkpoints that are there."""
    return sorted(int(path.stem) for path in (folder / "checkpoints").iterdir())


def carried(begun, after=None):
    """Trains to the end; `after` is shown the network at each event, once it was kept."""
    with begun.writer as writer, np.errstate(all="ignore"):
        for event in begun.events:
            writer.take(event)
            if after is not None:
                after(event, writer.net)
        writer.finish(event)
    return event


def test_a_run_that_saturates_while_it_is_saved_keeps_its_start(tmp_path):
    folder = tmp_path / "r"
    begun = begin(folder, WILD, every=Every(steps=5))
    behind = []
    last = carried(begun, lambda event, net: behind.append(kept(folder)))
    assert last.outcome is TrainingOutcome.SATURATED
    assert max(map(max, behind)) > 20  # saturated weights were saved, and are gone
    assert all(0 in steps and len(steps) <= 3 for steps in behind)
    assert kept(folder) == [0]
    np.testing.assert_array_equal(runs.load(folder).net.theta, fresh().theta)
    again = spusk.resume(folder, sets=SETS)
    assert again.outcome == "saturated"
    assert again.history[-1].step == STEPS
    assert kept(folder) == [0]


def spoilt(when, weight):
    """Makes the network useless once, at a place or soon after, as a rate too large would."""
    done = []

    def spoil(event, net):
        if (event.epoch, event.step) >= when and not done:
            net.theta[:] = weight
            done.append(when)

    return spoil


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """What is promised here does not hang on how long a disk takes."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.more  # runs of many looks
@pytest.mark.parametrize(
    ("when", "weight", "outcome"),
    [
        (
            (65, 5),
            -1e6,
            TrainingOutcome.SATURATED,
        ),  # named in epoch 128 alone, many checkpoints later
        ((65, STEPS), -1e6, TrainingOutcome.SATURATED),
        ((70, 3), np.nan, TrainingOutcome.NOT_FINITE),
    ],
)
def test_what_was_saved_between_two_looks_does_not_push_the_judged_one_out(
    tmp_path, when, weight, outcome
):
    """On a small set a network is looked at every 64 epochs, and saved after each."""
    plan, judged = replace(PLAN, rate=0.05, epochs=136), 64
    assert Saturation(SETS.train, plan, fresh()).period == 64
    folder = tmp_path / "r"
    assert carried(begin(folder, plan), spoilt(when, weight)).outcome is outcome
    assert kept(folder) == [judged * STEPS]
    np.testing.assert_array_equal(runs.load(folder).net.theta, undisturbed(plan, judged))
    assert len(runs.load(folder).history) == judged
    result = spusk.resume(folder, sets=SETS)  # nothing spoils it now
    assert result.outcome.complete
    np.testing.assert_array_equal(result.net.theta, undisturbed(plan, plan.epochs))


def test_a_run_that_is_gone_on_with_knows_which_was_judged(tmp_path):
    """Also where that is the end of a finished run, at an epoch not looked at otherwise."""
    folder, plan = tmp_path / "r", replace(PLAN, rate=0.05, epochs=3)
    carry(begin(folder, plan))
    begun = runs.open_resumed(folder, 9, SETS, every=Every(steps=4))
    assert carried(begun, spoilt((5, 20), np.nan)).outcome is TrainingOutcome.NOT_FINITE
    assert kept(folder) == [3 * STEPS]
    begun = runs.open_resumed(folder, 9, SETS, every=Every(steps=4))
    with begun.writer as writer:
        for event in begun.events:  # killed, as it were
            writer.take(event)
            if event.epoch == 6:
                break
    assert kept(folder)[0] == 3 * STEPS
    assert len(kept(folder)) == 3
    begun = runs.open_resumed(folder, 9, SETS, every=Every(steps=4))
    assert carried(begun, spoilt((7, 20), np.nan)).outcome is TrainingOutcome.NOT_FINITE
    assert kept(folder) == [3 * STEPS]


def test_a_run_that_learns_keeps_two(tmp_path):
    """The newest judged is one of the last two where every end is looked at."""
    folder = tmp_path / "r"
    carry(begin(folder, replace(PLAN, epochs=1)))
    assert kept(folder) == [0, STEPS]


@pytest.mark.parametrize("more", [1, 5])
def test_the_command_keeps_the_last_good_checkpoint(tmp_path, more):
    """Trained well, then on at `--rate 1000`: it is named in epoch 2, or in the fourth alone."""
    net = ("--layers", "784-8-10", "--no-pictures", "--out", "r")
    good = cli("train", *net, "--epochs", 1, cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    before = runs.load(tmp_path / "r").net
    run = tmp_path / "r" / "run.json"
    run.write_text(run.read_text().replace('"rate": 3.0', '"rate": 1000'))
    resume = ("resume", "r", "--epochs", 1 + more, "--save-every", 50, "--no-pictures")
    for _ in range(2):
        bad = cli(*resume, cwd=tmp_path, PYTHONWARNINGS="ignore")
        assert bad.returncode == 3, bad.stdout + bad.stderr
        assert "Going on in epoch 2, after step 0." in bad.stdout
        assert "is saturated" in bad.stdout
        assert "History and the last good checkpoint: r" in bad.stdout
        assert kept(tmp_path / "r") == [400]
        np.testing.assert_array_equal(runs.load(tmp_path / "r").net.theta, before.theta)
