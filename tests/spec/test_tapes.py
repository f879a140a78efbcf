"""spec/tapes.json: the tape, NumPy, the page and SymPy find the same f, ∇f and Hessian."""

from itertools import chain

import numpy as np
import pytest
import sympy

from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.functions.tape import ONE, TWO
from spusk.lab.formulas.describe import rows as tape_rows
from tests.lab.modules import answers
from tests.spec.vectors import by_sympy, close, numbers, rows

ROWS = rows("tapes.json")
TOLERANCE = 1e-11  # of 1 + |number|, times how much a formula cancels at the points of these rows
LARGE = 1e100  # where sin and cos of a rounded number are no longer those of the number


def assert_same(row, values, gradients, hessians):
    for name, found in (("values", values), ("gradients", gradients), ("hessians", hessians)):
        for x, one, expected in zip(row["points"], found, row[name], strict=True):
            assert close(one, expected, TOLERANCE), (row["f"], name, x, one, expected)


@pytest.mark.parametrize("row", ROWS, ids=[row["f"] for row in ROWS])
def test_python(row):
    f, x = function(row["f"]), numbers(row["points"])
    with np.errstate(all="ignore"):
        curved = f.hessian(x).reshape(len(x), -1)
        assert_same(row, f.value(x), f.gradient(x), curved)


def walked(tape, points):
    """The outputs (B, outputs) of a tape as it travels, by a reader of its own."""
    constants = np.broadcast_to(
        numbers(tape["numbers"])[:, None], (len(tape["numbers"]), len(points))
    )
    cells = [*points.T, *np.empty((tape["cells"] - tape["n"], len(points))), *constants]
    with np.errstate(all="ignore"):
        for name, target, *operands in tape["ops"]:
            cells[target] = (ONE | TWO)[name](*(cells[cell] for cell in operands))
    return np.stack([cells[cell] for cell in tape["outputs"]], axis=-1)


def test_the_stored_tape_and_todays():
    for row in ROWS:
        x, n = numbers(row["points"]), row["tape"]["n"]
        upper = np.zeros((n, n), int)
        upper[np.triu_indices(n)] = np.arange(n * (n + 1) // 2)
        square = np.maximum(upper, upper.T).ravel()  # where each ∂²f/∂xi∂xj stands
        for tape in (row["tape"], tape_rows(function(row["f"]))):
            outputs = walked(tape, x)
            slopes, curved = outputs[:, 1 : 1 + n], outputs[:, 1 + n :][:, square]
            if tape["nonsmooth"]:
                slopes[(x == tape["nonsmooth"]).all(axis=1)] = 0
            assert_same(row, outputs[:, 0], slopes, curved)


def test_the_page():
    jobs = [{"kind": "points", "tape": row["tape"], "points": row["points"]} for row in ROWS]
    for row, answer in zip(ROWS, answers(jobs), strict=True):
        assert_same(row, answer["values"], answer["gradients"], answer["hessians"])


def number_of(tree, at):
    try:
        return tree.evalf(30, subs=at)
    except ZeroDivisionError:
        return sympy.zoo


def test_finite_numbers_are_sympys():
    """By its own derivatives and thirty digits, wherever it finds a number too."""
    checked = 0
    for row in ROWS:
        variables, f, slopes, hessian = by_sympy(row["f"])
        trees = [f, *slopes, *chain(*hessian)]
        for x, value, slope, curved in zip(
            *(map(numbers, row[key]) for key in ("points", "values", "gradients", "hessians")),
            strict=True,
        ):
            if not (np.abs(x) < LARGE).all():
                continue
            at = dict(zip(variables, x, strict=True))
            for tree, found in zip(trees, (value, *slope, *curved), strict=True):
                exact = number_of(tree, at)
                if exact.is_Float and np.isfinite(found):
                    assert close(found, float(exact), TOLERANCE), (row["f"], tree, x)
                    checked += 1
    assert checked > 1000


def test_what_is_covered():
    assert {row["f"] for row in ROWS} >= set(GALLERY)
    used = {op[0] for row in ROWS for op in row["tape"]["ops"]}
    assert used == set(ONE | TWO)
    for name in ("values", "gradients", "hessians"):
        flat = np.concatenate([numbers(row[name]).ravel() for row in ROWS])
        assert np.isnan(flat).any()
        assert (flat == np.inf).any()
        assert (flat == -np.inf).any()
