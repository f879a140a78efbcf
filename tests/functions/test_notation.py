"""What is shown is the function: its text, in both languages, reads back as the same one."""

import random
import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from spusk.descent import descend
from spusk.errors import FormulaError, InputError
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.functions.parse import parse
from spusk.functions.symbolic import Symbolic
from spusk.functions.vocabulary import FUNCTIONS
from spusk.plots.paths import title
from tests.conftest import examples

NUMBERS = ["0", "1", "2", "3", "7", "0.5", "2.5", "1e-5", "0.00001", "1e22", "1.5e-7", "1.0", "2.",
           "1e15", "0.1", "3,5", "123456789", "pi", "e", "6.02e23", "1/3", "⅓"]  # fmt: skip
EXPONENTS = [
    "2",
    "3",
    "-1",
    "-2",
    "2.5",
    "0.5",
    "-0.5",
    "(1/3)",
    "2.0",
    "(-3)",
    "x",
    "(-y)",
    "1e-5",
]
SIGNS = ["+", "-", "*", "/", "−", "·", "+", "-", "*"]


def grown(rng: random.Random, depth: int) -> str:
    """A formula of everything the vocabulary has."""
    kind = rng.random()
    if depth == 0 or kind < 0.12:
        return rng.choice(["x", "y", "x", "y", *NUMBERS])
    if kind < 0.32:
        return f"{rng.choice(list(FUNCTIONS))}({grown(rng, depth - 1)})"
    if kind < 0.42:
        return f"(-{grown(rng, depth - 1)})"
    if kind < 0.60:
        return f"({grown(rng, depth - 1)})^{rng.choice(EXPONENTS)}"
    sign = rng.choice(SIGNS)
    left, right = grown(rng, depth - 1), grown(rng, depth - 1)
    return f"{left}{sign}{right}" if rng.random() < 0.4 else f"({left}){sign}({right})"


def column(numbers: Callable[[np.ndarray], np.ndarray], *place: int) -> Callable:
    return lambda points: numbers(points)[:, *place]


def assert_reads_back(
    text: str,
    tree: sympy.Expr,
    names: tuple[str, ...],
    points: np.ndarray,
    numbers: Callable[[np.ndarray], np.ndarray],
) -> None:
    """That a text is this tree, or at least one with the numbers that f has at these points."""
    try:
        read = parse(text)[0]
    except FormulaError as error:
        if error.key in ("long", "deep"):
            return
        raise
    if read == tree:
        return
    with np.errstate(all="ignore"):
        found, expected = Symbolic(read, names).value(points), numbers(points)
    both = np.isfinite(expected) & np.isfinite(found)
    scale = np.maximum(
        np.abs(expected), 1e-12 * np.max(np.abs(expected), where=both, initial=1e-300)
    )
    with np.errstate(all="ignore"):
        assert (np.abs(found - expected) <= 1e-8 * scale)[both].all(), (text, found, expected)
    assert (np.isfinite(expected) == np.isfinite(found)).all(), (text, found, expected)


@examples(120)
@given(seed=st.integers(0, 2**32), depth=st.integers(1, 4))
def test_every_text_reads_back_as_the_same_function(seed: int, depth: int) -> None:
    typed = grown(random.Random(seed), depth)
    try:
        f = function(typed)
    except FormulaError:
        assume(False)
    points = np.random.default_rng(seed).uniform(-2, 2.5, (12, f.n))
    for lang in ("en", "ru"):
        shown = f.formulas(lang=lang)
        assert_reads_back(shown.f, f.expression, f.names, points, f.value)
        for k, (slope, tree) in enumerate(zip(shown.gradient, f.symbolic.slopes, strict=True)):
            if "nan" not in slope and "zoo" not in slope:  # it exists nowhere
                assert_reads_back(slope, tree, f.names, points, column(f.symbolic.gradient, k))


@pytest.mark.parametrize("name", GALLERY)
def test_the_gallery_reads_back(name: str) -> None:
    f = function(name)
    points = np.random.default_rng(1).uniform(*np.array(f.entry.view).T, (20, f.n))
    for lang in ("en", "ru"):
        shown = f.formulas(lang=lang)
        assert_reads_back(shown.f, f.expression, f.names, points, f.value)
        for k, row in enumerate(shown.hessian):
            slope, curved = f.symbolic.slopes[k], f.symbolic.curvatures[k]
            numbers = column(f.symbolic.gradient, k)
            assert_reads_back(shown.gradient[k], slope, f.names, points, numbers)
            for j, entry in enumerate(row):
                numbers = column(f.symbolic.hessian, k, j)
                assert_reads_back(entry, curved[j], f.names, points, numbers)


SHOWN = [  # typed, English, Russian, ∂f/∂(first) in English
    ("x^2.5", "x^2.5", "x^2,5", "2.5·x^1.5"),
    ("x**2.0", "x²", "x²", "2·x"),
    ("0.00001x^2", "1e-5·x²", "1e-5·x²", "2e-5·x"),
    ("0.5*x^2", "0.5·x²", "0,5·x²", "x"),
    ("(1-x)^2+100(y-x^2)^2", "(1 − x)² + 100·(y − x²)²", "(1 − x)² + 100·(y − x²)²",
     "−400·x·(−x² + y) + 2·x − 2"),
    ("tg(x)+ctg(y)", "tan(x) + cot(y)", "tg(x) + ctg(y)", "tan(x)² + 1"),
    ("ln(x)*lg(y)", "log(x)·log10(y)", "ln(x)·lg(y)", "log(y)/(x·log(10))"),
    ("arcctg(x)+arctg(y)", "acot(x) + atan(y)", "arcctg(x) + arctg(y)", "−1/(x² + 1)"),
    ("e^x", "e^x", "e^x", "exp(x)"), ("x*exp(1)", "x·exp(1)", "x·exp(1)", "e"),
    ("x^-2", "x^(−2)", "x^(−2)", "−2/x³"), ("x^(2/3)", "x^(2/3)", "x^(2/3)", "2/(3·x^(1/3))"),
    ("-x^2", "−x²", "−x²", "−2·x"), ("(-x)^2", "(−x)²", "(−x)²", "2·x"),
    ("x-(-y)", "x − (−y)", "x − (−y)", "1"), ("sqrt(x)", "sqrt(x)", "sqrt(x)", "1/(2·sqrt(x))"),
    ("x-(y-1)", "x − (y − 1)", "x − (y − 1)", "1"), ("2^3^x", "2^(3^x)", "2^(3^x)", None),
    ("sh(x)+arth(y)", "sinh(x) + atanh(y)", "sh(x) + arth(y)", "cosh(x)"),
    ("cbrt(x)", "cbrt(x)", "cbrt(x)", "1/(3·cbrt(x)²)"),
    ("x/(2y)", "x/(2·y)", "x/(2·y)", "1/(2·y)"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "english", "russian", "slope"), SHOWN)
def test_how_it_is_shown(typed: str, english: str, russian: str, slope: str | None) -> None:
    f = function(typed)
    assert f.text == f.formulas().f == english
    assert f.formulas(lang="ru").f == russian
    if slope is not None:
        assert f.formulas().gradient[0] == slope


@pytest.mark.parametrize(("typed", "english", "russian"), [
    ("tan(x1)^2/2.5", r"\frac{\tan^{2}\left(x_{1}\right)}{2.5}",
     r"\frac{\operatorname{tg}^{2}\left(x_{1}\right)}{2{,}5}"),
    ("1.5e-7*x^2.5", r"1.5 \cdot 10^{-7} x^{2.5}", r"1{,}5 \cdot 10^{-7} x^{2{,}5}"),
    ("log2(x)*ln(y)", r"\log_{2}\left(x\right) \log\left(y\right)",
     r"\log_{2}\left(x\right) \ln\left(y\right)"),
    ("-x/3+2*3*pi", r"- \frac{x}{3} + 2 \cdot 3 \pi", r"- \frac{x}{3} + 2 \cdot 3 \pi"),
    ("cbrt(sqrt(x))*abs(y)*exp(-x)", r"\sqrt[3]{\sqrt{x}} \left|{y}\right| e^{- x}", None),
])  # fmt: skip
def test_latex(typed: str, english: str, russian: str | None) -> None:
    f = function(typed)
    assert f.formulas("latex").f == english
    assert f.formulas("latex", "ru").f == (russian or english)


SPELT = {  # MathML's elements as text
    "mfrac": "(({0})/({1}))", "msup": "({0})^({1})", "msub": "{0}{1}", "msqrt": "sqrt({0})",
    "mroot": "cbrt({0})",
}  # fmt: skip
MARKS = {"\N{INVISIBLE TIMES}": "*", "·": "*", "\N{FUNCTION APPLICATION}": "", "π": "pi"}


def read(node: ElementTree.Element) -> str:
    """MathML as text that can be typed, by a reader of its own."""
    if not len(node):
        return MARKS.get(node.text or "", node.text or "")
    inner = [read(child) for child in node]
    if node.tag != "mrow":
        return SPELT[node.tag].format(*inner)
    if inner[0] == inner[-1] == "|":
        return f"abs({inner[1]})"
    if node[0].tag == "msup" and inner[1:2] == [""]:  # sin²(x)
        name, power = map(read, node[0])
        return f"{name}({''.join(inner[2:])})^({power})"
    return "".join(inner)


@examples(60)
@given(seed=st.integers(0, 2**32))
def test_mathml_is_the_same_formula(seed: int) -> None:
    try:
        f = function(grown(random.Random(seed), 3))
    except FormulaError:
        assume(False)
    points = np.random.default_rng(seed).uniform(-2, 2.5, (12, f.n))
    marks = f.formulas("mathml")
    shown = read(ElementTree.fromstring(marks.f))
    assert_reads_back(shown, f.expression, f.names, points, f.value)
    for part in marks.gradient:
        assert re.fullmatch(r"(<[a-z]+>|</[a-z]+>|[^<>&])+", part)


def test_pictures_carry_the_same_text() -> None:
    path = descend("x^2.5 + tg(y)", (1, 1), 0.1, steps=2)
    assert title([path], "en").startswith("f = x^2.5 + tan(y)\n")
    assert title([path], "ru").startswith("f = x^2,5 + tg(y)\n")


def test_other_forms_and_languages_are_refused() -> None:
    with pytest.raises(InputError, match="among en, ru"):
        function("x").formulas(lang="de")
    with pytest.raises(InputError, match="mathml"):
        function("x").formulas("word")
