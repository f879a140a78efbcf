"""Holes in formulas: the page's limits are Python's, and where there is none it tells none."""

import numpy as np
import pytest

import spusk
from spusk.functions import function
from spusk.lab.formulas.describe import described
from tests.lab.modules import answers

NEAR = 1e-7  # from a few values in sixteen digits; Python counts in hundreds
HOLES = [
    ("sin(x)/x", [0]), ("(1 - cos(x))/x^2", [0]), ("(exp(x) - 1)/x", [0]), ("tan(x)/x", [0]),
    ("x/(exp(x) - 1)", [0]), ("sin(x - 1)/(x - 1)", [1]), ("(x^2 - 1)/(x - 1)", [1]),
    ("sin(20*x)/x", [0]), ("sin(x*y)/(x*y)", [0, 1]), ("sin(x*y)/(x*y)", [0, 0]),
    ("3x*sin(y)/y", [0, 0]), ("1 - sin(x)*sin(y)/(x*y)", [0, 0]),
    ("1 - abs(sin(pi(x-2))*sin(pi(y-2))/(pi^2*(x-2)(y-2)))^5", [2, 2]),
]  # fmt: skip
NONE = [
    ("1/x", [0]), ("1/x^2", [0]), ("log(x)", [0]), ("log(x)", [-1]), ("sin(1/x)", [0]),
    ("abs(x)/x", [0]), ("x*y/(x^2 + y^2)", [0, 0]), ("sqrt(x)", [-1]),
]  # fmt: skip


def told(rows):
    jobs = [{"kind": "points", "tape": described(f)["tape"], "points": [x]} for f, x in rows]
    return answers(jobs)


# Damavandi's takes Python half a minute, in many digits, and the product of two sines seven seconds
LONG = [pytest.param(k, marks=pytest.mark.more) if "pi(x-2)" in f or "sin(x)*" in f else k
        for k, (f, _) in enumerate(HOLES)]  # fmt: skip


@pytest.mark.parametrize("row", LONG, ids=[f"{f} at {x}" for f, x in HOLES])
def test_a_hole_has_pythons_limits(row):
    text, x = HOLES[row]
    (page,), f, x = told([HOLES[row]]), function(text), np.array(x, float)
    assert page["values"][0] == pytest.approx(f.value(x), abs=NEAR)
    np.testing.assert_allclose(page["gradients"][0], f.gradient(x), NEAR, NEAR)
    np.testing.assert_allclose(page["hessians"][0], f.hessian(x).ravel(), NEAR, NEAR)
    np.testing.assert_allclose(page["runs"][0][: 1 + f.n], [f.value(x), *f.gradient(x)], NEAR, NEAR)


def test_where_there_is_no_limit_none_is_told():
    for page, row in zip(told(NONE), NONE, strict=True):
        assert page["values"][0] in ("NaN", "Infinity", "-Infinity"), row


def test_a_path_goes_through_a_hole():
    data = described("(exp(x) - 1)/x")
    (told,) = answers([{
        "kind": "descend", "tape": data["tape"], "start": [1], "options": {"rate": 1, "steps": 9},
    }])  # fmt: skip
    assert told["points"][1] == 0, "the first step lands in it"
    assert told["outcome"] == "out_of_steps"
    assert told["points"][2] == pytest.approx(-0.5)


@pytest.mark.parametrize("text", [
    "sin(x)/x", "(1 - cos(x))/x^2", "x*log(abs(x))", "x*log(x)", "abs(x)*log(abs(x))",
    "x^2*log(x)", "x*log(x) - x", "(x - 1)^2 + x*log(x)", "sqrt(x)", "log(x)", "1/x",
])  # fmt: skip
def test_of_a_run_that_begins_in_a_hole_the_page_says_what_python_does(text):
    data, run = described(text), spusk.descend(text, [0], 0.1)
    (page,) = answers([{
        "kind": "explained", "tape": data["tape"], "start": [0], "known": [],
        "options": {"rate": 0.1},
    }])  # fmt: skip
    said = run.explanation
    assert (page["outcome"], page["kind"], page["did"]) == (run.outcome.key, said.kind, said.did)
    assert page["bound"] == (None if said.bound is None else pytest.approx(said.bound, rel=NEAR))
