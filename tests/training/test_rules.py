"""Training by every rule: it is descent on the cost as a surface, and what `train` takes."""

import inspect
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import spusk
from spusk import Network, Sample, descend, train, train_events
from spusk.engines import native
from spusk.errors import DataError, InputError, NetworkError, RateError
from spusk.i18n import LANGUAGES
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.network import CHUNK
from spusk.optim import (
    RULES,
    SCHEDULES,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    cosine,
    inverse,
    staircase,
)  # fmt: skip
from spusk.optim.rules import NamedRule
from spusk.training import Plan, TrainingOutcome, UnsavedRateWarning, explain_failure
from spusk.training.health import Saturation
from tests.conftest import blobs, examples

STEPS = 30
RATES = {
    "number": lambda rate: rate,
    "constant": SCHEDULES["constant"],
    "inverse": lambda rate: inverse(rate, half=7),
    "staircase": lambda rate: staircase(rate, every=4, factor=0.7),
    "cosine": lambda rate: cosine(rate, steps=25),
}


def trained(net, V, rate, rule, steps=STEPS):
    """θ after each step of full-batch training, the start first."""
    net = net.copy()
    thetas = [net.theta.copy()]
    for _ in train_events(
        net, V, rate=rate, batch="all", epochs=steps, seed=3, engine="reference", rule=rule
    ):
        thetas.append(net.theta.copy())
    return np.array(thetas)


def descended(net, V, rate, rule, steps=STEPS):
    """The iterates of descent on the network's cost."""
    surface = net.surface(V)
    return descend(surface, net.theta, rate, steps, tolerance=0, rule=rule).iterates


@examples(30)
@given(
    rule=st.sampled_from(list(RULES)),
    rate=st.sampled_from(list(RATES)),
    hidden=st.lists(st.integers(1, 6), max_size=2),
    count=st.integers(2, 25),
    activation=st.sampled_from([name for name, each in ACTIVATIONS.items() if not each.coupled]),
    error=st.sampled_from(["squared", "cross-entropy"]),
    eta=st.sampled_from([0.003, 0.05, 0.3]),
    seed=st.integers(0, 99),
)
def test_full_batch_training_is_descent_on_the_cost_bit_for_bit(
    rule, rate, hidden, count, activation, error, eta, seed
):
    V = blobs(count, seed=seed)
    net = Network([6, *hidden, 3], seed, activation=activation, error=error, dtype=np.float64)
    eta = RATES[rate](eta)
    ours, theirs = trained(net, V, eta, rule), descended(net, V, eta, rule)
    assume(len(ours) == STEPS + 1)  # a saturated network is trained no further
    np.testing.assert_array_equal(ours, theirs)
    assert np.any(ours[-1] != ours[0])


@pytest.mark.parametrize("rule", [Momentum(0.3, 0.5), Nesterov(0.3, 0.5), Adam(0.01, 0.8, 0.9)])
def test_so_is_a_rule_with_parameters_and_rate_of_its_own(rule, small):
    net = Network([6, 4, 3], dtype=np.float64)
    np.testing.assert_array_equal(
        trained(net, small, None, rule), descended(net, small, None, rule)
    )


@pytest.mark.parametrize("rule", ["plain", "adam"])
def test_so_is_a_set_that_is_gone_through_in_lots(rule):
    V, net = blobs(260), Network([6, 4000, 3], seed=1, dtype=np.float64)
    assert len(V) * 4000 > CHUNK
    ours, theirs = trained(net, V, 1e-3, rule, 3), descended(net, V, 1e-3, rule, 3)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("rule", RULES)
def test_mini_batches_step_by_the_rule_on_their_mean_gradient(rule, small):
    """By hand: V_i in the order of the epochs, the gradient of each by the whole-set function."""
    net = Network([6, 4, 3], seed=2, dtype=np.float64)
    rate, method = inverse(0.05, half=9), RULES[rule](inverse(0.05, half=9))
    x, state, n = net.theta.copy(), method.start(net.theta), 0
    slow = net.copy()
    for epoch in range(3):
        rows = spusk.training.order(60, 5, epoch)
        for first in range(0, 60, 7):
            slow.theta[:] = x
            gradient = slow.gradients(small.take(rows[first : first + 7])).theta
            x, state = method.step(x, gradient, state, n)
            n += 1
    train(net, small, rate=rate, batch=7, epochs=3, seed=5, engine="reference", rule=rule)
    np.testing.assert_allclose(net.theta, x, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_learns_in_float32(rule, small):
    net = Network([6, 8, 3], seed=4)
    rate = 0.03 if rule == "adam" else 0.5
    result = train(
        net, small, rate=rate, batch=5, epochs=30, seed=4, test=small, engine="reference", rule=rule
    )
    assert result.outcome is TrainingOutcome.FINISHED
    assert result.best_accuracy > 0.9
    assert net.theta.dtype == np.float32


def test_help_is_enough_to_call_it():
    for name in inspect.signature(train).parameters:
        assert f"        {name}: " in train.__doc__
    for name in RULES:
        assert f'"{name}"' in train.__doc__


def test_inputs_with_answers_are_a_sample(small):
    """Whole numbers are classes, any others targets; a Sample brings its own."""
    x = np.random.default_rng(0).random((20, 6))
    labels = np.arange(20) % 3
    nets = [Network([6, 4, 3], seed=1) for _ in range(3)]
    more = {"epochs": 2, "engine": "reference"}
    train(nets[0], x, labels, rate=0.5, **more)
    train(nets[1], Sample(x, labels=labels, classes=3), rate=0.5, **more)
    train(nets[2], x.tolist(), np.eye(3)[labels], rate=0.5, **more)
    for net in nets[1:]:
        np.testing.assert_array_equal(nets[0].theta, net.theta)
    assert train(nets[0], x, labels, rate=0.5, **more).last.accuracy is not None
    assert train(nets[0], x, np.eye(3)[labels], rate=0.5, **more).last.accuracy is not None
    assert train(nets[0], x, x[:, :3], rate=0.5, **more).last.accuracy is None
    with pytest.raises(InputError, match="y: blobs has its answers already"):
        train(nets[0], small, labels, rate=0.5)
    with pytest.raises(InputError, match="found ndarray without y; give y="):
        train(nets[0], x, rate=0.5)
    with pytest.raises(NetworkError, match="4 numbers in each answer"):
        train(nets[0], x, np.arange(20) % 4, rate=0.5)
    with pytest.raises(DataError):
        train(nets[0], x, labels[:-1], rate=0.5)
    for ragged in ((x, [[1], [1, 2]]), ([[1, 2], [1]], [0, 1])):
        with pytest.raises(DataError, match="rows of one length"):
            train(nets[0], *ragged, rate=0.5)
    for lone in (3.0, 1, inverse(0.5, half=7)):  # a rate in the place of the answers
        with pytest.raises(InputError, match="given by its name: rate="):
            train(nets[0], small, lone)


class Mine(GradientDescent):
    """A rule of the user's own, which RULES does not know."""


def test_rules_and_rates_that_cannot_work_are_named_in_both_languages(small):
    wrong = [
        ((0.1, {"rule": "newton"}), InputError, "there are plain, momentum, nesterov, adam"),
        ((0.1, {"rule": Adam(0.1)}), RateError, r"Adam\(…\) has its own, and 0.1 was given"),
        ((None, {}), RateError, "rate must be a number, found None; try 3"),
        (([0.1, 0.2], {}), RateError, r"goes at one rate, found an array of shape \(2,\)"),
        ((-1, {}), RateError, "rate must be positive and finite, found -1; try 3"),
        ((None, {"rule": Mine(0.1)}), InputError, "expected one of plain.*found Mine"),
        ((lambda n: -n, {}), RateError, "rate at step 0 must be positive"),
    ]
    for (rate, more), kind, said in wrong:
        net = Network([6, 3])
        with pytest.raises(kind, match=said) as caught:
            train_events(net, small, rate=rate, **more)
        assert len({caught.value.sentence(lang) for lang in LANGUAGES}) == 2


def test_a_rule_added_to_the_table_trains(small, monkeypatch):
    """One place: its class, and its name in RULES."""

    class Sign(NamedRule):
        """x ← x − η sign ∇f."""

        name = "sign"

        def step(self, x, gradient, state, n):
            return x - self.rate * np.sign(gradient), state

    monkeypatch.setitem(RULES, "sign", Sign)
    net = Network([6, 3], dtype=np.float64)
    before = net.theta.copy()
    train(net, small, rate=0.25, batch="all", epochs=1, rule="sign")
    np.testing.assert_array_equal(np.unique(np.abs(net.theta - before).round(12)), [0.25])


def test_a_bare_function_trains_and_it_is_said_that_it_cannot_go_on(small):
    nets = [Network([6, 4, 3], seed=1) for _ in range(2)]
    more = {"epochs": 3, "engine": "reference", "rule": "momentum"}
    with pytest.warns(UnsavedRateWarning, match="can't be resumed") as caught:
        train(nets[0], small, rate=lambda n: 0.5 / (1 + n / 7), **more)
    assert "нельзя продолжить" in caught[0].message.sentence("ru")
    train(nets[1], small, rate=inverse(0.5, half=7), **more)
    np.testing.assert_array_equal(nets[0].theta, nets[1].theta)


def test_what_is_said_of_a_rate_is_said_of_the_one_at_that_step(small):
    rate = staircase(1e30, every=3, factor=0.1)
    net = Network([6, 4, 3], activation="relu", output="identity")
    with np.errstate(all="ignore"):
        result = train(net, small, rate=rate, batch=10, epochs=9, engine="reference")
    assert result.outcome is TrainingOutcome.NOT_FINITE
    last = result.last
    n = (last.epoch - 1) * last.steps + last.step - 1
    assert last.rate_of(rate) == rate(n)
    said = explain_failure(result.outcome, last, rate, "en")
    assert f"η = {rate(n):g} is too large for this start; try {rate(n) / 10:g}" in said


def test_the_reach_of_an_epoch_is_that_of_its_own_rates_and_rule(small):
    net = Network([6, 3])
    size = net.theta.size
    plans = {rule: Plan(cosine(0.5, 30), 10, 9, rule=RULES[rule](0.1)) for rule in RULES}
    rates = [sum(map(cosine(0.5, 30), range(6 * e, 6 * e + 6))) for e in (0, 4)]
    for epoch, rate in zip((1, 5), rates, strict=True):
        reach = {r: Saturation(small, plan, net).reach(4.0, epoch) for r, plan in plans.items()}
        assert reach["plain"] == pytest.approx(2 * rate)
        assert reach["momentum"] == reach["nesterov"] == pytest.approx(20 * rate)
        assert reach["adam"] == pytest.approx(rate * size**0.5)


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_a_saturated_network_is_named_by_every_rule_of_the_gradient(rule):
    net = Network([784, 12, 10], seed=1, gain=1000.0, init="normal")
    result = train(
        net,
        spusk.data.sample().train,
        rate=1e-9,
        batch=100,
        epochs=2,
        engine="reference",
        rule=rule,
    )
    assert result.outcome is TrainingOutcome.SATURATED


FAST = native.NAMES["updates"] if native.available() else ()


@pytest.mark.parametrize(
    ("engine", "rule"), [*product(["reference"], RULES), *product(["native"], FAST)]
)
def test_a_rate_beyond_the_networks_numbers_ends_in_an_outcome(small, rule, engine):
    """Not in a warning of NumPy, which the tests would take for an error."""
    result = train(Network([6, 4, 3]), small, rate=1e300, epochs=3, rule=rule, engine=engine)
    assert result.outcome.failed
