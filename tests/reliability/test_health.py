"""A run that went wrong says so, within the epoch; a run that is well is left alone."""

from time import perf_counter

import numpy as np
import pytest

from spusk import Network, Sample, data, runs, train
from spusk.data import Data
from spusk.engines import engine
from spusk.errors import RunError
from spusk.nn.backprop import Propagation
from spusk.runs import Every
from spusk.training import Plan, TrainingOutcome, plan_events
from spusk.training.health import Saturation, constant_cost, finite
from spusk.training.presets import PRESETS
from tests.commands import spusk
from tests.conftest import blobs
from tests.reliability.helpers import SETS, begin, carry, fresh

V = data.sample().train


def outcome(rate, sizes=(784, 12, 10), epochs=3, sample=V, batch=10, **kind):
    net = Network(list(sizes), seed=1, **kind)
    with np.errstate(all="ignore"):
        return train(net, sample, rate=rate, batch=batch, epochs=epochs, engine="reference").outcome


@pytest.mark.parametrize(
    ("rate", "kind"),
    [
        (100.0, {}),
        (1e3, {}),
        (1e6, {}),
        (1e3, {"activation": "tanh"}),
        (3.0, {"init": "normal", "gain": 1000.0}),
    ],
)
def test_saturation_is_named(rate, kind):
    assert outcome(rate, **kind) is TrainingOutcome.SATURATED


@pytest.mark.parametrize(
    ("rate", "kind"),
    [
        (1e-9, {}),  # it stands still, but for its rate: the neurons are well
        (0.01, {}),
        (3.0, {}),
        (10.0, {}),
        (3.0, {"init": "normal"}),
        (0.5, {"error": "cross-entropy"}),
        (0.01, {"activation": "relu", "output": "identity"}),
        (3.0, {"sizes": (784, 12, 12, 12, 12, 10)}),  # a long first plateau
        (0.1, {"sizes": (784, 10)}),
    ],
)
def test_runs_that_are_well_are_left_alone(rate, kind):
    assert outcome(rate, **kind).complete


def test_a_look_is_cut_short_by_a_stop_and_says_nothing():
    """The saturated network of a sample without a test part: no verdict, then the same one."""
    net = Network([784, 12, 10], seed=1, gain=1000.0, init="normal")
    asked = []
    plan = Plan(3.0, 10, 2)
    session = engine("reference").open(net, V, 10)

    def stop():
        asked.append(1)
        return len(asked) > 1

    saturated = Saturation(V, plan, net, stop)
    assert len(list(saturated.probes())) == 1  # narrow: one lot
    wide = Saturation(V, plan, Network([784, 50_000, 10]), stop)
    assert not wide.stands_still(0.0)
    assert len(asked) == 2
    events = list(plan_events(net, Data(V, None, "blobs"), plan, session, stop=lambda: True))
    assert {event.outcome for event in events} == {None}
    events = list(plan_events(net, Data(V, None, "blobs"), plan, session, events[-1].cursor))
    assert events[-1].outcome is TrainingOutcome.SATURATED


@pytest.mark.more  # each learns to the end
@pytest.mark.parametrize(("classes", "rate"), [(1, 5.0), (1, 20.0), (2, 5.0), (3, 5.0)])
def test_a_network_that_learned_perfectly_is_not_saturated(classes, rate):
    """Its σ′ and its gradient are about 0 as well; its cost is, too."""
    sample = blobs(60, classes=classes, seed=4)
    net = Network([6, 8, classes], seed=0)
    result = train(net, sample, rate=rate, batch=5, epochs=400, seed=1, engine="reference")
    assert result.outcome is TrainingOutcome.FINISHED
    assert net.accuracy(sample) == 1
    assert not Saturation(sample, Plan(rate, 5), net)(400, result.last.cost, last=True)


def test_targets_that_are_all_the_same():
    sample = Sample(x=np.random.default_rng(0).random((50, 4)), y=np.full((50, 2), 0.25))
    assert outcome(1.0, (4, 3, 2), 200, sample) is TrainingOutcome.FINISHED


def test_the_bar_is_the_best_constant_answers_cost():
    """Against the slow way: the cost of a network that answers the mean of y to everything."""
    for error in ("squared", "cross-entropy"):
        for sample in (blobs(), Sample(x=np.eye(4), y=np.eye(4)[:, :2] * 0.6 + 0.2)):
            net = Network([sample.x.shape[1], sample.classes], error=error, dtype=np.float64)
            mean = sample.targets(np.arange(len(sample)), np.float64).mean(axis=0)
            net.w[:], net.b[:] = 0, np.log(mean / (1 - mean))
            assert constant_cost(net, sample) == pytest.approx(net.cost(sample), rel=1e-9)


def test_weights_that_are_not_finite_end_the_run_though_the_cost_is():
    """ReLU hides a −∞ in the weights from the cost: an epoch's end looks at θ itself."""
    sample = blobs()
    for bad in (np.nan, np.inf, -np.inf):
        net = Network([6, 3])
        assert finite(net)
        net.theta[-1] = bad
        assert not finite(net)
    net = Network([6, 5, 3], activation="relu")
    net.layers[0].b[2] = -np.inf  # this neuron answers 0
    assert np.isfinite(net.cost(sample))
    result = train(net, sample, rate=0.1, engine="reference")
    assert result.outcome is TrainingOutcome.NOT_FINITE
    assert result.last.epoch == 1


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_a_cost_that_is_not_a_number_stops_within_the_epoch(tmp_path, poison):
    begun = begin(tmp_path / "r", every=Every(steps=1))
    with begun.writer as writer, np.errstate(all="ignore"):
        for event in begun.events:
            writer.take(event)
            if event.epoch == 2 and event.step == 5:
                writer.net.theta[:] = poison
        assert event.outcome is TrainingOutcome.NOT_FINITE
        assert event.epoch == 2
        assert event.step <= 7  # infinite weights saturate first, and are no numbers a step later
        writer.finish(event)
    last = runs.newest(tmp_path / "r")
    assert last.cursor[:2] == (1, 29)  # the last that was judged well
    assert np.isfinite(last.net.theta).all()
    assert np.isfinite(runs.load(tmp_path / "r").net.theta).all()


def test_weights_that_are_not_finite_are_never_saved(tmp_path):
    begun = begin(tmp_path / "r", every=Every(steps=1))
    with begun.writer as writer:
        event = next(begun.events)
        writer.net.theta[0] = np.nan
        writer.take(event)
    assert runs.newest(tmp_path / "r").cursor.step == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--rate", "1000"), "The network is saturated (epoch 1, step 400)"),
        (("--rate", "1e300"), "The cost stopped being finite in epoch 1"),
    ],
)
def test_the_command_says_what_where_and_a_remedy(tmp_path, more, says):
    quick = ("--layers", "784-8-10", "--epochs", 3, "--out", "r")
    done = spusk("train", *quick, *more, cwd=tmp_path, PYTHONWARNINGS="ignore")
    assert done.returncode == 3, done.stdout + done.stderr
    assert says in done.stdout
    assert "is too large for this start; try" in done.stdout
    assert runs.newest(tmp_path / "r").cursor.step == 0
    assert np.isfinite(runs.load(tmp_path / "r").net.theta).all()


@pytest.mark.soak  # a timing: it means something on a quiet machine only
@pytest.mark.parametrize("sizes", [(784, 30, 10), PRESETS["lecture"].sizes])
def test_checking_costs_under_one_percent(sizes):
    """Seconds of every check of an epoch beside the epoch's own; the least of several."""
    net = Network(sizes)
    saturated = Saturation(V, Plan(0.01), net)

    def least(job, times):
        seconds = []
        for _ in range(times):
            began = perf_counter()
            job()
            seconds.append(perf_counter() - began)
        return min(seconds)

    epoch = least(lambda: train(net, V, rate=0.01, epochs=1), 2)
    well = least(lambda: (finite(net), saturated(1, 0.1)), 20)
    stuck = least(lambda: saturated.stands_still(0.0), 20) / saturated.period
    print(f"checks: {well / epoch:.3%} of an epoch, {stuck / epoch:.3%} more where it is stuck")
    assert well < 0.01 * epoch
    assert stuck < 0.01 * epoch


class Counter(Network):
    """Counts the precedents it would propagate; a lot of fewer than eight is counted as eight.

    Each lot brings all weights through memory, and so few precedents do not pay for the way.
    """

    looked_at = 0

    def propagate(self, x, y, w=None):
        self.looked_at += max(8, len(x))
        a = [x, *(np.zeros((len(x), m), np.float32) for m in self.sizes[1:])]
        return Propagation([None] * len(self.layers), a, a[1:])


@pytest.mark.parametrize("sizes", [(784, 30, 10), PRESETS["lecture"].sizes])
@pytest.mark.parametrize("count", [16, 60, 1000, 4000, 60_000])
def test_the_work_of_checks_is_under_one_percent(sizes, count):
    """Counted, for a run that learns nothing; NumPy is taken to be eight times as slow as we are.

    A precedent looked at costs 4Q operations (Wᵀa and Wδ), one trained on 6Q (and aδᵀ).
    """
    sample = Sample(x=np.zeros((count, 784), np.uint8), labels=np.zeros(count, int), classes=10)
    net = Counter(sizes)
    saturated = Saturation(sample, Plan(1e-9), net)
    for epoch in range(saturated.period):
        saturated(2 + epoch, 10.0)
    assert net.looked_at >= len(saturated.index)  # once in a period
    assert 8 * 4 * net.looked_at < 0.01 * 6 * saturated.period * count


def test_a_failed_run_cannot_be_taken_for_a_finished_one(tmp_path):
    net = fresh()
    net.theta *= 1e4
    begun = begin(tmp_path / "r", Plan(1e6, 7, 2, 5), net=net)
    carry(begun)
    assert not (tmp_path / "r" / "weights.safetensors").exists()
    assert runs.load(tmp_path / "r").plan.rate == 1e6
    with pytest.raises(RunError, match="holds a run already"):
        begin(tmp_path / "r", sets=SETS)


def test_a_run_that_comes_back_by_itself_is_left_alone():
    """Its slopes collapse in the first epoch, yet it moves, and learns in the end."""
    sample = blobs(60, classes=2, seed=0)
    net = Network([6, 8, 2], seed=0)
    result = train(net, sample, rate=40.0, batch=5, epochs=300, seed=1, engine="reference")
    assert result.outcome is TrainingOutcome.FINISHED
    assert result.last.cost < 1e-3


def test_an_epoch_that_ends_well_is_judged_by_its_end():
    """Learned within one epoch: its mean cost is still that of its start, its slopes are gone."""
    sample = blobs(60, classes=1)
    net = Network([6, 1])
    net.b[:] = 20  # the right answer to everything
    assert not Saturation(sample, Plan(3.0), net)(1, 0.5)
    net.b[:] = -20  # the wrong one
    assert Saturation(sample, Plan(3.0), net)(1, 0.5)
