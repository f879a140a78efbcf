"""Functions from text and from callables: value, gradient, Hessian, formulas (rows L1, L2)."""

import math
import subprocess
import sys

import numpy as np
import pytest

from spusk.errors import GradientError, InputError
from spusk.functions import Function, function
from spusk.functions.differences import central

LECTURE = "x1**2 - 10*x1 + 2*x2**2 - 20*x2 + 75"


def test_the_lectures_exercise() -> None:
    f = function(LECTURE)
    assert f.n == 2
    assert f.names == ("x1", "x2")
    assert f.how == "formula"
    assert f.formulas().gradient == ("2·x1 − 10", "4·x2 − 20")
    assert f.formulas().hessian == (("2", "0"), ("0", "4"))
    assert f.formulas("latex").gradient[0] == "2 x_{1} - 10"
    assert "<m" in f.formulas("mathml").f
    assert f(5, 5) == 0
    assert f.gradient([1.0, 2.0]).tolist() == [-8, -12]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2x^2+1", "2*x**2+1"), ("x²", "x*x"), ("x₁·x₂", "x1*x2"), ("0,5*x", "x/2"),
        ("tg(x)+ctg(x)", "tan(x)+cot(x)"), ("sh(x)+ch(x)", "exp(x)"), ("π*x", "pi*x"),
        ("(x+1)(x−1)", "x^2-1"), ("ln(x)", "log(x)"), ("lg(x)", "ln(x)/ln(10)"),
        ("х + у", "x + y"), ("-x^2", "-(x^2)"), ("e^x", "exp(x)"), ("arctg(x)", "atan(x)"),
        ("2^3^0.5*x", "2^(3^0.5)*x"),
    ],
)  # fmt: skip
def test_spellings(text: str, same: str) -> None:
    a, b = function(text), function(same)
    x = np.random.default_rng(1).uniform(0.1, 2, (20, a.n))
    np.testing.assert_allclose(a.value(x), b.value(x), rtol=1e-12)
    np.testing.assert_allclose(a.gradient(x), b.gradient(x), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "text", [LECTURE, "exp(-x*y)*sin(x)/(1+y^2)", "abs(x)*z + y^3", "sign(sqrt(x))*x"]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shapes_kinds_and_one_pass(text: str, dtype: type) -> None:
    f = function(text)
    x = np.random.default_rng(2).uniform(0.5, 2, (3, 4, f.n)).astype(dtype)
    value, gradient = f.value_and_gradient(x)
    assert value.dtype == gradient.dtype == f.hessian(x).dtype == dtype
    assert f.hessian(x).shape == (3, 4, f.n, f.n)
    tight = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(value, f.value(x), rtol=tight)
    np.testing.assert_allclose(gradient, f.gradient(x), rtol=tight, atol=tight)
    if dtype == np.float64:
        np.testing.assert_allclose(gradient, central(f.value, x), rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(f.hessian(x), central(f.gradient, x), rtol=1e-6, atol=1e-7)


def test_a_gap_among_names_counts() -> None:
    assert function("x1 + x3").names == ("x1", "x2", "x3")


def test_no_gradient_at_zero_is_said() -> None:
    f = function("abs(x - 1)")
    assert f.rough == ("x − 1",)
    assert f.gradient([[1.0], [2.0], [0.0]]).ravel().tolist() == [0, 1, -1]
    assert function(LECTURE).rough == ()


def test_callables_are_traced() -> None:
    by_vector = function(lambda x: np.sum(x**2) + np.exp(x[0]), n=3)
    assert by_vector.how == "traced"
    apart = function(lambda x, y: np.sin(x) * y)
    assert (apart.how, apart.n) == ("traced", 2)
    np.testing.assert_allclose(apart.gradient([1.0, 2.0]), [2 * math.cos(1), math.sin(1)])


@pytest.mark.parametrize(
    "source",
    [
        lambda x, y: 5.0 if x == 0 else x * y,
        lambda x, y: x * y if x > 0 else -x * y,
        lambda x, y: math.sin(x) * y,
    ],
)
def test_branches_fall_back_to_differences(source: object) -> None:
    f = function(source)  # type: ignore[arg-type]
    assert f.how == "differences"
    assert f.gradient(np.array([[1.0, 2.0], [0.5, 1.0]])).shape == (2, 2)


def test_a_given_gradient_is_checked() -> None:
    good = function(
        lambda x, y: math.sin(x) * y, gradient=lambda x, y: (math.cos(x) * y, math.sin(x))
    )
    assert good.how == "given"
    with pytest.raises(GradientError, match=r"component 2.*expected.*found"):
        function(lambda x, y: x * y, gradient=lambda x, y: (y, y))


def test_wrong_dimensions() -> None:
    with pytest.raises(InputError, match="expected 2 numbers"):
        function(LECTURE).value([1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="n=2"):
        function(lambda x: x[0])
    f = function("x")
    assert function(f) is f
    assert isinstance(f, Function)


@pytest.mark.parametrize(
    ("formula", "place", "answer", "right"),
    [
        (LECTURE, 0, "2(x1 - 5)", True), (LECTURE, 0, "2*x1", False), (LECTURE, 1, "4x2-20", True),
        ("log(x)", 0, "1/x", True), ("sqrt(x)", 0, "1/(2sqrt(x))", True),
        ("1e-9*x^2", 0, "0*x", False), ("x^2*y", 0, "log(-1-x^2)", False),
        ("x+0*y", 0, "sin(x)^2+cos(x)^2", True),
    ],
)  # fmt: skip
def test_answers(formula: str, place: int, answer: str, right: bool) -> None:
    verdict = function(formula).check(place, answer)
    assert verdict.right is right


def test_sympy_waits_until_it_is_needed() -> None:
    code = "import sys, spusk.functions, spusk.functions.gallery; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
