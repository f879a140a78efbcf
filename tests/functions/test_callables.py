"""Callables: n from the start, what they return, how often they are asked, what is pickled."""

import pickle

import numpy as np
import pytest

import spusk
from spusk.errors import InputError, SpuskError


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
    return 50, lambda x: 0.5 * np.sum((A @ x - b) ** 2)


def logistic():
    rng = np.random.default_rng(0)
    X, s = rng.standard_normal((500, 3)), rng.choice([-1, 1], 500)
    return 3, lambda w: np.mean(np.log(1 + np.exp(-s * (X @ w))))


def rosenbrock():
    return 1000, lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@pytest.mark.parametrize("made", [least_squares, logistic, rosenbrock])
def test_a_step_asks_at_most_n_and_one_times(made):
    n, f = made()
    counted = Counted(f)
    asked = []
    for steps in (2, 12):
        counted.asked = 0
        spusk.descend(counted, np.full(n, 0.1), 1e-5, steps)
        asked.append(counted.asked)
    assert asked[1] - asked[0] <= 10 * (n + 1)
    assert asked[0] <= 10 * (n + 1)


def test_n_comes_from_the_start():
    run = spusk.descend(lambda x: x**2, 5.0, 0.1)
    assert run.success
    assert run.x.shape == (1,)
    assert spusk.descend(lambda x: x @ x, [1, 2, 3], 0.1).x.shape == (3,)


@pytest.mark.parametrize("f", [lambda x, y: None, lambda x, y: 1j, lambda x, y: np.ones(3),
                               lambda x, y: "two"])  # fmt: skip
def test_what_is_no_number_is_told(f):
    with pytest.raises(SpuskError) as caught:
        spusk.descend(f, (1, 1), 0.1)
    assert caught.value.sentence("ru") != caught.value.sentence("en")


@pytest.mark.parametrize("f", [None, 5, b"x", [1, 2]])
def test_what_is_no_function_is_told(f):
    with pytest.raises(InputError):
        spusk.function(f)


def test_noise_is_said():
    rng = np.random.default_rng(0)
    with pytest.warns(spusk.errors.SpuskWarning):
        run = spusk.descend(lambda x, y: x * x + y * y + 0.1 * rng.normal(), (-2, 2), 0.1, 50)
    assert "noise" in run.explain("en") or "different value" in run.explain("en")
    assert run.explanation.bound is None or "noise" in run.explain("en")


@pytest.mark.parametrize("f", ["lecture", "x^2 + sin(y)", np.linalg.norm])
def test_results_pickle(f):
    run = spusk.descend(f, (1.0, 2.0), 0.1, 20)
    again = pickle.loads(pickle.dumps(run))
    np.testing.assert_array_equal(again.iterates, run.iterates)
    assert again.f.value([0.5, 0.5]) == run.f.value([0.5, 0.5])
    assert len(repr(run)) < 600
