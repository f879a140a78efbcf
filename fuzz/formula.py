"""Fuzzes the formula parser: a FormulaError with its column, or a function with its gradient."""

import time

import numpy as np

import spusk.functions.symbolic
from fuzz.limits import bounded, well_said
from spusk.errors import FormulaError
from spusk.functions import function
from spusk.functions.parse import FUNCTIONS

LONGEST = 700  # bytes: 500 characters are read, Cyrillic ones take two
SLOWEST = 2.0  # CPU seconds; one is promised, and the fuzzer's own work is in it
WORDS = [*(f"{name}(" for name in FUNCTIONS), "x1", "x2", "**", "^(", "1e300", "²", "·", "π", "√("]


def TestOneInput(data: bytes) -> None:
    """Reads one text. Anything but a FormulaError that knows its place is a crash."""
    text = data.decode("utf-8", "ignore")
    began = time.process_time()
    with bounded():
        try:
            evaluate(text)
        except FormulaError as error:
            well_said(error)
            placed(error, text)
    seconds = time.process_time() - began
    assert seconds < SLOWEST, f"{seconds:.1f} s"


def placed(error: FormulaError, text: str) -> None:
    """The error points into the text, or just behind it. Raises AssertionError."""
    assert error.place is not None, repr(error)
    assert 0 <= error.place <= len(text), (error.place, repr(error))


def evaluate(text: str) -> None:
    """Value, slopes and formulas: NaN or infinite outside the domain, but of this shape."""
    f = function(text)
    point = np.full((1, f.n), 0.7, np.float32)
    value, gradient = f.value_and_gradient(point)
    assert value.shape == (1,)
    assert gradient.shape == (1, f.n)
    assert value.dtype == gradient.dtype == np.float32
    assert f.hessian(point).shape == (1, f.n, f.n)
    assert all(f.formulas().gradient)
    assert all(f.rough)
    assert spusk.functions.symbolic.text(f.expression)
