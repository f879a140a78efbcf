"""Callables: what they may answer and raise, where, and with what state."""

import functools
import math
import pickle

import numpy as np
import pytest

import spusk
from spusk.descent import DescentOutcome
from spusk.errors import CallableError, InputError


@pytest.mark.parametrize("answer", [
    None, [None], 1j, np.ones(3), np.empty(0), "two", "2.5", np.array(["2.5"]), b"2", {}, {1}, ...,
    float, np.datetime64("2020-01-01"), np.ma.masked, [1, [2, 3]], object(), lambda: 3, (1.0, 2.0),
])  # fmt: skip
@pytest.mark.parametrize("trace", [True, False])
def test_what_is_no_number_is_told_at_once(answer, trace):
    with pytest.raises(InputError) as caught:
        spusk.descend(lambda x: answer, [1.0, 2.0], 0.1, trace=trace)
    for lang in ("en", "ru"):
        assert "(1; 2)" in caught.value.sentence(lang)
        assert "\n" not in caught.value.sentence(lang)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400)])
def test_no_finite_value_anywhere(value):
    run = spusk.descend(lambda x: value, [1.0, 2.0], 0.1)
    assert run.outcome is DescentOutcome.NOT_FINITE
    assert not run.success
    assert "finite" in run.explain("en")


@pytest.mark.parametrize("f", [lambda x: 3, lambda x: True, lambda x: round(1000 * float(x @ x)),
                               lambda x: np.round(x @ x, 1), lambda x: bool(x[0] > 0),
                               lambda x: int(x[0])])  # fmt: skip
def test_a_step_of_a_staircase_is_flat(f):
    run = spusk.descend(f, [1.03, 2.0], 0.1)
    assert not run.success
    assert run.explanation.kind == "flat"


ERRORS = [ZeroDivisionError("division by zero"), IndexError("index 7"), ValueError("odd"),
          KeyError("k"), StopIteration(), RuntimeError("two\nlines"), AssertionError(),
          RecursionError("deep"), FloatingPointError("under")]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_what_it_raises_at_the_start_is_said(error):
    def f(x):
        raise error

    with pytest.raises(CallableError) as caught:
        spusk.descend(f, [1.0, 2.0], 0.1)
    assert caught.value.__cause__ is error
    for lang in ("en", "ru"):
        sentence = caught.value.sentence(lang)
        assert type(error).__name__ in sentence
        assert "(1; 2)" in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize("search", [None, "armijo"])
def test_what_it_raises_on_the_way_ends_the_run(error, search):
    def f(x):
        if x[0] < 0.5:
            raise error
        return float(x @ x)

    run = spusk.descend(f, [1.0, 2.0], 0.1, search=search)
    assert (run.outcome, run.error, run.success) == (DescentOutcome.STOPPED, error, False)
    assert run.x[0] >= 0.5
    for lang in ("en", "ru"):
        assert type(error).__name__ in run.sentence(lang)
        assert "(0.4" in run.sentence(lang)  # where it was asked, one step further
        run.explain(lang)


def test_what_is_raised_by_the_reader_passes():
    def f(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spusk.descend(f, [1.0, 2.0], 0.1)


def test_beyond_its_domain_a_callable_may_raise():
    for f, start in ((lambda x: x - math.log(x), 2.0), (lambda x: x[0] - math.log(x[0]), [2.0]),
                     (lambda x, y: x - math.log(x) + y * y, [0.01, 1])):  # fmt: skip
        run = spusk.descend(f, start, 0.1, 1000)
        assert run.success
        assert run.x[0] == pytest.approx(1, abs=1e-5)
    assert spusk.function(math.log, n=1).value([math.e]) == pytest.approx(1)
    found = spusk.basins(lambda x, y: x - math.log(x) + y * y, 0.1, ((-1, 3), (-1, 1)), (4, 2))
    assert found.shares.tolist() == [0.75]
    assert found.nowhere == {"away": 0.25}


def test_an_abs_that_complex_steps_do_not_see():
    """Its branch is far from the start: complex steps go past it, and see no slope in it."""

    def f(x):
        return (x[0] - 1000) ** 2 + 10 * max(0, abs(x[0]) - 500) ** 2 + x[1] ** 2

    run = spusk.descend(f, [0.0, 1.0], 0.08)
    assert run.x[0] == pytest.approx(6000 / 11, abs=1e-4)
    assert run.explanation.eigenvalues[-1] == pytest.approx(22, rel=1e-3)
    many = spusk.descend_many(f, [[0.0, 1.0], [10.0, 2.0]], 0.08)
    np.testing.assert_allclose(many.x, [[6000 / 11, 0]] * 2, atol=1e-4)


def test_it_may_have_a_state():
    asked = []

    def f(x):
        asked.append(x)
        return x @ x + 0 * len(asked)

    assert spusk.descend(f, [1.0, 2.0], 0.1).success
    with pytest.warns(spusk.errors.SpuskWarning):
        run = spusk.descend(lambda x: x @ x + len(asked.append(x) or asked), [1.0, 2.0], 0.1, 5)
    assert not run.success


def test_a_deep_formula_is_left_alone():
    def sines(x, depth):
        v = x[0]
        for _ in range(depth):
            v = np.sin(v) + x[1]
        return v

    def squares(x, depth):
        v = x[0]
        for _ in range(depth):
            v = v * v * 0.5 + x[1] * 1e-3
        return v

    def doubled(x, depth):
        v = x[0]
        for _ in range(depth):
            v = np.sin(v) * np.cos(v)
        return v

    for f in (sines, squares, doubled):
        assert spusk.function(functools.partial(f, depth=3), n=2).how == "traced"
        for depth in (50, 2000):
            assert spusk.function(functools.partial(f, depth=depth), n=2).how == "differences"
    weights = np.random.default_rng(0).standard_normal((20, 20))
    net = spusk.function(lambda x: np.sum(np.tanh(weights @ np.tanh(weights[:, :2] @ x))), n=2)
    assert net.how == "differences"


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
