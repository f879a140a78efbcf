"""The heaviest texts that the caps let through: no answer about them takes over a second."""

import time
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np
import pytest
import sympy
from click.testing import CliRunner

from spusk.cli import group
from spusk.errors import FormulaError, InputError
from spusk.functions import Function, function
from spusk.functions.derivative import derivative
from spusk.functions.differences import central
from spusk.functions.parse import DEEPEST, parse
from spusk.functions.tokens import LONGEST
from spusk.functions.vocabulary import FUNCTIONS
from spusk.lab.formulas.describe import described

pytestmark = pytest.mark.soak  # a second each of mathematics on paper
NUMBERED = [f"x{k}" for k in range(1, 101)]
ONE_OF_EACH = {known: name for name, known in reversed(FUNCTIONS.items())}.values()


def full(parts: list[str], sign: str) -> str:
    """As many of the parts, joined by a sign, as the caps allow."""
    low, high = 1, len(parts) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(sign.join(parts[:middle])) else (low, middle)
    return sign.join(parts[:low])


def accepted(text: str) -> bool:
    try:
        return bool(parse(text))
    except FormulaError as error:
        if error.key not in ("long", "deep"):
            raise
        return False


def deepest(head: str, inside: str, tail: str) -> str:
    """The same piece inside itself, as many times as the caps allow."""
    texts = (head * k + inside + tail * k for k in range(DEEPEST, 0, -1))
    return next(text for text in texts if accepted(text))


def power_of_a_sum() -> str:
    return f"({full(NUMBERED[:49], '+')})^50*{full(NUMBERED[49:80], '*')}"


def worst() -> Iterator[tuple[str, Callable[[], str]]]:
    """The texts' names, each with what makes it: trying how long it may be takes a while."""
    for sign in "+-*/":
        yield f"all variables {sign}", partial(full, NUMBERED, sign)
    mixed = [f"x{k}{'*/'[k % 2]}x{k + 1}" for k in range(1, 100, 2)]
    yield "products and quotients", partial(full, mixed, "*")
    yield "products of sums", partial(full, [f"(x{k}+x{k + 1})" for k in range(1, 100)], "*")
    yield "quotients of sums", partial(full, [f"(x{k}+x1)" for k in range(1, 100)], "/")
    yield "powers of variables", partial(full, [f"x{k}^x{k + 1}" for k in range(1, 100)], "*")
    yield "whole powers", partial(full, [f"x{k}^50" for k in range(1, 100)], "*")
    yield "a polynomial's roots", partial(full, [f"(x+{k})" for k in range(1, 100)], "*")
    yield "roots in the plane", partial(full, [f"(x+{k / 7:.3f}*y)" for k in range(1, 100)], "*")
    yield "inverse roots", partial(full, [f"(x+{k}*y)" for k in range(1, 100)], "/")
    yield "a power of a sum", power_of_a_sum
    yield "a tower", partial(deepest, "x^(", "x", ")")
    yield "a continued fraction", partial(deepest, "1/(x+", "y", ")")
    yield "squares of squares", partial(deepest, "(x+", "y", "^2)")
    yield "roots of roots", partial(deepest, "sqrt(x*", "y", ")")
    for name in ONE_OF_EACH:
        yield f"{name} of {name}", partial(deepest, f"{name}(", "x", ")")
        yield f"products of {name}", partial(full, [f"{name}({x})" for x in NUMBERED], "*")
    for name in ("cbrt", "lg", "acosh"):
        yield (
            f"{name} in the plane",
            partial(full, [f"{name}({k}*x+y)" for k in range(1, 100)], "*"),
        )


def hessian_text(f: Function) -> object:
    """The Hessian's formulas, or at once that they are too long."""
    try:
        return f.formulas().hessian
    except InputError as error:
        return error


WORST = dict(worst())


@cache
def written(name: str) -> str:
    return WORST[name]()


QUESTIONS: dict[str, Callable[[Function], object]] = {
    "value and gradient": lambda f: f.value_and_gradient(np.full((1, f.n), 0.7)),
    "text": lambda f: f.formulas("text").gradient,
    "LaTeX": lambda f: f.formulas("latex").gradient,
    "its rough places": lambda f: f.rough,
    "a check": lambda f: f.check(0, f.names[0]),
    "the Hessian": lambda f: f.hessian(np.full((1, f.n), 0.7)),
    "the Hessian's text": hessian_text,
}


@pytest.mark.parametrize("name", WORST)
def test_nothing_about_the_worst_texts_takes_over_a_second(name: str) -> None:
    function("x").value([1.0])  # what SymPy loads at its first use
    text, seconds = written(name), {}
    began = time.process_time()
    f = function(text)
    for question, ask in QUESTIONS.items():
        ask(f)
        seconds[question] = time.process_time() - began
        began = time.process_time()
    assert max(seconds.values()) < 1, seconds


def test_the_texts_reach_the_caps() -> None:
    assert max(map(len, map(written, WORST))) > LONGEST - 10
    assert function(written("all variables *")).n == 100


@pytest.mark.parametrize("count", [3, 10, 40, 100])
def test_a_product_of_many(count: int) -> None:
    """f = x1·…·xn: ∂f/∂xi = f/xi and ∂²f/∂xi∂xj = f/(xi·xj), exact or by differences."""
    f = function("*".join(NUMBERED[:count]))
    x = np.random.default_rng(0).uniform(0.8, 1.3, (4, count))
    value = x.prod(axis=-1)[:, None]
    np.testing.assert_allclose(f.gradient(x), value / x, rtol=1e-13)
    expected = value[..., None] / (x[:, :, None] * x[:, None, :]) * (1 - np.eye(count))
    exact = not f.symbolic.heavy
    assert exact == (count < 40)
    tight = 1e-13 if exact else 1e-8 * np.abs(expected).max()
    np.testing.assert_allclose(f.hessian(x), expected, rtol=1e-13 if exact else 1e-8, atol=tight)
    if exact:
        assert len(f.formulas().hessian) == count
    else:
        with pytest.raises(InputError, match="too long to write"):
            _ = f.formulas().hessian


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("x*y*x", "2*x*y"), ("abs(x)*y", "y*sign(x)"), ("sign(x)*x^2", "2*x*sign(x)"),
        ("x^x", "x^x*(ln(x)+1)"), ("2^(x*y)", "y*2^(x*y)*ln(2)"), ("cbrt(x)", "1/(3*cbrt(x)^2)"),
        ("acot(x)/y", "-1/(y*(1+x^2))"), ("tan(x*y)^3", "3*y*tan(x*y)^2*(1+tan(x*y)^2)"),
    ],
)  # fmt: skip
def test_the_rules_one_by_one(text: str, slope: str) -> None:
    f = function(text)
    assert f.check(0, slope).right
    x = np.random.default_rng(1).uniform(0.5, 1.2, (20, f.n))
    np.testing.assert_allclose(f.gradient(x), central(f.value, x), rtol=1e-6, atol=1e-8)


def test_slopes_are_those_of_sympy() -> None:
    """Where SymPy's own `diff` knows only real functions, its trees and ours are the same."""
    x, y = sympy.symbols("x y", real=True)
    for text in ("x*sin(x*y)*exp(y)/(1+x^2)", "(x^2+y-11)^2+(x+y^2-7)^2", "atan(x/y)^3*lg(x+y)"):
        tree = function(text).expression
        for symbol in (x, y):
            assert derivative(tree, symbol) == sympy.diff(tree, symbol)


def test_the_command_prints_a_long_gradient_at_once() -> None:
    began = time.process_time()
    done = CliRunner().invoke(group, ["gradient", written("all variables *")])
    assert done.exit_code == 0, done.output
    assert done.output.count("\n∂f/∂x") == 100
    assert time.process_time() - began < 1


def test_the_page_refuses_at_once_what_is_too_long_for_it() -> None:
    began = time.process_time()
    with pytest.raises(InputError, match="too long for the page"):
        described(written("roots in the plane"))
    assert time.process_time() - began < 1
