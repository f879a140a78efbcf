"""The page's numbers are Python's: tapes, descents and basins, from the same formulas."""

import json

import numpy as np
import pytest

import spusk
from spusk.descent.basin_maps import basins
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.functions.tape import ONE, TWO
from spusk.lab.formulas.describe import described, finite
from tests.lab.modules import answers, ways

FORMULAS = (
    "x^2 + y^2", "x1*x2 - x1/x2 + 3", "-x + 2", "1/(1 + x^2)", "sqrt(x^2 + 1) - y",
    "exp(-x^2/9)*sin(3x)", "ln(x + 2) + log2(y^2 + 1)", "abs(x - 1) + abs(y)", "sign(x)*x^2",
    "cos(x)*tan(y/4)", "asin(x/6) + acos(y/6)", "atan(x*y)", "sinh(x/2) - cosh(y/3)", "tanh(x - y)",
    "x^2.5 + y^1.5", "2^x + y^2", "x^y", "cot(x) + acot(y)", "asinh(x) + acosh(x + 7)",
    "atanh(x/6) + cbrt(y)", "x^7 - x^13/1e6", "x - x", "7*x^0.5", "lg(x)*sqrt(y)", "log(x)/y^3",
    "atanh(atanh(x/9))", "abs(sin(x))^1.5", "(x^2 + y - 11)^4/1e4",
)  # fmt: skip
POINTS = 40


def points_of(data):
    low, high = np.array(data["view"], float).T
    return np.random.default_rng(1).uniform(low, high, (POINTS, len(low)))


def numbers(nested):
    return np.array(nested, dtype=object).astype(float)


def assert_agree(found, expected, tolerance=1e-12):
    """Equal but for rounding, measured by the largest number of the row of points."""
    found, expected = numbers(found).reshape(np.shape(expected)), np.asarray(expected)
    assert (np.isnan(found) == np.isnan(expected)).all()
    assert (found[np.isinf(expected)] == expected[np.isinf(expected)]).all()
    known = np.isfinite(expected)
    scale = np.maximum(np.abs(expected), np.median(np.abs(expected[known]))) if known.any() else 1
    with np.errstate(invalid="ignore"):
        gap = np.abs(found - expected) / np.maximum(scale, 1e-300)
    assert np.max(gap, where=known & (found != expected), initial=0.0) <= tolerance


@pytest.fixture(scope="module")
def sources():
    return {text: described(text) for text in (*GALLERY, *FORMULAS)}


@pytest.fixture(scope="module")
def jobs(sources):
    return [
        {"kind": "points", "tape": data["tape"], "points": points_of(data).tolist()}
        for data in sources.values()
    ]


def check(jobs, sources, found):
    for (text, data), answer in zip(sources.items(), found, strict=True):
        f, x = function(text), points_of(data)
        with np.errstate(all="ignore"):
            value, gradient, hessian = f.value(x), f.gradient(x), f.hessian(x)
        assert_agree(answer["values"], value)
        assert_agree(answer["many"], value)
        assert_agree(answer["gradients"], gradient)
        assert_agree(answer["hessians"], hessian)
        upper = hessian[:, *np.triu_indices(f.n)]
        assert_agree(answer["runs"], np.column_stack([value, gradient, upper]))


def test_every_number_is_pythons(jobs, sources):
    check(jobs, sources, answers(jobs))


def test_a_browser_computes_the_same_without_running_text(jobs, sources):
    if "chromium" not in ways():
        pytest.skip("no Playwright with Chromium here")
    check(jobs, sources, answers(jobs, "chromium"))


def test_the_formulas_use_every_operation(sources):
    used = {row[0] for data in sources.values() for row in data["tape"]["ops"]}
    assert set(ONE | TWO) - used <= {"copy"}


def test_a_result_that_is_a_variable_is_copied():
    data = described("x*y")  # ∇f = (y, x)
    assert "copy" in {row[0] for row in data["tape"]["ops"]}
    [answer] = answers([{"kind": "points", "tape": data["tape"], "points": [[2, 3]]}])
    assert answer["runs"] == [[6, 3, 2, 0, 1, 0]]


def test_kinks_jumps_and_edges_of_a_domain():
    texts = ("abs(x - 1) + abs(y)", "sign(x - 1)*y", "sqrt(x) + y^0.3", "log(x) + 1/y", "x^ln(y)")
    points = [[1, 0], [0, 0], [1, -1], [-1, 2], [0, 1]]
    jobs = [{"kind": "points", "tape": described(t)["tape"], "points": points} for t in texts]
    for text, answer in zip(texts, answers(jobs), strict=True):
        f, x = function(text), np.array(points, float)
        assert_agree(answer["values"], f.value(x))
        assert_agree(answer["gradients"], f.gradient(x))


def test_what_is_no_number_travels_as_null():
    assert finite({"a": [np.inf, {"b": -np.inf}], "c": np.nan}) == {
        "a": [None, {"b": None}],
        "c": None,
    }
    tape = {"n": 1, "cells": 1, "numbers": [None], "ops": [], "outputs": [0, 1, 1]}
    [answer] = answers([{"kind": "points", "tape": tape, "points": [[2]]}])
    assert answer["runs"] == [[2, "NaN", "NaN"]]


def test_a_grid_has_rows_of_one_y():
    tape = described("x + 10*y")["tape"]
    xs, ys = np.arange(40.0), np.arange(50.0)  # more points than one block holds
    [found] = answers([{"kind": "grid", "tape": tape, "xs": [*xs], "ys": [*ys]}])
    assert np.array_equal(found, (xs + 10 * ys[:, None]).ravel())


def test_an_unknown_operation_is_refused():
    tape = {"n": 1, "cells": 2, "numbers": [], "ops": [["constructor", 1, 0]], "outputs": [1]}
    with pytest.raises(AssertionError, match="no operation constructor"):
        answers([{"kind": "points", "tape": tape, "points": [[1]]}])


DESCENTS = [  # formula, start, rate, steps
    ("lecture", (0, 0), 0.3, 50), ("lecture", (0, 0), 0.5, 300), ("lecture", (0, 0), 0.52, 400),
    ("himmelblau", (0, 0), 0.01, 200), ("rosenbrock", (-1.2, 1), 0.0015, 400),
    ("escape", (5,), 0.3, 100), ("ackley", (0, 0), 0.01, 10), ("booth", (-8, 6), 0.05, 150),
    ("x^4 + y^4", (2, 2), 0.3, 50), ("ln(x)", (1,), 0.1, 50), ("x^2 - y^2", (1, 0.1), 0.2, 200),
    ("1e6 + x^4 + y^2", (0.3, 1e-5), 0.5, 400), ("sqrt(x) + y^2", (1, 3), 4, 60),
]  # fmt: skip
HALF = 7.0
BESIDE = {  # rules of the page that are a rate or a search in Python
    "falling": lambda rate: {"rate": spusk.optim.inverse(rate, HALF)},
    "backtracking": lambda rate: {"rate": rate, "search": "armijo"},
}


def by_python(text, start, rate, steps, rule):
    """The same descent by spusk.descend."""
    how = BESIDE[rule](rate) if rule in BESIDE else {"rate": rate, "rule": rule}
    return spusk.descend(text, start, steps=steps, **how)


def test_descents_are_pythons():
    cases = [(*case, rule) for case in DESCENTS for rule in (*spusk.optim.rules.RULES, *BESIDE)]
    jobs = [
        {"kind": "descend", "tape": described(text)["tape"], "start": start,
         "options": {"rate": rate, "steps": steps, "rule": rule, "parameters": {"half": HALF}}}
        for text, start, rate, steps, rule in cases
    ]  # fmt: skip
    met = set()
    for (text, start, rate, steps, rule), answer in zip(cases, answers(jobs), strict=True):
        known = by_python(text, start, rate, steps, rule)
        assert (answer["outcome"], answer["step"]) == (known.outcome.key, known.step), (text, rule)
        for name, expected in (
            ("points", known.iterates.ravel()), ("values", known.values), ("norms", known.norms)
        ):  # fmt: skip
            found, first = numbers(answer[name]), np.abs(expected[0])
            np.testing.assert_allclose(found, expected, 1e-9, 1e-9 * (1 + first), err_msg=text)
        met.add(known.outcome.key)
    assert met == {
        "converged", "out_of_steps", "oscillating", "diverged", "not_finite", "stopped"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "parameters", "rule"),
    [("momentum", {"beta": 0.5}, lambda rate: spusk.optim.rules.Momentum(rate, 0.5)),
     ("nesterov", {"beta": 0.5}, lambda rate: spusk.optim.rules.Nesterov(rate, 0.5)),
     ("adam", {"beta1": 0.7, "beta2": 0.8, "epsilon": 0.1},
      lambda rate: spusk.optim.rules.Adam(rate, 0.7, 0.8, 0.1))],
)  # fmt: skip
def test_a_rules_parameters_count_and_its_steps_can_be_told_again(name, parameters, rule):
    tape = described("lecture")["tape"]
    options = {"rate": 0.1, "rule": name, "steps": 30, "parameters": parameters}
    [found] = answers([{"kind": "descend", "tape": tape, "start": [0, 0], "options": options}])
    known = spusk.descend("lecture", (0, 0), 0.1, 30, rule=rule)
    assert_agree(found["points"], known.iterates, 1e-9)
    job = {"kind": "replayed", "tape": tape, "points": found["points"], "options": options}
    told = answers([job | {"n": n} for n in (1, 2, 9)])
    method, f = rule(0.1), function("lecture")
    state = method.start(known.iterates[0])
    by_step = [state]
    for n, x in enumerate(known.iterates[:-1]):
        _, state = method.step(x, f.gradient(x), state, n)
        by_step.append(state)
    for n, step in zip((1, 2, 9), told, strict=True):
        assert_agree(step["slopes"], f.gradient(known.iterates[n - 1]), 1e-9)
        assert_agree([*step["before"].values()], np.array(by_step[n - 1]), 1e-9)
        assert_agree([*step["after"].values()], np.array(by_step[n]), 1e-9)


MAPS = [  # formula, rate, view
    ("himmelblau", 0.01, [[-4.0, 4.5], [-5.0, 5.0]]),  # converges everywhere
    ("three-hump-camel", 0.2, [[-5.0, 5.0], [-5.0, 5.0]]),  # runs away from the edges
    ("ln(x) + y^2 + x^2", 0.3, [[0.05, 4.0], [-4.0, 4.0]]),  # leaves the domain
    ("-(x^2 + y^2)^0.75", 100, [[-5.0, 5.0], [-4.0, 4.5]]),  # runs away, each in its own time
    ("ackley", 0.01, [[-1.0, 1.0], [-1.0, 1.0]]),  # the nonsmooth point itself is one of the starts
]


def test_basins_are_pythons():
    size = 41  # more than one block, an odd number: the middle is a start
    jobs, maps, seen = [], [], set()
    for text, rate, view in MAPS:
        data = described(text)
        maps.append(basins(text, rate, view, size, steps=200))
        minima = [{"x": x} for x in maps[-1].minima.tolist()]
        jobs += [
            {"kind": "basins", "tape": data["tape"], "minima": minima, "view": view, "size": size,
             "options": {"rate": rate, "steps": 200, "rows": rows}}
            for rows in ([0, 7], [7, size])
        ]  # fmt: skip
    found = answers(jobs)
    for known, low, high in zip(maps, found[::2], found[1::2], strict=True):
        away = np.isin(known.codes, [3, 4])  # diverged, not finite
        which = np.where(away, -2, known.index).ravel()
        assert np.array_equal(low["which"] + high["which"], which)
        assert np.array_equal(low["steps"] + high["steps"], known.steps.ravel())
        seen |= set(which.tolist())
    assert seen >= {-2, -1, 0, 1, 2, 3}


@pytest.mark.soak
def test_a_large_map_takes_less_than_a_second():
    data = described("himmelblau")
    job = {"kind": "basins", **{k: data[k] for k in ("tape", "minima", "view")}, "size": 512,
           "options": {"rate": 0.01, "steps": 200}}  # fmt: skip
    [found] = answers([job])
    assert found["seconds"] < 1
    assert -2 not in found["which"]


def test_a_gallery_entry_brings_its_scene():
    data = described(" Lecture ")
    assert data["name"] == "lecture"
    assert data["names"] == ["x1", "x2"]
    assert data["text"]["slopes"] == ["2·x1 − 10", "4·x2 − 20"]
    assert data["mathml"]["slopes"][1].startswith("<mrow>")
    assert data["minima"] == [{"x": [5, 5], "value": 0.0, "global": True}]
    assert (data["start"], data["rate"], data["bound"]) == ([0, 0], 0.3, 0.5)
    assert data["view"] == [[0, 10], [0, 10]]


@pytest.mark.parametrize("name", [n for n, e in GALLERY.items() if e.nonsmooth is None])
def test_a_typed_formula_gets_the_scene_that_the_gallery_knows(name):
    entry = GALLERY[name]
    data = described(entry.formula)
    assert data["name"] is None
    low, high = np.array(data["view"]).T
    found = [m["x"] for m in data["minima"]]
    for minimum in entry.minima:
        if (low <= minimum.x).all() and (minimum.x <= high).all():
            assert np.min(np.linalg.norm(np.subtract(found, minimum.x), axis=1)) < 1e-6
    best = [m["value"] for m in data["minima"] if m["global"]]
    assert max(best) <= min(m.value for m in entry.minima) + 1e-9  # a wider view may know a lower
    if entry.bound is not None and best:
        bounds = {entry.bound} | {2 / top for top in tops(entry)}
        assert min(abs(data["bound"] - b) for b in bounds) < 1e-6


def tops(entry):
    """λmax at each global minimum: it need not be the same at all of them."""
    f = function(entry.name)
    return [np.linalg.eigvalsh(f.hessian(m.x))[-1] for m in entry.minima if m.kind == "global"]


@pytest.mark.parametrize(
    ("text", "minima"),
    [
        ("(x - 20)^2 + y^2", [[20, 0]]),  # outside the usual view
        ("abs(x) + abs(y - 1)", [[0, 1]]),  # a kink
        ("x^3 - 3*x", [[1]]),
        ("x*y", []),
        ("1/x", []),  # a pole is no minimum
        ("cot(x)", []),
        ("sign(x)", []),
        ("exp(x)", []),
    ],
)
def test_minima_of_a_typed_formula(text, minima):
    data = described(text)
    assert len(data["minima"]) == len(minima)
    for minimum, known in zip(data["minima"], minima, strict=True):
        assert minimum["x"] == pytest.approx(known, abs=1e-7)


def test_a_minimum_above_other_values_is_local():
    assert [m["global"] for m in described("x^3 - 3*x")["minima"]] == [False]


@pytest.mark.parametrize("text", ["x^2 + 3*y^2", "x^3 - 3*x", "(x-20)^2 + y^2", "exp(x^2) + y^2"])
def test_the_first_descent_of_a_typed_formula_converges(text):
    data = described(text)
    assert spusk.descend(text, data["start"], data["rate"]).success


def test_without_a_minimum_the_first_descent_does_not_run_away():
    data = described("x*y")
    assert spusk.descend("x*y", data["start"], data["rate"], 500).outcome == "out of steps"


def test_it_is_strict_json(sources):
    assert json.loads(json.dumps(sources, allow_nan=False)) == sources


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x1 + x2 + x3", "draws one or two variables, found 3: x1, x2, x3"),
        ("sin(x", "missing bracket"),
        ("foo(x)", "unknown function 'foo'"),
        ("", "it is empty"),
        ("5", "a constant has no variables"),
    ],
)
def test_a_bad_formula_says_what_to_write(text, sentence):
    with pytest.raises(spusk.errors.InputError, match=sentence):
        described(text)
