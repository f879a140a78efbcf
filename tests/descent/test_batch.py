"""Many at once against one at a time; rates, escape, basins, SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from spusk.descent import (
    DescentOutcome,
    basins,
    compare_rates,
    descend,
    descend_many,
    escape,
    scipy_method,
)  # fmt: skip
from spusk.descent.batch import tape_of
from spusk.descent.escapes import wilson
from spusk.errors import InputError, RateError, StartError
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.functions.writer import tape
from spusk.optim.stopping import CODE
from tests.conftest import examples


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", GALLERY)
def test_the_tape_is_the_gradient(name, dtype):
    f = function(name)
    low, high = np.array(f.entry.view).T
    x = np.random.default_rng(0).uniform(low, high, (300, f.n)).astype(dtype)
    run = tape(f.symbolic.symbols, [f.expression, *f.symbolic.slopes]).bind(
        np.ascontiguousarray(x.T)
    )
    for _ in range(2):  # the scratch is used again
        out = np.stack(run(), axis=-1)
        assert out.dtype == dtype
        expected = np.column_stack([f.value(x), f.gradient(x)])
        scale = np.abs(expected).max()
        np.testing.assert_allclose(out, expected, atol=50 * scale * np.finfo(dtype).eps)


@pytest.mark.parametrize(
    "formula",
    ["x + y", "x^2/2 + y^2/2", "(x+y)^2", "x*y", "sqrt(x^2+1)/y", "exp(-x^2)*ln(y^2+1)/x^3",
     "atan(x)*tanh(y) + abs(x)^1.5", "2^x - y^7 + 1/(x*y)", "x^10 + sin(cos(y))"],
)  # fmt: skip
def test_the_tape_of_odd_formulas(formula):
    f = function(formula)
    x = np.random.default_rng(1).uniform(0.3, 2, (50, f.n))
    program = tape(f.symbolic.symbols, f.symbolic.slopes)
    outputs = program.bind(np.ascontiguousarray(x.T))()
    np.testing.assert_allclose(np.stack(outputs, -1), f.gradient(x), rtol=1e-12)


def test_the_callers_points_are_not_written():
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    for slope in tape_of(function("x^2/2 + y^2/2")).bind(points)():
        slope[...] = 0
    assert (points == [[1, 2], [3, 4]]).all()


@examples(12)
@given(
    seed=st.integers(0, 99),
    rule=st.sampled_from(["plain", "momentum", "adam"]),
    name=st.sampled_from(["himmelblau", "lecture", "styblinski-tang", "mccormick", "ackley"]),
    factor=st.floats(0.05, 0.6),
)
def test_many_are_the_same_as_one_by_one(seed, rule, name, factor):
    f = function(name)
    rates = [f.entry.rate * factor / 2, f.entry.rate * factor]
    low, high = np.array(f.entry.view).T
    starts = np.random.default_rng(seed).uniform(low, high, (7, f.n))
    many = descend_many(f, starts, rates, 55, rule=rule, tolerance=1e-3)
    for r, rate in enumerate(rates):
        for s, start in enumerate(starts):
            one = descend(f, start, rate, 55, 1e-3, rule=rule)
            np.testing.assert_allclose(many.x[r, s], one.x, rtol=1e-7, atol=1e-9)
            assert many.steps[r, s] == one.step
            same = (
                DescentOutcome.OUT_OF_STEPS
                if one.outcome is DescentOutcome.OSCILLATING
                else one.outcome
            )
            assert many.codes[r, s] == CODE[same]


def test_running_away_and_not_finite_are_told_apart_at_their_step():
    starts = np.array([[0.05], [1.0], [3.0]])
    many = descend_many("log(x)", starts, 0.3, 100)
    single = [descend("log(x)", s, 0.3, 100) for s in starts]
    assert [CODE[d.outcome] for d in single] == many.codes.tolist()
    starts = np.random.default_rng(0).uniform(-5, 5, (50, 2))
    many = descend_many("himmelblau", starts, 0.2, 100)
    single = [descend("himmelblau", s, 0.2, 100) for s in starts]
    assert many.count(DescentOutcome.DIVERGED) == 50
    assert [d.step for d in single] == many.steps.tolist()


def test_threads_change_nothing_and_the_path_is_kept():
    starts = np.random.default_rng(0).uniform(-5, 5, (80_000, 2))
    one = descend_many("himmelblau", starts, 0.01, 60, threads=1)
    two = descend_many("himmelblau", starts, 0.01, 60, threads=2, record=20)
    assert (one.x == two.x).all()
    assert (one.steps == two.steps).all()
    assert two.path.shape == (4, 80_000, 2)
    assert (two.path[0] == starts).all()
    single = descend("himmelblau", starts[9], 0.01, 60, tolerance=1e-6)
    np.testing.assert_allclose(two.path[1, 9], single.iterates[20], rtol=1e-9)
    assert (two.path[-1] == two.x).all()


def test_wrong_calls():
    with pytest.raises(StartError, match=r"\(S, 2\)"):
        descend_many("lecture", [1, 2], 0.1)
    with pytest.raises(StartError, match="start 1 is not"):
        descend_many("lecture", [[1, 2], [np.nan, 0]], 0.1)
    with pytest.raises(RateError, match="positive"):
        descend_many("lecture", [[1, 2]], [0.1, -0.1])
    with pytest.raises(InputError, match="plain, momentum"):
        descend_many("lecture", [[1, 2]], 0.1, rule="x")
    with pytest.raises(InputError, match="float32 or float64"):
        descend_many("lecture", [[1, 2]], 0.1, dtype=np.int32)
    with pytest.raises(InputError, match="two variables"):
        basins("x^2", 0.1)
    with pytest.raises(InputError, match="view is missing"):
        basins("x^2 + y^2", 0.1)
    with pytest.raises(RateError, match="missing"):
        compare_rates("lecture", (0, 0), [])


def test_rates_side_by_side():
    found = compare_rates("lecture", (0, 0), [0.1, 0.5, 0.6])
    assert found.outcomes == ["converged", "oscillating", "diverged"]
    assert found.best is found[0]
    assert len(str(found).splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "rates", "share", "within"),
    [("styblinski-tang", [0.005, 0.01, 0.02], 0.27, 0.01),
     ("six-hump-camel", [0.01, 0.04], 0.6, 0.02),
     ("rastrigin", [0.0005, 0.002, 0.004], 0.0105, 0.002)],
)  # fmt: skip
def test_the_counterexamples_stay_flat(name, rates, share, within):
    found = escape(name, rates, 30_000, seed=1)
    for row in found.rows:
        assert abs(row.share_global - share) < within
        assert row.low < row.share_global < row.high
        assert row.share_global + row.share_local + row.unsettled + row.diverged == pytest.approx(1)
    assert found.rates == rates


def test_a_large_rate_escapes_where_the_local_minimum_is_the_sharper():
    small, large = escape("escape", [0.1, 5.0], 4000).rows
    assert small.share_local > 0.3
    assert large.share_global > 0.99


def test_nothing_to_escape_from():
    for f in ("himmelblau", "lecture", function("x^4 - x^2")):
        with pytest.raises(InputError, match="all global"):
            escape(f, [0.01], np.random.default_rng(0).uniform(-1, 1, (50, function(f).n)))


def test_wilson_by_hand():
    assert wilson(0, 10)[0] == 0
    low, high = wilson(5, 10)
    assert (round(low, 4), round(high, 4)) == (0.2366, 0.7634)


def test_basins_of_himmelblau():
    found = basins("himmelblau", 0.01, size=(40, 30))
    assert found.index.shape == found.steps.shape == (30, 40)
    x, y = np.linspace(-5, 5, 40), np.linspace(-5, 5, 30)
    for row, column in ((0, 0), (29, 39), (15, 3), (7, 30)):
        one = descend("himmelblau", (x[column], y[row]), 0.01)
        assert found.steps[row, column] == one.step
        np.testing.assert_allclose(found.minima[found.index[row, column]], one.x, atol=1e-5)
    assert found.shares.sum() == pytest.approx(1)


def test_minima_of_a_users_function_are_found_and_saddles_are_not():
    found = basins("(x^2-1)^2 + y^2", 0.1, ((-2, 2), (-1, 1)), 21)
    assert sorted(np.round(found.minima[:, 0]).tolist()) == [-1, 1]
    assert (found.index[:, 10] == -1).all()  # x = 0 runs into the saddle


def test_scipy():
    def f(x, a):
        return (x[0] - a) ** 2 + 2 * x[1] ** 2

    seen = []
    options = {"rate": 0.2, "rule": "plain"}
    found = minimize(
        f, [0, 3], args=(4,), method=scipy_method, options=options, callback=seen.append
    )
    assert found.success
    np.testing.assert_allclose(found.x, [4, 0], atol=1e-6)
    assert len(seen) == found.nit
    exact = minimize(
        f, [0, 3], args=(4,), method=scipy_method, options=options,
        jac=lambda x, a: np.array([2 * (x[0] - a), 4 * x[1]]),
    )  # fmt: skip
    assert exact.njev == exact.nit + 1

    def stop(intermediate_result):
        raise StopIteration

    stopped = minimize(f, [0, 3], args=(4,), method=scipy_method, options=options, callback=stop)
    assert (stopped.nit, stopped.success) == (1, False)
    with pytest.raises(InputError, match="without bounds"):
        minimize(f, [0, 3], args=(4,), method=scipy_method, bounds=[(0, 1), (0, 1)])


def test_slow_ends_about_one_minimum_are_one_minimum():
    found = basins("x^4 + y^4", 0.4, ((-1, 1), (-1, 1)), 16, steps=20_000)
    assert len(found.minima) == 1
    assert found.minima[0] == pytest.approx([0, 0], abs=1e-6)
    assert found.shares.sum() == 1


def test_a_valley_is_one_of_its_points():
    found = basins("(x*y - 1)^2", 0.05, ((0.5, 2), (0.5, 2)), 16)
    assert [str(kind) for kind in found.kinds] == ["valley"]
    assert found.minima[0].prod() == pytest.approx(1)
    assert "a whole valley of minima" in str(found)


@pytest.mark.parametrize(("text", "valleys"), [
    ("(x - y)^2", 1), ("(x^2 + y^2 - 1)^2", 1), ("(x^2 - 1)^2*(y^2 + 1)", 2), ("(x*y - 1)^2", 2),
    ("sin(x - y)^2", 5),
])  # fmt: skip
def test_valleys_of_one_height_are_told_apart(text, valleys):
    found = basins(text, rate=0.01, size=48, view=((-3, 3), (-3, 3)))
    assert [str(kind) for kind in found.kinds] == ["valley"] * valleys


def test_a_rate_may_be_an_array_of_one_number():
    one, other = (descend_many("lecture", [(0, 0)], rate, 50) for rate in (0.3, np.array(0.3)))
    np.testing.assert_array_equal(one.x, other.x)
