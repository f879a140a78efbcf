"""The loop, against the closed form of the lecture's function (ECOSYSTEM: Hessian diag(2, 4))."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spusk.descent import DescentOutcome, descend, descend_events
from spusk.descent.loop import Step
from spusk.errors import InputError, RateError, StartError
from spusk.functions import function, lanczos
from spusk.functions.gallery import GALLERY
from spusk.optim import rules, schedules
from tests.conftest import examples

LECTURE = function("lecture")


class Counted:
    """f(x) = |x|²/2 that counts its calls; it may fail at a call."""

    def __init__(self, n=2, fails_at=None):
        self.n, self.fails_at = n, fails_at
        self.values = self.gradients = 0

    def value(self, x):
        self.values += 1
        if self.values == self.fails_at:
            raise ZeroDivisionError("on purpose")
        return x @ x / 2

    def gradient(self, x):
        self.gradients += 1
        return x


def closed_form(start, rate, count):
    n = np.arange(count)[:, None]
    return 5 + np.array([1 - 2 * rate, 1 - 4 * rate]) ** n * (np.array(start) - 5)


@examples(30)
@given(
    rate=st.floats(0.01, 0.7),
    start=st.tuples(st.floats(-20, 20), st.floats(-20, 20)),
)
def test_the_trace_is_the_closed_form(rate, start):
    d = descend(LECTURE, start, rate, 60, tolerance=0)
    expected = closed_form(start, rate, len(d.iterates))
    scale = np.maximum.accumulate(np.abs(expected).max(axis=1))  # rounding is of what x held
    assert (np.abs(d.iterates - expected).max(axis=1) <= 1e-12 * scale + 1e-13).all()
    assert (d.steps == np.arange(len(d.steps))).all()


def test_the_threshold_from_both_sides():
    below = descend(LECTURE, (0, 0), 0.5 * (1 - 1e-3), 10_000)
    above = descend(LECTURE, (0, 0), 0.5 * (1 + 1e-3), 10_000)
    assert below.outcome is DescentOutcome.CONVERGED
    assert above.outcome is DescentOutcome.DIVERGED
    assert above.step < 5000
    assert np.isfinite(above.iterates).all()


def test_at_the_threshold_it_oscillates_for_ever_unless_it_starts_at_5():
    d = descend(LECTURE, (0, 0), 0.5)
    assert d.outcome is DescentOutcome.OSCILLATING
    assert (d.iterates[1::2, 1] == 10).all()
    assert (d.iterates[::2, 1] == 0).all()
    assert descend(LECTURE, (0, 5), 0.5).outcome is DescentOutcome.CONVERGED
    assert descend(LECTURE, (0, 5), 0.9).outcome is DescentOutcome.CONVERGED
    assert descend(LECTURE, (0, 5), 1.0).outcome is DescentOutcome.OSCILLATING
    assert descend(LECTURE, (0, 5), 1.1).outcome is DescentOutcome.DIVERGED


def test_the_best_rates():
    assert descend(LECTURE, (0, 0), 0.25).iterates[1, 1] == 5
    steps = {rate: descend(LECTURE, (0, 0), rate).step for rate in (0.3, 1 / 3, 0.36)}
    assert min(steps, key=steps.get) == 1 / 3


def test_call_counts_are_pinned():
    f = Counted()
    d = descend(f, (4, 0), 0.5, 10, tolerance=0)
    assert (d.nit, d.nfev, d.njev, f.values, f.gradients) == (10, 11, 11, 11, 11)
    # η = 4: |1 − 4| > 1 fails, 2 gives −x (no decrease), 1 hits the minimum: three tries
    d = descend(Counted(), (4, 0), 4, search="armijo")
    assert (d.nit, d.nfev, d.njev, d.fun) == (1, 4, 2, 0)


def test_not_a_number_stops_the_loop():
    d = descend("log(x)", (1,), 0.3)
    assert d.outcome is DescentOutcome.NOT_FINITE
    assert not d.success
    assert np.isfinite(d.best.value)
    assert d.step < 20


def test_running_away_is_seen_long_before_overflow():
    for rate in (0.05, 0.5, 5.0):
        d = descend("himmelblau", (0, 0), rate)
        assert d.outcome is DescentOutcome.DIVERGED
        assert np.isfinite(d.best.value)
    assert descend("x^3", (-1,), 0.1).outcome is DescentOutcome.DIVERGED
    far = descend("(x - 1e6)^2", (0,), 0.25)
    assert far.outcome is DescentOutcome.CONVERGED, "a minimum far away is no divergence"


def test_an_exception_of_f_keeps_the_trace():
    d = descend(Counted(fails_at=4), (4, 4), 0.5)
    assert d.outcome is DescentOutcome.STOPPED
    assert d.step == 2
    assert len(d.iterates) == 3
    assert "ZeroDivisionError: on purpose" in d.message
    with pytest.raises(ZeroDivisionError):
        descend(Counted(fails_at=1), (4, 4), 0.5)


def test_a_callback_may_stop():
    def stop(step):
        if step.n == 3:
            raise StopIteration

    d = descend(LECTURE, (0, 0), 0.1, callback=stop)
    assert d.outcome is DescentOutcome.STOPPED
    assert (d.step, len(d.iterates), d.nfev) == (3, 4, 4)


def test_what_is_recorded():
    whole = descend(LECTURE, (0, 0), 0.1, 25, tolerance=0)
    some = descend(LECTURE, (0, 0), 0.1, 25, tolerance=0, record=10)
    last = descend(LECTURE, (0, 0), 0.1, 25, tolerance=0, record="last")
    assert some.steps.tolist() == [0, 10, 20, 25]
    assert (some.iterates == whole.iterates[[0, 10, 20, 25]]).all()
    assert last.steps.tolist() == [25]
    assert (last.x == whole.x).all()
    assert np.allclose(whole.values, LECTURE.value(whole.iterates))
    assert np.allclose(whole.gradients, LECTURE.gradient(whole.iterates))
    whole.iterates[0] = 99
    assert last.best.n == 25


def test_the_best_is_kept_beside_the_last():
    d = descend(LECTURE, (5, 4), 0.6)
    assert d.best.n == 0
    assert d.best.value == LECTURE.value(np.array([5, 4]))


def test_a_schedule_converges_where_no_constant_rate_does():
    assert descend("ackley", (0.4, -0.3), 0.01).outcome is DescentOutcome.OSCILLATING
    falling = descend("ackley", (0.4, -0.3), schedules.inverse(0.05, 10), 1000)
    assert falling.fun < descend("ackley", (0.4, -0.3), 0.01).fun


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [name for name in GALLERY if GALLERY[name].bound])
def test_every_gallery_function_reaches_a_minimum_by_its_own_rate(name, dtype):
    entry = GALLERY[name]
    tolerance = 1e-6 if dtype is np.float64 else 1e-2
    d = descend(name, np.array(entry.start, dtype), entry.rate, 50_000, tolerance, record="last")
    assert d.outcome is DescentOutcome.CONVERGED
    assert d.x.dtype == dtype
    gap = min(np.linalg.norm(d.x - np.array(m.x)) for m in entry.minima)
    assert gap < (1e-4 if dtype is np.float64 else 0.3)


def test_events_end_with_the_end():
    events = list(descend_events(LECTURE, (0, 0), 0.25, steps=3, tolerance=0))
    assert [isinstance(e, Step) for e in events] == [True] * 4 + [False]
    assert events[-1].step == 3


def test_large_n_without_a_hessian():
    d = descend(Counted(n=100_000), np.ones(100_000, np.float32), 0.5, 30, 1e-3, record="last")
    assert d.success
    assert d.x.dtype == np.float32
    assert d.explanation.kind == "minimum"
    assert d.explanation.eigenvalues == pytest.approx([1, 1])


def test_what_is_untold_is_said(monkeypatch):
    """Where the curvature is not told success is that of the gradient, and the sentence says so."""
    monkeypatch.setattr(lanczos, "BY_STEPS", 5)
    lambdas = np.linspace(0, 1, 100)
    f = function(lambda x: x**2 @ lambdas / 2, n=100, vectorized=True, trace=False)
    d = descend(f, np.zeros(100), 0.1)  # at once: so no gradients are spent to tell it by
    assert (d.success, d.explanation.kind) == (True, "untold")
    assert "whether this is a minimum is untold" in d.explain("en")
    assert "минимум ли это, не установлено" in d.explain("ru")


@pytest.mark.parametrize("start", [(0,), (0, 0, 0), [[0, 0]], (np.nan, 0), (0, np.inf), ("a", 0)])
def test_a_start_that_cannot_work(start):
    with pytest.raises(StartError, match="start"):
        descend(LECTURE, start, 0.1)


def test_wrong_calls():
    with pytest.raises(RateError, match="must be positive"):
        descend(LECTURE, (0, 0), 0)
    with pytest.raises(InputError, match="plain, momentum"):
        descend(LECTURE, (0, 0), 0.1, rule="fast")
    with pytest.raises(InputError, match="armijo"):
        descend(LECTURE, (0, 0), 0.1, search="wolfe")
    with pytest.raises(InputError, match="'plain' only"):
        descend(LECTURE, (0, 0), 0.1, rule="adam", search="armijo")
    with pytest.raises(InputError, match="record"):
        descend(LECTURE, (0, 0), 0.1, record=0)
    with pytest.raises(InputError, match="negative"):
        descend(LECTURE, (0, 0), 0.1, tolerance=np.nan)


@pytest.mark.parametrize(
    ("rate", "rule", "did"),
    [(0.1, "plain", "converged"), (0.3, "plain", "converged_zigzag"),
     (0.5, "plain", "oscillating_past"), (0.6, "plain", "diverged_growing"),
     (0.6, "momentum", "converged_zigzag"), (1.0, "momentum", "diverged_growing"),
     (0.01, "adam", "out_of_steps")],
)  # fmt: skip
def test_what_is_explained(rate, rule, did):
    why = descend(LECTURE, (0, 0), rate, 200 if rule == "adam" else 2000, rule=rule).explanation
    assert why.did == did
    np.testing.assert_allclose(why.eigenvalues, [2, 4])
    bound = {"plain": 0.5, "momentum": 0.95, "adam": None}[rule]
    assert why.bound == (bound if bound is None else pytest.approx(bound))
    assert ("λmax" in why.sentence("en")) == ("λmax" in why.sentence("ru"))


@pytest.mark.parametrize(("make", "bound"), [(rules.Momentum, 0.75), (rules.Nesterov, 0.375)])
def test_the_bounds_of_momentum_hold_from_both_sides(make, bound):
    rule = partial(make, beta=0.5)
    assert descend(LECTURE, (0, 0), bound * 0.99, 5000, rule=rule).success
    past = descend(LECTURE, (0, 0), bound * 1.01, 5000, rule=rule)
    assert past.outcome is DescentOutcome.DIVERGED
    assert past.explanation.bound == pytest.approx(bound)


def test_no_minimum_is_explained_too():
    assert descend("x^3", (-1,), 0.1).explanation.kind == "unbounded"
    assert descend("ackley", (0.4, -0.3), 0.01).explanation.kind == "kink"
    assert "2/λmax = 0.5" in descend(LECTURE, (0, 0), 0.1).explain("en")
    assert "2/λmax = 0,5" in descend(LECTURE, (0, 0), 0.1).explain("ru")
