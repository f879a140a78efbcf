"""A cost without bounds is named while it is finite; one that comes back is left alone."""

from dataclasses import replace

import numpy as np
import pytest

from spusk import Network, Sample, data, runs, train, train_events
from spusk.training import Plan, TrainingOutcome, explain_failure
from spusk.training.health import FAR, LOST, constant_cost
from tests.commands import spusk
from tests.reliability.helpers import SETS, begin, carry

V = data.sample().train
LINEAR = {"activation": "identity", "output": "identity"}
RELU = {"activation": "relu", "output": "identity"}
TANH = {"activation": "tanh", "output": "identity"}


@pytest.mark.filterwarnings("ignore::spusk.training.NothingLearnedWarning")
@pytest.mark.parametrize(
    ("rate", "batch", "kind"),
    [
        (0.3, "all", LINEAR),
        (5.0, "all", LINEAR),
        (3.0, "all", RELU),
        (3.0, 7, RELU),  # within the first epoch
        (0.5, "all", TANH),
        (0.5, 7, TANH),
    ],
)
@pytest.mark.parametrize("engine", ["reference", "auto"])
def test_divergence_is_named_while_the_cost_is_finite(rate, batch, kind, engine):
    net = Network([6, 9, 3], seed=3, **kind)
    result = train(net, SETS.train, rate=rate, batch=batch, epochs=30, engine=engine)
    assert result.outcome is TrainingOutcome.DIVERGED
    assert np.isfinite(result.last.cost)
    assert result.last.cost > FAR * result.last.cursor.first
    assert all(event.cost < FAR * event.cursor.first for event in result.history[:-1])


@pytest.mark.parametrize(("epochs", "named"), [(3, False), (8, True), (40, True)])
def test_a_run_may_not_end_far_above_its_start(epochs, named):
    """It grows tenfold an epoch or so: after three it is bad, after eight it is lost."""
    result = train(
        Network([6, 9, 3], seed=3, **TANH),
        SETS.train,
        rate=0.5,
        batch="all",
        epochs=epochs,
        engine="reference",
    )
    assert (result.outcome is TrainingOutcome.DIVERGED) == named
    if epochs == 8:
        assert LOST < result.last.cost / result.last.cursor.first < FAR


def test_a_cost_that_rises_first_and_falls_then_is_no_divergence():
    """Full-batch descent at a large rate: a hundredfold up, and down again."""
    net = Network([784, 2000, 10], init="scaled", **TANH)
    result = train(net, V.take(slice(0, 500)), rate=0.003, batch="all", epochs=40)
    assert result.outcome is TrainingOutcome.FINISHED
    costs = [event.cost for event in result.history]
    assert max(costs) > 50 * costs[0]
    assert costs[-1] < 0.2 * costs[0]


@pytest.mark.parametrize(("gain", "rate"), [(1e4, 1e-12), (300.0, 1e-7)])
def test_a_run_that_starts_far_away_is_no_divergence(gain, rate):
    """Its cost is a million times a constant answer's, from the start on."""
    net = Network([784, 12, 10], gain=gain, **RELU)
    result = train(net, V, rate=rate, epochs=3, engine="reference")
    assert result.last.cost > FAR * constant_cost(net, V)
    assert result.outcome.complete


def test_targets_met_at_once_leave_no_bound_of_zero():
    """The start's cost and that of a constant answer are about 0; the next epoch's is 1e-7."""
    sample = Sample(x=np.eye(3), y=np.zeros((3, 1)))
    net = Network([3, 1], output="identity")
    net.theta[:] = 1e-9
    events = train_events(net, sample, rate=0.1, batch="all", epochs=3, engine="reference")
    assert 0 < next(events).cost < 1e-16
    net.theta[:] = 3e-4
    assert [event.outcome for event in events] == [None, TrainingOutcome.FINISHED]


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_a_diverging_run_ends_where_it_would_have_ended(tmp_path, cut):
    """Interrupted and resumed, it still knows what its cost was at the start."""
    net = Network([6, 9, 3], seed=3, **TANH)
    plan = Plan(0.5, "all", 30, 5)
    straight = train(
        net.copy(), SETS.train, rate=0.5, batch="all", epochs=30, seed=5, engine="reference"
    )
    assert straight.outcome is TrainingOutcome.DIVERGED
    carry(begin(tmp_path / "r", plan, net=net), cut)
    resumed = runs.resume(tmp_path / "r", sets=SETS)
    assert resumed.outcome is TrainingOutcome.DIVERGED
    assert resumed.last.epoch == straight.last.epoch
    kept = runs.newest(tmp_path / "r")
    assert kept.judged
    assert kept.cursor.epoch == 1  # so small a set is looked at once in many epochs


@pytest.mark.parametrize(
    ("lang", "says"),
    [("en", "The training diverges (epoch 5, step 1)"), ("ru", "Обучение расходится (эпоха 5")],
)
def test_the_command_names_divergence(tmp_path, lang, says):
    net = Network([784, 10], **LINEAR)
    runs.open_new(
        tmp_path / "r", net, Plan(0.2, "all", 30), data.sample(), "sample"
    ).writer.lock.release()  # fmt: skip
    done = spusk("--lang", lang, "resume", "r", "--no-pictures", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert says in done.stdout
    assert done.stdout.splitlines()[-3].endswith("0.02." if lang == "en" else "0,02.")
    assert done.stdout.splitlines()[-1].endswith("spusk resume r --rate 0.02")
    assert runs.newest(tmp_path / "r").cursor.epoch == 4


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_each_failure_has_its_sentence(lang):
    net = Network([6, 9, 3], seed=3, **TANH)
    last = train(net, SETS.train, rate=0.5, batch="all", epochs=30, engine="reference").last
    said = {
        explain_failure(outcome, event, 0.5, lang)
        for outcome in TrainingOutcome
        if outcome.failed
        for event in (last, replace(last, cost=float("nan")))
    }
    assert len({text.split("(")[0].split(" in epoch")[0] for text in said}) == 4
    assert all("0.05" in text or "0,05" in text for text in said)
