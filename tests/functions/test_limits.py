"""Values and slopes where the formula's own numbers are 0/0 or overflow, and none where none is."""

import autograd
import autograd.numpy as anp
import mpmath
import numpy as np
import pytest

from spusk.functions import function
from spusk.functions.limits import Limits

EXIST = [  # formula, point, f or its limit there, ∇f
    ("sin(x)/x", [0], 1, [0]), ("(exp(x)-1)/x", [0], 1, [0.5]), ("log(1+x)/x", [0], 1, [-0.5]),
    ("(1-cos(x))/x^2", [0], 0.5, [0]), ("tan(3x)/x", [0], 3, [0]), ("x/(exp(x)-1)", [0], 1, [-0.5]),
    ("(x^2-1)/(x-1)", [1], 2, [1]), ("(x-sin(x))/x^3", [0], 1 / 6, [0]),
    ("(cos(x)-1+x^2/2)/x^4", [0], 1 / 24, [0]), ("sin(x-pi)/(x-pi)", [np.pi], 1, [0]),
    ("x^6*(2+sin(1/x))", [0], 0, [0]), ("exp(-1/x^2)", [0], 0, [0]), ("x^2*log(x)", [0], 0, [0]),
    ("sin(x)/x+y^2", [0, 3], 10, [0, 6]), ("sin(x)*sin(y)/(x*y)", [0, 0], 1, [0, 0]),
    ("3x*sin(y)/y", [0, 0], 0, [3, 0]), ("(x+2y)*(exp(x)-1)/x", [0, 0], 0, [1, 2]),
    ("sqrt(x^4+y^4)", [0, 0], 0, [0, 0]), ("(x^2+y^2)^0.75", [0, 0], 0, [0, 0]),
    ("cbrt(x)^3+x^2", [0], 0, [1]), ("cbrt(x)*x", [0], 0, [0]), ("cbrt(x)*cbrt(x^2)", [0], 0, [1]),
    ("x^y", [0, 1], 0, [1, 0]), ("x^y", [0, 2], 0, [0, 0]), ("sign(x)*abs(x)", [0], 0, [1]),
    ("x*abs(x)", [0], 0, [0]), ("abs(x)^3+abs(y)^1.5", [0, 0], 0, [0, 0]),
    ("log(1+exp(x))", [800], 800, [1]), ("exp(x)/(1+exp(x))", [900], 1, [0]),
    ("cosh(x)/exp(x)", [800], 0.5, [0]), ("ln(e^(1000x)+e^(2000y))", [1, 1], 2000, [0, 2000]),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "point", "value", "slopes"), EXIST, ids=range(len(EXIST)))
def test_what_exists_is_found(formula, point, value, slopes):
    f, x = function(formula), np.array(point, float)
    found, gradient = f.value_and_gradient(x)
    np.testing.assert_allclose(found, value, rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-14, atol=1e-15)
    np.testing.assert_array_equal(f.value(x), found)
    np.testing.assert_array_equal(f.gradient(x), gradient)


NONE = [  # formula, point, what f is, what the slopes are
    ("x/abs(x)", [0], np.nan, [np.nan]), ("sin(1/x)", [0], np.nan, [np.nan]),
    ("1/x", [0], np.inf, [-np.inf]), ("log(x)", [0], -np.inf, [np.inf]),
    ("log(x)", [-1], np.nan, [-1]), ("sqrt(x)", [0], 0, [np.inf]), ("cbrt(x)", [0], 0, [np.inf]),
    ("sqrt(x^2+y^2)", [0, 0], 0, [np.nan] * 2), ("x*y/(x^2+y^2)", [0, 0], np.nan, [np.nan] * 2),
    ("x^2*y/(x^4+y^2)", [0, 0], np.nan, [np.nan] * 2),  # every line has the limit 0
    ("x^3*y/(x^6+y^2)", [0, 0], np.nan, [np.nan] * 2),
    ("x*y/sqrt(x^2+y^2)", [0, 0], 0, [np.nan] * 2),  # both partial derivatives are 0
    ("exp(exp(1/x))", [0], np.inf, [-np.inf]), ("cos(sqrt(abs(x)))", [0], 1, [np.nan]),
    ("exp(x)", [800], np.inf, [np.inf]), ("x*log(x)", [0], 0, [-np.inf]), ("abs(x)", [0], 0, [0]),
    ("abs(sin(x))*sin(x)/x", [0], 0, [np.nan]),  # a kink, as |x| has
    ("sign(x)", [0], 0, [0]), ("x^x", [0], 1, [np.nan]),
    ("x^ln(y)", [1, 0], 1, [-np.inf, np.nan]),  # ∂f/∂x = ln y
]  # fmt: skip


@pytest.mark.parametrize(("formula", "point", "value", "slopes"), NONE, ids=range(len(NONE)))
def test_nothing_is_told_where_there_is_none(formula, point, value, slopes):
    found, gradient = function(formula).value_and_gradient(np.array(point, float))
    np.testing.assert_array_equal(found, value)
    np.testing.assert_array_equal(gradient, slopes)


DIRECT = {  # formulas and the same in an automatic differentiation of its own
    "sin(x)/x + y^2": lambda x, y: anp.sin(x) / x + y**2,
    "x^y + log(1+exp(x*y))": lambda x, y: x**y + anp.log(1 + anp.exp(x * y)),
    "sqrt(x^4+y^4)/(1+x^2)": lambda x, y: anp.sqrt(x**4 + y**4) / (1 + x**2),
    "cbrt(x)*x^2 + arcctg(y-1)": lambda x, y: x ** (7 / 3) + anp.pi / 2 - anp.arctan(y - 1),
    "abs(x-1)^2.5*sign(y-1)*y": lambda x, y: anp.abs(x - 1) ** 2.5 * anp.sign(y - 1) * y,
}


@pytest.mark.parametrize("formula", DIRECT)
def test_elsewhere_it_is_the_derivative_of_a_first_course(formula):
    points = np.random.default_rng(3).uniform(0.05, 3, (300, 2))
    found = function(formula).gradient(points)
    direct = autograd.elementwise_grad
    expected = [direct(DIRECT[formula], k)(*points.T) for k in (0, 1)]
    np.testing.assert_allclose(found, np.stack(expected, -1), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("formula", ["sin(x)/x", "(exp(x)-1)/x", "x*log(x)", "log(1+exp(100x))"])
def test_high_precision_agrees(formula):
    with mpmath.workdps(40):
        written = {
            "sin(x)/x": lambda x: mpmath.sin(x) / x, "(exp(x)-1)/x": lambda x: mpmath.expm1(x) / x,
            "x*log(x)": lambda x: x * mpmath.log(x),
            "log(1+exp(100x))": lambda x: mpmath.log1p(mpmath.exp(100 * x)),
        }[formula]  # fmt: skip
        for x in np.random.default_rng(4).uniform(0.1, 12, 30):
            slope = float(mpmath.diff(written, mpmath.mpf(x)))
            f = function(formula)
            assert f.gradient([x])[0] == pytest.approx(slope, rel=1e-9, abs=1e-12)


BESIDE = {  # formulas whose digits cancel beside 0, and the same written for mpmath
    "sin(x)/x": lambda x: mpmath.sin(x) / x,
    "(1-cos(x))/x^2": lambda x: (1 - mpmath.cos(x)) / x**2,
    "(x-sin(x))/x^3": lambda x: (x - mpmath.sin(x)) / x**3,
    "x/(exp(x)-1)": lambda x: x / mpmath.expm1(x),
    "x*ctg(x)": lambda x: x * mpmath.cot(x),
}


@pytest.mark.parametrize("formula", BESIDE)
def test_beside_a_limit_no_digit_is_lost(formula):
    f, written = function(formula), BESIDE[formula]
    for size in (0.0, 1e-12, -1e-9, 1e-7, -1e-5, 1e-3, 9e-3):
        with mpmath.workdps(80):
            at = mpmath.mpf(size or "1e-30")  # its limit to 30 digits
            value, slope, bend = (float(mpmath.diff(written, at, k)) for k in range(3))
        x = np.array([size])
        assert float(f.value(x)) == pytest.approx(value, rel=1e-14)
        assert f.gradient(x)[0] == pytest.approx(slope, rel=1e-11, abs=1e-29)
        assert f.hessian(x)[0, 0] == pytest.approx(bend, rel=1e-9)


def test_beside_a_limit_of_two_variables_too():
    f = function("sin(sqrt(x^2+y^2))/sqrt(x^2+y^2)")
    for x in ([0, 0], [1e-9, -2e-9], [0, 1e-5]):
        np.testing.assert_allclose(f.hessian(x), -np.eye(2) / 3, atol=1e-9)


@pytest.mark.parametrize(("formula", "point", "top"), [
    ("1 - sin(x)*sin(y)/(x*y)", [0, 0], 1 / 3), ("(x^2 + y^2)*sin(x)/x", [0, 0], 2),
    ("1 - abs(sin(pi(x-2))*sin(pi(y-2))/(pi^2*(x-2)(y-2)))^5", [2, 2], 5 * np.pi**2 / 3),
])  # fmt: skip
def test_a_limit_that_is_0_curves_too(formula, point, top):
    found = function(formula).hessian(np.array(point, float))
    np.testing.assert_allclose(found, top * np.eye(2), rtol=1e-9, atol=1e-12)


def test_where_there_is_no_curvature_none_is_told():
    assert np.isnan(function("abs(sin(x))*sin(x)/x").hessian([0.0])).all()


def test_points_keep_their_shape_and_kind_and_neighbours():
    f = function("sin(x)/x + y^2")
    points = np.array([[[0.0, 3.0], [1.0, 2.0]], [[0.0, 0.0], [np.nan, 0.0]]])
    for kind in (np.float32, np.float64):
        value, slopes = f.value_and_gradient(points.astype(kind))
        assert value.dtype == slopes.dtype == kind
        np.testing.assert_allclose(value, [[10, np.sin(1) + 4], [1, np.nan]], rtol=1e-6)
        np.testing.assert_allclose(slopes[:, 0, 1], [6, 0], rtol=1e-6)
        assert np.isnan(slopes[1, 1]).any()


def test_a_point_that_is_none_has_no_limit():
    for formula, x in (("sin(x)/x + y", [np.nan, 1.0]), ("1/x", [np.nan]), ("log(x)", [np.inf])):
        value, slopes = function(formula).value_and_gradient(x)
        assert not np.isfinite([value, *slopes]).all()


def test_a_picture_of_an_area_without_values_costs_no_search(monkeypatch):
    f = function("log(x)/x + sqrt(y)")
    grid = np.stack(np.meshgrid(*[np.linspace(-5, 5, 201)] * 2), axis=-1)
    looked = []
    monkeypatch.setattr(Limits, "value", lambda _, x: looked.append(x) or np.nan)
    monkeypatch.setattr(Limits, "gradient", lambda _, x, known: looked.append(x) or known)
    value, _ = f.value_and_gradient(grid)  # NaN for x < 0, and on a whole line x = 0
    assert np.isnan(value[grid[..., 0] < 0]).all()
    assert looked == []
    f.value_and_gradient(np.array([0.0, 1.0]))
    assert len(looked) == 2


def test_what_is_never_zero_is_not_looked_at():
    """Such a function costs a step nothing more."""
    assert not function("x^2/(1 + y^2) + 1/(2 + x^2)").symbolic.repairs.needed
    assert function("x^2/(1 + y)").symbolic.repairs.needed
