"""spec/descents.json: Python, its many starts at once, the page, and a textbook agree."""

from collections import Counter, defaultdict
from functools import cache

import numpy as np
import pytest
import sympy

import spusk
from spusk.descent import DescentOutcome, descend_many
from spusk.descent.batch import gradient_of
from spusk.engines import native
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.functions.points import PointKind
from spusk.lab.formulas.describe import described
from spusk.optim.rules import RULES
from spusk.optim.stopping import OUTCOMES
from tests.lab.modules import answers
from tests.spec.vectors import by_sympy, close, numbers, rows

ROWS = rows("descents.json")
WORDS = ("outcome", "step", "kind", "level", "did")
NUMBERS = ("end", "value", "minimum", "bound", "fastest")
TOLERANCE = 1e-8  # what a nudge of 1e-13 may become is 1e-9
FACTOR = {"plain": 2.0, "momentum": 3.8, "nesterov": 3.8 / 2.8}  # bound · λmax with β = 0.9


@cache
def known(text):
    return function(text)


def assert_same(row, answer):
    for word in WORDS:
        assert answer[word] == row[word], (word, answer, row)
    for name in NUMBERS:
        assert close(answer[name], row[name], TOLERANCE), (name, answer, row)


def test_python():
    for row in ROWS:
        rule, search = (row["rule"], None) if row["rule"] in RULES else ("plain", row["rule"])
        result = spusk.descend(
            known(row["f"]), row["start"], row["rate"], row["steps"], row["tolerance"],
            rule=rule, search=search, record="last",
        )  # fmt: skip
        told = result.explanation
        answer = {
            name: getattr(told, name)
            for name in ("kind", "level", "did", "minimum", "bound", "fastest")
        }
        answer |= {"outcome": result.outcome.key, "step": result.step}
        assert_same(row, answer | {"end": result.x, "value": result.fun})


def test_the_page():
    scenes = {text: described(text) for text in {row["f"] for row in ROWS}}
    jobs = []
    for row in ROWS:
        data = scenes[row["f"]]
        rule = "backtracking" if row["rule"] == "armijo" else row["rule"]
        options = {key: row[key] for key in ("rate", "steps", "tolerance")} | {"rule": rule}
        minima = data["minima"] if data["name"] else []
        jobs.append({"kind": "explained", "tape": data["tape"], "start": row["start"],
                     "options": options, "known": minima})  # fmt: skip
    for row, answer in zip(ROWS, answers(jobs), strict=True):
        assert_same(row, answer)


def test_many_starts_at_once():
    """Where a cycle is not told from slowness; polynomials go by the native walker."""
    groups = defaultdict(list)
    for row in (row for row in ROWS if row["rule"] in RULES):
        groups[row["f"], row["rule"], row["steps"], row["tolerance"]].append(row)
    walked = 0
    for (text, rule, steps, tolerance), group in groups.items():
        starts, rates = ([row[key] for row in group] for key in ("start", "rate"))
        many = descend_many(known(text), starts, rates, steps, tolerance, rule=rule)
        for k, row in enumerate(group):  # the k-th start by the k-th rate
            told = {row["outcome"], row["outcome"].replace("oscillating", "out_of_steps")}
            told |= {"out_of_steps"} if row["step"] == steps else set()  # nor is growth from it
            assert OUTCOMES[many.codes[k, k]].key in told, row
            assert many.steps[k, k] == row["step"], row
            assert close(many.x[k, k], row["end"], TOLERANCE), row
        walked += len(group) * (rule == "plain" and is_walked(text))
    assert walked >= 40 or not native.available()


@cache
def is_walked(text):
    return getattr(gradient_of(known(text)), "walker", None) is not None


@cache
def computed(text):
    """SymPy's ∇f and Hessian as code."""
    variables, _, slopes, hessian = by_sympy(text)
    return [sympy.lambdify(variables, trees, "numpy") for trees in (slopes, hessian)]


def by_textbook(row, slopes):
    """The last iterate, by other forms of the same rules."""
    beta, eta = 0.9, row["rate"]
    x = before = np.array(row["start"])
    met = np.empty((row["step"], len(x)))
    for n in range(row["step"]):
        met[n] = g = np.array(slopes(*x), float)
        match row["rule"]:
            case "plain":
                x = x - eta * g
            case "momentum":  # Polyak's own: the last move again, times β
                x, before = x - eta * g + beta * (x - before), x
            case "nesterov":  # a step, then beyond it by β of how far the steps' ends moved
                end = x - eta * g
                x, before = end + beta * (end - (before if n else x)), end
            case "adam" | "adamw" as rule:  # weighted means of what was met
                first, second = (b ** np.arange(n, -1, -1) for b in (0.9, 0.999))
                mean = np.average(met[: n + 1], 0, first)
                x = x * (1 - (rule == "adamw") * eta * 0.01)
                x = x - eta * mean / (np.sqrt(np.average(met[: n + 1] ** 2, 0, second)) + 1e-8)
    return x


def test_a_textbook_goes_the_same_way():
    checked = Counter()
    for row in (row for row in ROWS if row["rule"] in RULES):
        if not np.isfinite(numbers(row["end"])).all():
            continue
        ends = by_textbook(row, computed(row["f"])[0])
        assert close(ends, row["end"], TOLERANCE), row
        checked[row["rule"]] += 1
    assert set(checked) == set(RULES)


def test_minima_and_bounds_are_sympys():
    for row in (row for row in ROWS if row["fastest"] is not None):
        variables, _, slopes, _ = by_sympy(row["f"])
        at = dict(zip(variables, row["minimum"], strict=True))
        curved = computed(row["f"])[1](*row["minimum"])
        low, *_, top = (*np.linalg.eigvalsh(np.array(curved, float)),) * 2
        assert low > 0 or row["kind"] == "valley", row
        low = low if row["kind"] == "minimum" or len(variables) == 1 else top  # 0 moves nothing
        assert all(abs(slope.evalf(30, subs=at)) < 1e-10 * (1 + top) for slope in slopes), row
        if row["rule"] in FACTOR:
            assert row["bound"] == pytest.approx(FACTOR[row["rule"]] / top, rel=1e-9)
        if row["rule"] == "plain":
            assert row["fastest"] == pytest.approx(2 / (low + top), rel=1e-9)
        if row["outcome"] == "converged":
            assert close(row["end"], row["minimum"], 1e-2), "not where it converged"


def test_every_kind_of_end_is_there():
    outcomes = {row["outcome"] for row in ROWS}
    assert outcomes == {outcome.key for outcome in DescentOutcome}
    assert {row["f"] for row in ROWS} >= set(GALLERY)
    assert {row["rule"] for row in ROWS} == {*RULES, "armijo"}
    assert {(row["outcome"], len(row["start"])) for row in ROWS} >= {
        (outcome, n) for outcome in outcomes - {"stopped"} for n in (1, 2)
    }
    sided = ("out_of_steps", "oscillating", "diverged")
    unknown = {PointKind.UNTOLD}  # nothing is that has a Hessian
    assert {row["kind"] for row in ROWS} == {str(kind) for kind in set(PointKind) - unknown}
    assert {row["did"] for row in ROWS} >= outcomes | {
        "converged_zigzag", "converged_against", "converged_at_once", "diverged_growing",
        *(f"{outcome}_{side}" for outcome in sided for side in ("below", "past")),
    }  # fmt: skip
    sides = {(row["f"], row["rule"], row["rate"] < row["bound"]) for row in ROWS if row["bound"]}
    for name in (name for name, entry in GALLERY.items() if entry.bound):
        assert sides >= {(name, rule, side) for rule in FACTOR for side in (True, False)}, name
