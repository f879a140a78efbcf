"""Callables: how often they are asked, counted; a thousand times is no more than it must be."""

import math

import numpy as np
import pytest

import spusk
from spusk.functions import trace as tracing


class Counted:
    """A callable that counts how often it is asked."""

    def __init__(self, f):
        self.f, self.asked = f, 0

    def __call__(self, x):
        self.asked += 1
        return self.f(x)


def least_squares():
    rng = np.random.default_rng(0)
    A, b = rng.standard_normal((200, 50)), rng.standard_normal(200)
    return 50, lambda x: 0.5 * np.sum((A @ x - b) ** 2), 1e-3


def logistic():
    rng = np.random.default_rng(0)
    X, s = rng.standard_normal((500, 3)), rng.choice([-1, 1], 500)
    return 3, lambda w: np.mean(np.log(1 + np.exp(-s * (X @ w)))), 1.0


def rosenbrock():
    return 1000, lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), 1e-5


def network():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((40, 8)), rng.standard_normal(40)

    def f(w):
        hidden = np.tanh(X @ w[:240].reshape(8, 30) + w[240:270])
        return np.mean((hidden @ w[270:300] - y) ** 2)

    return 300, f, 0.05


def springs():
    def f(x):
        lengths = np.diff(np.concatenate([[0], x, [1]]))
        return 250 * np.sum(lengths**2) + np.sum(np.abs(x)) / 501

    return 500, f, 5e-4


def math_only():
    return 30, lambda x: math.fsum((v - 1) ** 2 for v in x) + math.cos(x[0]), 0.2


def dense():
    """Its eigenvalues are densest at both ends: Lanczos' method would need 54 products."""
    weights = 1 - np.cos(np.pi * np.arange(1, 201) / 201)
    return 200, lambda x: float(weights @ (x - 1) ** 2) / 2, 0.5


ALL = [least_squares, logistic, rosenbrock, network, springs, math_only, dense]


@pytest.mark.parametrize("made", ALL)
def test_a_step_asks_at_most_n_and_one_times(made):
    n, f, rate = made()
    counted = Counted(f)
    asked = []
    for steps in (2, 12):
        counted.asked = 0
        spusk.descend(counted, np.full(n, 0.1), rate, steps)
        asked.append(counted.asked)
    assert asked[1] - asked[0] <= 10 * (n + 1)
    assert asked[0] <= 3 * (n + 1) + 30


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_near_the_end_too(offset):
    """By differences, where more accuracy is due: it is paid for once."""
    n = 30
    counted = Counted(lambda x: math.fsum((v - 1) ** 2 for v in x) + offset)
    asked = []
    run = spusk.descend(
        counted, np.zeros(n), 0.1, callback=lambda step: asked.append(counted.asked)
    )
    assert run.success
    assert run.f.how == "differences"
    np.testing.assert_allclose(run.x, 1, atol=1e-6)
    np.testing.assert_allclose(run.jac, 2 * (run.x - 1), atol=1e-7)
    more = np.diff(asked) > n + 1
    assert more.sum() <= 1
    assert asked[-1] <= run.step * (n + 1) + 3 * n + 60


def test_with_backtracking_too():
    counted = Counted(lambda x: math.fsum((v - 1) ** 2 for v in x))
    run = spusk.descend(counted, np.zeros(30), 0.4, search="armijo")
    assert run.outcome == "converged"
    assert run.njev > 5
    assert counted.asked <= run.nfev + 30 * run.njev + 2 * 30 + 60


@pytest.mark.parametrize("made", ALL)
def test_an_explanation_asks_at_most_100_n_times(made):  # a thousand variables: 90,000 calls
    n, f, _ = made()
    counted = Counted(f)
    run = spusk.descend(counted, np.full(n, 0.1), 1e-9, 1, 1e9)
    assert run.outcome == "converged"
    counted.asked = 0
    run.explain()
    assert counted.asked <= 100 * n + 500


@pytest.mark.parametrize("f", [
    lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
    lambda x: math.fsum((v - 1) ** 2 + v**4 for v in x), lambda x: float(np.exp(-x @ x)),
])  # fmt: skip
@pytest.mark.parametrize("n", [2, 20])
def test_where_a_run_would_lead_costs_no_more(f, n):
    counted = Counted(f)
    run = spusk.descend(counted, np.linspace(0.1, 0.5, n), 1e-4, 3, trace=False)
    assert run.outcome == "out of steps"
    counted.asked = 0
    run.explain()
    assert counted.asked <= 30_000


def test_tracing_asks_once_and_its_formula_is_short(monkeypatch):
    """A traced callable is asked no more; where it is not traced, few parts were made."""
    meters = []
    start = tracing.Meter.__init__
    monkeypatch.setattr(
        tracing.Meter, "__init__", lambda self: (start(self), meters.append(self))[0]
    )
    for made in ALL:
        n, f, rate = made()
        counted = Counted(f)
        run = spusk.descend(counted, np.full(n, 0.1), rate, 1)
        assert run.f.how == "differences"
        assert all(meter.made <= tracing.MOST_PARTS + 2 * n + 600 for meter in meters)
    counted = Counted(lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))
    run = spusk.descend(counted, np.zeros(5), 1e-3, 500)
    run.explain()
    assert run.f.how == "traced"
    assert counted.asked <= 60
    counted.asked = 0
    assert spusk.descend(counted, np.zeros(5), 1e-3, 1, trace=False).f.how == "differences"
    assert counted.asked <= 40


class Pair:
    """(f, ∇f) of a separable bowl, or each alone, counted."""

    def __init__(self, n):
        self.weights = np.linspace(1, 4, n)
        self.values = self.slopes = self.pairs = 0

    def value(self, x):
        self.values += 1
        return 0.5 * self.weights @ x**2

    def slope(self, x):
        self.slopes += 1
        return self.weights * x

    def pair(self, x):
        self.pairs += 1
        return 0.5 * self.weights @ x**2, self.weights * x


def test_jac_true_asks_each_point_once():
    f = Pair(5)
    asked = []
    run = spusk.descend(f.pair, np.ones(5), 0.1, jac=True, callback=lambda _: asked.append(f.pairs))
    assert run.success
    assert np.diff(asked).tolist() == [1] * run.step
    assert asked[0] <= 30
    assert (f.values, f.slopes) == (0, 0)


@pytest.mark.parametrize("n", [5, 10_000])
def test_a_given_gradient_is_asked_once_a_step(n):
    f = Pair(n)
    made = spusk.function(f.value, n=n, gradient=f.slope)
    before = f.values, f.slopes
    run = spusk.descend(made, np.ones(n), 0.3, 1000, record="last")
    assert run.outcome == "converged"
    assert (f.values - before[0], f.slopes - before[1]) == (run.step + 1, run.step + 1)
    assert max(before) <= 30
    before, asked = f.slopes, f.values
    explained = run.explanation
    assert explained.kind == "minimum"
    assert explained.bound == pytest.approx(0.5, rel=5e-3)
    assert f.slopes - before <= 500
    assert f.values - asked <= (60 if n == 5 else 20)
    assert run.success
