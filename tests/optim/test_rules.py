"""Rules and schedules: every rule × every function × both dtypes, and each by hand."""

from math import isclose

import numpy as np
import pytest

from spusk.errors import InputError, RateError
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.optim import rules, schedules


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rule", rules.RULES)
@pytest.mark.parametrize("name", GALLERY)
def test_every_rule_moves_every_function_and_keeps_its_kind(name, rule, dtype):
    entry, f = GALLERY[name], function(name)
    method = rules.make(rule, entry.rate / 20)
    one = np.array(entry.start, dtype)
    crowd = np.stack([one, one + dtype(0.01)])
    alone, together = method.start(one), method.start(crowd)
    x, many = one, crowd
    for n in range(5):
        x, alone = method.step(x, f.gradient(x), alone, n)
        many, together = method.step(many, f.gradient(many), together, n)
        assert x.dtype == many.dtype == dtype
    np.testing.assert_allclose(many[0], x, rtol=1e-5)
    assert f.value(x) < f.value(one)
    assert (one == np.array(entry.start, dtype)).all(), "a rule must not write into x"


def trace(rule, gradients):
    x, state = np.zeros(1), rule.start(np.zeros(1))
    for n, g in enumerate(gradients):
        x, state = rule.step(x, np.array([g]), state, n)
    return float(x[0])


def test_two_steps_by_hand():
    assert isclose(trace(rules.GradientDescent(0.1), [1, 2]), -0.3)
    assert isclose(trace(rules.Momentum(0.1, 0.5), [1, 2]), -0.1 - (0.05 + 0.2))
    # v = −0.1, x = −0.05 − 0.1; then v = −0.05 − 0.2, x += 0.5·v − 0.2
    assert isclose(trace(rules.Nesterov(0.1, 0.5), [1, 2]), -0.15 - 0.125 - 0.2)
    # Adam's first step is η long, whatever the gradient
    assert isclose(trace(rules.Adam(0.1), [1e-3]), -0.1, rel_tol=1e-4)
    assert isclose(trace(rules.Adam(0.1), [1e3]), -0.1, rel_tol=1e-4)


def test_schedules():
    assert [schedules.constant(0.3)(n) for n in (0, 9)] == [0.3, 0.3]
    assert [schedules.inverse(1.0, half=2)(n) for n in (0, 2, 6)] == [1, 0.5, 0.25]
    assert [schedules.staircase(1.0, 10)(n) for n in (0, 9, 10, 25)] == [1, 1, 0.5, 0.25]
    wave = schedules.cosine(1.0, 100)
    assert isclose(wave(0), 1)
    assert isclose(wave(50), 0.505)
    assert isclose(wave(100), 0.01)
    assert isclose(wave(500), 0.01)


@pytest.mark.parametrize("rate", [0, -1, np.nan, np.inf, "a", None, [0.1, -0.2]])
def test_a_rate_that_cannot_work(rate):
    with pytest.raises(RateError, match="rate must be"):
        rules.make("plain", rate)


def test_a_schedule_is_checked_at_each_step():
    rule = rules.make("plain", lambda n: 0.1 if n < 2 else -1)
    rule.step(np.zeros(1), np.ones(1), (), 1)
    with pytest.raises(RateError, match="rate at step 2 must be positive and finite, found -1"):
        rule.step(np.zeros(1), np.ones(1), (), 2)


def test_an_unknown_rule_names_those_that_exist():
    with pytest.raises(InputError, match="plain, momentum, nesterov, adam"):
        rules.make("newton", 0.1)
