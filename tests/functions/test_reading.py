"""Spellings that people bring, and remedies that are right for those that are refused."""

import math
import unicodedata

import numpy as np
import pytest

from spusk.errors import FormulaError
from spusk.functions import function
from spusk.functions.characters import shown
from spusk.functions.remedies import ELSEWHERE
from spusk.functions.vocabulary import FUNCTIONS

SAME = [  # as it comes, as it is meant
    ("2.*x**2.", "2*x^2"), ("1.+x", "1+x"), (".5x", "x/2"), ("2.e3x", "2000x"),
    ("x\N{NO-BREAK SPACE}+\N{NARROW NO-BREAK SPACE}1\N{THIN SPACE}", "x+1"),
    ("\N{ZERO WIDTH NO-BREAK SPACE}1\N{ZERO WIDTH SPACE}0x", "10x"),
    ("si\N{SOFT HYPHEN}n(x)", "sin(x)"),
    ("３ｘ＋（１－ｘ）＾２", "3x+(1-x)^2"), ("𝑥²+𝟐𝑦", "x^2+2y"),
    ("x—1", "x-1"), ("x–1", "x-1"), ("x‐1", "x-1"), ("x−1", "x-1"), ("x‑1", "x-1"),
    ("3e−3x^2", "0.003x^2"), ("3e－3x^2", "0.003x^2"), ("1.0e−5·x²", "0.00001x^2"),
    ("x⁻¹", "1/x"), ("x⁻²y¹²", "y^12/x^2"), ("½x", "0.5x"), ("2¾x", "2.75x"), ("x^½", "sqrt(x)"),
    ("∛(x)+√(y)", "cbrt(x)+sqrt(y)"), ("e - 5*x^2", "exp(1)-5x^2"), ("x⁄2∕y", "x/(2y)"),
    ("pi(x-2)", "pi*(x-2)"), ("1+e(x+1)y^2", "1+exp(1)*(x+1)*y^2"), ("2π(x)(y)", "2pi*x*y"),
    ("sin(2 pi x)", "sin(2pi*x)"), ("x^pi(y)", "x^pi*y"), ("pi √(x) E(y)", "pi*sqrt(x)*e*y"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "same"), SAME, ids=range(len(SAME)))
def test_it_is_read_as_it_is_meant(text: str, same: str) -> None:
    a, b = function(text), function(same)
    points = np.random.default_rng(1).uniform(0.2, 2, (20, b.n))
    np.testing.assert_allclose(a.value(points), b.value(points), rtol=1e-15)


@pytest.mark.parametrize(("text", "remedy"), [
    ("sin^2(x)", "sin(x)^2"), ("cos²(x+y)", "cos(x+y)^2"), ("tg^2 x", "tg(x)^2"),
    ("sin^-2(x)", "sin(x)^(-2)"), ("ln^3(2x)+1", "ln(2x)^3"), ("sin^2(2*(x+1))", "sin(2*(x+1))^2"),
    ("(x+y)2", "(x+y)*2"), ("sin(x)2", "sin(x)*2"), ("(x(2)+1", None), ("2*(x+1)3", "(x+1)*3"),
    ("x√2", "x*sqrt(2)"), ("x sin(y)", "x*sin(y)"), ("sin 2x", "sin(2x)"), ("√x", "sqrt(x)"),
    ("sin cos x", "sin(cos(x))"), ("y tg x", "y*tg(x)"), ("x2 3", "x2*3"),
    ("e x", "e*x"), ("x pi", "x*pi"), ("pi sin^2(x)", "sin(x)^2"),
])  # fmt: skip
def test_the_remedy_can_be_read_and_is_the_formula(text: str, remedy: str | None) -> None:
    with pytest.raises(FormulaError) as caught:
        function(text)
    if remedy is not None:
        assert str(caught.value).endswith(f"write {remedy}")
        function(remedy)


@pytest.mark.parametrize(("text", "says"), [
    ("sinn(x)", "did you mean sin?"), ("sqt(x)", "did you mean sqrt?"), ("sine(x)", "mean sin?"),
    ("xsin(y)", r"did you mean x\*sin\(y\)\?"), ("xy", r"did you mean x\*y\?"),
    ("pix", r"did you mean pi\*x\?"), ("sinx", r"did you mean sin\(x\)\?"),
    ("ln2*x", r"did you mean ln\(2\)\?"), ("square(x+y)", r"write \(x \+ y\)\^2"),
    ("csc(x)", r"write 1/sin\(x\)"), ("expm1(x)", r"write exp\(x\)-1"),
    ("inf*x", "inf is no number"),
    ("i*x", "real numbers only"), ("True*x", "unknown name 'True'"),
    ("if x", "unknown name 'if'"),
    ("branin", "unknown name 'branin'; use x"), ("csc x", r"write 1/sin\(x\)"),
    ("x i", "real numbers"),
    ("branin(x)", "unknown function 'branin'; known"),
    ("log3(x)", "unknown function 'log3'; known"),
    ("sqr(x)", "unknown function 'sqr'; known"), ("sin⁻¹(x)", r"write asin\(x\) or 1/sin\(x\)"),
    ("arctg^(-1)(x)", r"write arctg\(x\)\^\(-1\)"),
])  # fmt: skip
def test_a_name_is_proposed_only_where_it_is_right(text: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        function(text)


OTHERS = {  # names of other languages by what they are, apart from the remedies
    "csc": lambda x: 1 / math.sin(x), "cosec": lambda x: 1 / math.sin(x),
    "sec": lambda x: 1 / math.cos(x),
    "csch": lambda x: 1 / math.sinh(x), "cosech": lambda x: 1 / math.sinh(x),
    "sech": lambda x: 1 / math.cosh(x), "coth": lambda x: 1 / math.tanh(x),
    "cth": lambda x: 1 / math.tanh(x), "ctgh": lambda x: 1 / math.tanh(x), "tgh": math.tanh,
    "ctan": lambda x: 1 / math.tan(x), "cotan": lambda x: 1 / math.tan(x),
    "asec": lambda x: math.acos(1 / x), "arcsec": lambda x: math.acos(1 / x),
    "acsc": lambda x: math.asin(1 / x), "arccsc": lambda x: math.asin(1 / x),
    "acoth": lambda x: math.atanh(1 / x), "arccosh": math.acosh, "arcch": math.acosh,
    "arcsinh": math.asinh, "arcsh": math.asinh, "arctanh": math.atanh,
    "arcth": math.atanh, "expm1": math.expm1, "log1p": math.log1p,
    "exp2": lambda x: 2**x, "exp10": lambda x: 10**x, "lb": math.log2, "square": lambda x: x**2,
    "cube": lambda x: x**3, "reciprocal": lambda x: 1 / x, "inv": lambda x: 1 / x,
    "neg": lambda x: -x, "fabs": abs, "root": math.sqrt, "sinc": lambda x: math.sin(x) / x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "logistic": lambda x: 1 / (1 + math.exp(-x)),
    "expit": lambda x: 1 / (1 + math.exp(-x)), "softplus": lambda x: math.log1p(math.exp(x)),
    "relu": lambda x: max(x, 0), "rad": math.radians, "radians": math.radians,
}  # fmt: skip


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_others_call_otherwise_is_said_rightly(name: str) -> None:
    with pytest.raises(FormulaError) as caught:
        function(f"3*{name}(x+y)")
    assert caught.value.place == 2
    remedy = str(caught.value).partition("write ")[2].rpartition(" (column")[0]
    for x in (0.35, 0.6, 1.7, 2.4):
        try:
            expected = OTHERS[name](x)
        except ValueError:
            continue
        assert function(remedy)(x - 0.2, 0.2) == pytest.approx(expected, rel=1e-12)


def test_arcctg_lies_between_0_and_pi() -> None:
    f = function("arcctg(x)")
    x = np.array([[-1e3], [-1.0], [-1e-9], [0.0], [1.0], [1e3]])
    np.testing.assert_allclose(f.value(x), np.arctan2(1, x[:, 0]), rtol=1e-12)
    np.testing.assert_allclose(f.gradient(x), -1 / (1 + x**2), rtol=1e-15)
    assert function("x + arcctg(-1)")([0.0]) == pytest.approx(0.75 * np.pi, rel=1e-15)


def test_what_cannot_be_seen_is_named() -> None:
    with pytest.raises(
        FormulaError, match=r": U\+0301 COMBINING ACUTE ACCENT at column 2"
    ) as caught:
        function("x\u0301+1")
    assert caught.value.place == 1
    assert shown("\0") == "U+0000"
    assert shown("?") == "'?'"
    with pytest.raises(FormulaError) as caught:
        function("\ufeffx + \u00a0?")  # columns are those of the text as it came
    assert caught.value.place == 6


def test_every_function_is_still_a_name() -> None:
    for name in FUNCTIONS:
        assert unicodedata.normalize("NFKC", name) == name
        assert function(f"{name}(x)").n == 1
