"""Every rule × target × dtype against loops written by hand; what it keeps; what it refuses."""

import json
from dataclasses import replace
from math import isclose, sqrt

import numpy as np
import pytest

from spusk import Network, descend
from spusk.errors import InputError, RateError
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.i18n import LANGUAGES
from spusk.optim import RULES, Adam, AdamW, GradientDescent, Momentum, Nesterov, schedules
from spusk.optim.rules import make, rule_of
from tests.conftest import blobs
from tests.lab.modules import calls

MADE = [
    GradientDescent(0.1),
    Momentum(0.1),
    Momentum(0.1, 0.5),
    Nesterov(0.1),
    Nesterov(0.1, 0.25),
    Adam(0.1),
    Adam(0.1, 0.5, 0.75, 1e-4),
    AdamW(0.1, decay=0.25),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", GALLERY)
def test_every_rule_moves_every_function_and_keeps_its_kind(name, rule, dtype):
    entry, f = GALLERY[name], function(name)
    method = make(rule, entry.rate / 20)
    one = np.array(entry.start, dtype)
    crowd = np.stack([one, one + dtype(0.01)])
    alone, together = method.start(one), method.start(crowd)
    x, many = one, crowd
    for n in range(5):
        x, alone = method.step(x, f.gradient(x), alone, n)
        many, together = method.step(many, f.gradient(many), together, n)
        assert x.dtype == many.dtype == dtype
        assert all(array.dtype == dtype for array in alone)
    np.testing.assert_allclose(many[0], x, rtol=1e-5)
    assert f.value(x) < f.value(one)
    assert (one == np.array(entry.start, dtype)).all(), "a rule must not write into x"


def by_hand(rule, rate, gradients_of, x, steps):
    """The textbook's loop, number by number, in Python's own floats."""
    x, count = [float(c) for c in x], len(x)
    v, m, s = [0.0] * count, [0.0] * count, [0.0] * count
    for n in range(1, steps + 1):
        g = [float(c) for c in gradients_of(np.array(x))]
        eta = rate(n - 1)
        for i in range(count):
            if rule.name == "plain":
                x[i] -= eta * g[i]
            elif rule.name == "momentum":
                v[i] = rule.beta * v[i] - eta * g[i]
                x[i] += v[i]
            elif rule.name == "nesterov":
                before = v[i]
                v[i] = rule.beta * v[i] - eta * g[i]
                x[i] += -rule.beta * before + (1 + rule.beta) * v[i]  # Sutskever's form, 2013
            else:
                x[i] -= x[i] * eta * getattr(rule, "decay", 0)
                m[i] += (1 - rule.beta1) * (g[i] - m[i])
                s[i] += (1 - rule.beta2) * (g[i] ** 2 - s[i])
                size = sqrt(s[i] / (1 - rule.beta2**n)) + rule.epsilon
                x[i] -= eta * m[i] / (1 - rule.beta1**n) / size
    return x


def quadratic():
    curvature = np.array([1.0, 3.0, 0.2])
    return (lambda x: curvature * x), np.array([1.0, -2.0, 5.0]), 0.05


def rosenbrock():
    f = function("rosenbrock")
    return f.gradient, np.array([-1.2, 1.0]), 2e-4


def network():
    net = Network([6, 3, 3], seed=1, dtype=np.float64)
    surface = net.surface(blobs(20))
    return surface.gradient, surface.start, 0.05


@pytest.mark.parametrize("schedule", [None, lambda rate: schedules.cosine(rate, 30)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("target", [quadratic, rosenbrock, network])
@pytest.mark.parametrize("rule", MADE, ids=str)
def test_every_rule_is_the_textbooks_loop(rule, target, dtype, schedule):
    gradient, start, rate = target()
    eta = rate if schedule is None else schedule(rate)
    rule = rule.at(eta)
    x = start.astype(dtype)
    state = rule.start(x)
    for n in range(40):
        x, state = rule.step(x, gradient(x).astype(dtype), state, n)
    assert x.dtype == dtype
    expected = by_hand(rule, eta if schedule else lambda n: rate, gradient, start, 40)
    tight = {"rtol": 1e-10, "atol": 1e-12} if dtype == np.float64 else {"rtol": 2e-4, "atol": 2e-5}
    np.testing.assert_allclose(x, expected, **tight)
    assert np.linalg.norm(x - start) > 1e-3


def trace(rule, gradients):
    x, state = np.zeros(1), rule.start(np.zeros(1))
    for n, g in enumerate(gradients):
        x, state = rule.step(x, np.array([g]), state, n)
    return float(x[0])


def test_two_steps_by_hand():
    assert isclose(trace(GradientDescent(0.1), [1, 2]), -0.3)
    assert isclose(trace(Momentum(0.1, 0.5), [1, 2]), -0.1 - (0.05 + 0.2))
    # v = −0.1, x = −0.05 − 0.1; then v = −0.05 − 0.2, x += 0.5·v − 0.2
    assert isclose(trace(Nesterov(0.1, 0.5), [1, 2]), -0.15 - 0.125 - 0.2)
    # Adam's first step is η long, whatever the gradient
    assert isclose(trace(Adam(0.1), [1e-3]), -0.1, rel_tol=1e-4)
    assert isclose(trace(Adam(0.1), [1e3]), -0.1, rel_tol=1e-4)


@pytest.mark.parametrize("rule", MADE, ids=str)
def test_no_step_goes_further_than_the_rule_says(rule):
    """`reach` times the rate, whatever gradients of that norm come one after the other."""
    rng = np.random.default_rng(0)
    for norm in (1e-9, 1.0, 1e3):
        x, far = np.zeros(7), 0.0
        state = rule.start(x)
        for n in range(50):
            g = rng.normal(size=7) + 0.5
            new, state = rule.step(x, g * (norm / np.linalg.norm(g)), state, n)
            x, far = new, max(far, float(np.linalg.norm(new - x)))
        bound = rule.rate * rule.reach(norm, 7)
        assert far <= 1.5 * bound  # Adam's first steps may pass η in a component for a while
        assert far > 0.1 * bound


@pytest.mark.parametrize("rule", MADE, ids=str)
def test_a_rule_goes_through_json_and_comes_back(rule):
    kept = json.loads(json.dumps(rule.data()))
    assert kept["name"] in RULES
    assert "rate" not in kept
    back = rule_of(kept, rule.rate)
    assert back == rule
    assert type(back) is type(rule)


def test_numbers_of_numpy_become_pythons_and_widen_no_array():
    rule = Momentum(np.float64(0.1), np.float64(0.5))
    x, (v,) = rule.step(*[np.ones(2, np.float32)] * 2, rule.start(np.ones(2, np.float32)), 0)
    assert x.dtype == v.dtype == np.float32
    json.dumps(rule.data())


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "one of plain, momentum, nesterov, adam, adamw, found None"),
        ("adam", "found None"),
        ({"name": "__class__"}, "found '__class__'"),
        ({"name": ["adam"]}, r"found \['adam'\]"),
        ({"name": "momentum"}, "momentum: expected the numbers beta, found 0"),
        ({"name": "momentum", "beta": 0.9, "rate": 1}, "found beta, rate"),
        ({"name": "plain", "beta": 0.9}, "plain: expected the numbers 0, found beta"),
        ({"name": "momentum", "beta": 1}, "Momentum: beta must be from 0 up to 1"),
        ({"name": "momentum", "beta": True}, "beta must be .* found True"),
        ({"name": "momentum", "beta": "0.9"}, "beta must be .* found '0.9'"),
        ({"name": "momentum", "beta": float("nan")}, "beta must be .* found nan"),
        ({"name": "adam", "beta1": 0.9, "beta2": -1, "epsilon": 1e-8}, "Adam: beta2 .* try 0.999"),
        ({"name": "adam", "beta1": 0, "beta2": 0.5, "epsilon": 0}, "Adam: epsilon .* try 1e-08"),
    ],
)
def test_a_file_that_means_no_rule_is_refused_in_both_languages(found, said):
    with pytest.raises(InputError, match=said) as caught:
        rule_of(found, 0.1)
    english, russian = (caught.value.sentence(lang) for lang in LANGUAGES)
    assert english == str(caught.value)
    assert russian != english
    assert "\n" not in english + russian


@pytest.mark.parametrize("rate", [0, -1, np.nan, np.inf, "a", None, [0.1, -0.2]])
def test_a_rate_that_cannot_work(rate):
    for attempt in (lambda: make("plain", rate), lambda: Adam(rate)):
        with pytest.raises(RateError, match="rate must be"):
            attempt()


def test_a_rule_that_brings_its_rate_takes_no_other():
    rule = Adam(1e-3)
    assert make(rule, None) is rule
    with pytest.raises(RateError, match=r"Adam\(…\) has its own, and 0.1 was given besides"):
        make(rule, 0.1)
    assert make(Adam, 0.1) == Adam(0.1) == rule.at(0.1) == replace(rule, rate=0.1)


def test_a_function_is_checked_at_each_step():
    rule = make("plain", lambda n: 0.1 if n < 2 else -1)
    rule.step(np.zeros(1), np.ones(1), (), 1)
    with pytest.raises(RateError, match="rate at step 2 must be positive and finite, found -1"):
        rule.step(np.zeros(1), np.ones(1), (), 2)


def test_an_unknown_rule_names_those_that_exist():
    with pytest.raises(InputError, match="plain, momentum, nesterov, adam, adamw"):
        make("newton", 0.1)


BOUNDED = [GradientDescent(1.0)] + [k(1.0, b) for k in (Momentum, Nesterov) for b in (0, 0.5, 0.9)]


@pytest.mark.parametrize("top", [0.25, 1.0, 37.0])
@pytest.mark.parametrize("rule", BOUNDED, ids=str)
def test_a_bound_parts_the_rates_that_settle_from_those_that_run_away(rule, top):
    ends = []
    for share in (0.98, 1.02):
        x, at = np.ones(1), rule.at(share * rule.bound(top))
        state = at.start(x)
        for n in range(2000):
            x, state = at.step(x, top * x, state, n)
        ends.append(abs(x.item()))
    assert ends[0] < 1e-3
    assert ends[1] > 1e3


def test_the_page_has_the_same_bounds():
    rows = [(rule, top) for rule in (*BOUNDED, Adam(1.0)) for top in (0.25, 37.0)]
    told = calls(("math/rules.js", "boundOf", rule.name, top, rule.data()) for rule, top in rows)
    assert told == [rule.bound(top) for rule, top in rows]


class Halved(GradientDescent):
    """A rule of the user's own, x ← x − η∇f/2."""

    def step(self, x, gradient, state, n):
        return x - self.rate / 2 * gradient, state

    def bound(self, top):
        return 4 / top


def test_a_rule_of_ones_own_says_its_bound_or_none():
    class Unknown(Halved):
        def bound(self, top):
            return None

    for kind, bound, ran in ((Halved, 4, "is too large"), (Unknown, None, "no bound to tell")):
        run = descend("x^2/2", [1.0], 5.0, rule=kind)
        assert (run.explanation.rule, run.explanation.bound) == ("own", bound)
        for lang in LANGUAGES:
            assert run.explain(lang).endswith(".")
        assert ran in run.explain("en")
        assert ("no bound" in run.explain("en")) == (bound is None)


def test_a_rule_of_the_table_needs_no_words_for_its_bound(monkeypatch):
    monkeypatch.setitem(RULES, "halved", Halved)
    run = descend("x^2/2", [1.0], 5.0, rule="halved")
    assert (run.explanation.rule, run.explanation.bound) == ("halved", 4)
    assert "no bound" not in run.explain("en")
