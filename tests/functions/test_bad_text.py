"""Bad text is refused with its column and a remedy; nothing is executed, nothing hangs."""

import random
import time

import numpy as np
import pytest

from spusk.errors import FormulaError
from spusk.functions import function
from spusk.functions.vocabulary import FUNCTIONS
from spusk.i18n import topic

PIECES = [
    *(f"{name}(" for name in FUNCTIONS), *"xyzxyz+-*/^()()²√π·|,.!_[]'=:хе", "x1", "x2", "**",
    "9^9", "^-1", "^0.5", "1e5", "1e400", "pi", "e", "0", "2", "0,5", "lambda ", "__import__",
    "99999999999",
]  # fmt: skip
LEAVES = ["x", "y", "z", "x", "y", "0", "1", "2", "0.5", "0,1", "pi", "e", "7", "100", "1e5"]


def rubble(rng: random.Random) -> str:
    """Pieces in any order, often with the brackets closed."""
    text = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 14)))
    return text + ")" * max(0, text.count("(") - text.count(")"))


def grown(rng: random.Random, depth: int) -> str:
    """A formula that is grammatical, sensible or not."""
    kind = rng.random()
    if depth == 0 or kind < 0.15:
        return rng.choice(LEAVES)
    if kind < 0.45:
        return f"{rng.choice(list(FUNCTIONS))}({grown(rng, depth - 1)})"
    if kind < 0.55:
        return "-" + grown(rng, depth - 1)
    sign = rng.choice(["+", "-", "*", "/", "^", "**", ""])
    return f"({grown(rng, depth - 1)}){sign}({grown(rng, depth - 1)})"


def slowest(count: int, seed: int) -> float:
    """Reads formulas; anything but a FormulaError or a working Function fails. CPU seconds."""
    rng, worst = random.Random(seed), 0.0
    for k in range(count):
        text = rubble(rng) if k % 2 else grown(rng, rng.randint(1, 5))
        began = time.process_time()
        try:
            f = function(text)
            points = np.full((2, f.n), 0.7, np.float32)
            value, gradient = f.value_and_gradient(points)
            assert value.shape == (2,), text
            assert gradient.shape == (2, f.n), text
            assert value.dtype == gradient.dtype == np.float32, text
        except FormulaError as error:
            if error.place is None or "\n" in str(error):
                pytest.fail(text)
        worst = max(worst, time.process_time() - began)
        assert worst < 1 or k == 0, text  # the first one also loads SymPy
    return worst


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.more)])
def test_random_formulas(count: int) -> None:
    function("x")
    assert slowest(count, seed=5) < 1


@pytest.mark.soak
def test_a_hundred_thousand_random_formulas() -> None:
    function("x")
    assert slowest(100_000, seed=6) < 1


BAD = [
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ("x" * 501, 500, "at most 500"),
    ("5", 0, "constant"),
    ("x + w", 4, "'w'"),
    ("2*sinn(x)", 2, "did you mean sin"),
    ("xy", 0, r"did you mean x\*y"),
    ("x/0", 0, "division by zero"),
    ("1/(x-x)", 0, "division by zero"),
    ("sqrt(-1)*x", 0, "not real"),
    ("x + log(-2)", 4, "not real"),
    ("(-8)^x", None, "not real"),
    ("x + 9^9^9^9", None, "exponents go up to 50"),
    ("x^101", 0, "exponents go up to 50"),
    ("1e999*x", 0, "too large"),
    ("x + 2x1", None, "mix"),
    ("atan2(1,2)", None, "one number|unknown|number"),
    ("|x|", 0, r"abs\(x\)"),
    ("tg x", 3, r"tg\(x\)"),
    ("x(x+1)", 0, r"x\*\("),
    ("(x+1", None, "bracket"),
    ("x = 2", 2, "alone"),
    ("x.__class__", 1, "means nothing"),
    ("__import__('os').system('true')", 0, "means nothing"),
    ("lambda: x", None, "means nothing"),
    ("x\x00", 1, "means nothing"),
    ("١*x", 0, "means nothing"),
    ("1/" * 300 + "x", 500, "at most 500"),
    ("cos(" * 60 + "x" + ")" * 60, None, "levels"),
    ("lg((ln(tanh(100)))^(acosh(7)))", 0, "not real"),
    ("(" * 230 + "x" + ")" * 229, None, "bracket"),
]


@pytest.mark.parametrize(("text", "place", "says"), BAD)
def test_bad_text(text: str, place: int | None, says: str) -> None:
    with pytest.raises(FormulaError, match=says) as caught:
        function(text)
    assert caught.value.place is not None
    if place is not None:
        assert caught.value.place == place


# every sentence of formula.toml, by a text that earns it
SENTENCES = {
    "empty": "", "long": "x" * 501, "constant": "5", "sign": "x ? 2", "sign_comma": "x, 2",
    "sign_bar": "|x|", "sign_equals": "x = 2", "sign_bracket": "[x]", "sign_factorial": "x!",
    "no_function": "x(x+1)", "side_by_side": "tg x", "broken": "(x+1", "mixed": "x + 2x1",
    "deep": "cos(" * 60 + "x" + ")" * 60, "no_formula": "sin()", "large_number": "1e999*x",
    "needs_brackets": "x + log", "near_name": "xy", "unknown_name": "x + w",
    "near_function": "sinn(x)", "unknown_function": "quux(x)", "division": "x/0",
    "exponent": "x^50,5", "base": "(-8)^x", "operation": "x//2", "unreal_number": "sqrt(-1)*x",
    "unreal": "x + sqrt(0*x - 1)", "function_power": "sin^2(x)", "function_inverse": "sin⁻¹(x)",
    "elsewhere": "square(x)", "infinite": "x + inf", "imaginary": "i*x",
}  # fmt: skip


def test_every_sentence_is_earned_and_said_in_both_languages() -> None:
    earned = {*SENTENCES, "strange_variable"}
    assert earned == set(topic("formula", "en"))
    for key, text in SENTENCES.items():
        with pytest.raises(FormulaError) as caught:
            function(text)
        error = caught.value
        assert error.key == key
        assert error.sentence("en") == str(error)
        assert error.sentence("ru").startswith("формула: ")
    with pytest.raises(FormulaError) as caught:
        function("x^2").check(0, "2*y")
    assert caught.value.sentence("ru") == "ответ: y — не переменная f; используйте x"


@pytest.mark.parametrize("text", ["(-2^x)^(1/3)", "(-1-x^2)^(1/3)", "y*(-exp(x))^1.5"])
def test_what_is_real_nowhere_is_refused(text: str) -> None:
    """Its slopes, (−1)^(1/3) times something, would not read back."""
    with pytest.raises(FormulaError, match="not a real number anywhere"):
        function(text)


def test_numbers_of_a_sentence_follow_its_language() -> None:
    with pytest.raises(FormulaError) as caught:
        function("x^50,5")
    assert "50.5" in str(caught.value)
    assert "50,5 (место 1)" in caught.value.sentence("ru")


@pytest.mark.parametrize("text", ["log(x)", "1/x", "sqrt(x)", "x^x", "acosh(x)", "x^0.5"])
def test_outside_the_domain_is_not_a_warning(text: str) -> None:
    f = function(text)
    x = np.array([[-1.0], [0.0], [2.0]])
    assert np.isfinite(f.value(x)[2])
    assert not np.isfinite(f.value_and_gradient(x)[1][:2]).all()
