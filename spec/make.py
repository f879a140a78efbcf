"""Writes the conformance vectors of this folder from the reference: `python spec/make.py`.

The cases stand here, the answers are what Python's reference gives. README.md says what each file
holds and who runs it.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, product
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

import spusk
from spusk.engines.reference import Reference
from spusk.functions import function
from spusk.functions.gallery import GALLERY, Entry
from spusk.lab.formulas.describe import rows as tape_rows
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.optim.rules import RULES

HERE = Path(__file__).parent
Row = dict[str, Any]


def descents() -> list[Row]:
    """Rows of descents.json, without those that a nudge of the start turns into others."""
    rows = (
        (case, descended(case))
        for case in chain(of_the_gallery(), ends(), places(), kinds(), edges(), ways())
    )
    return [case | answer for case, answer in rows if is_stable(case, answer)]


def of_the_gallery() -> Iterator[Row]:
    """Every function: from its own start, and near its best minimum on both sides of bounds."""
    for entry in GALLERY.values():
        top = 2 / (entry.bound or 0.05)
        yield case(entry.name, entry.start, entry.rate, steps=200)
        yield case(entry.name, entry.start, 1, "armijo", 60)
        yield case(entry.name, entry.start, 0.1, "adam", 120)
        for rule in ("plain", "momentum", "nesterov"):
            bound = RULES[rule](1.0).bound(top) or 0.0
            for share, steps in ((0.4, 150), (0.9, 150), (1.06, 100), (1.06, 6)):
                yield case(entry.name, beside(entry), share * bound, rule, steps)


def beside(entry: Entry) -> list[float]:
    """A point a hundredth of the view from the best minimum."""
    minimum = zip(entry.minima[0].x, entry.view, strict=True)
    return [x + 0.01 * (high - low) for x, (low, high) in minimum]


def ends() -> Iterator[Row]:
    """Every end of a descent, in one variable and in two."""
    yield case("x^2", [1], 0.1, tolerance=1e-2)
    yield case("x^2", [1], 1, steps=50)  # a cycle of two points at the very bound
    yield case("x^2", [1], 1.1)  # diverges
    yield case("x^2", [1], 0.01, steps=20)  # out of steps
    yield case("x^2", [1], 0.5, steps=0)
    yield case("x^2", [0], 0.5)  # begins where it ends
    yield case("x^2 + 3*y^2", [1, 1], 1 / 3, steps=40)
    yield case("x^2 + 3*y^2", [0, 1], 0.36)
    yield case("x^4 - 3*x^2 + x", [2], 0.08, steps=300)
    yield case("x^4 - 3*x^2 + x", [2], 0.12, steps=300)
    yield case("x^4 - 3*x^2 + x", [0.2], 0.001, steps=100)
    yield case("x^3 - 3*x", [0.5], 0.2)
    yield case("x^3 - 3*x", [0.5], 2)  # runs away to −∞: the end means nothing
    yield case("x^3", [-1], 0.1)  # no minimum at all
    yield case("log(x)", [1], 0.1)  # leaves the domain
    yield case("sqrt(x) + y^2", [1, 3], 4, steps=60)
    yield case("x - log(x)", [3], 0.5)
    yield case("x - log(x)", [0.2], 1)
    yield case("exp(x) + exp(-x) + y^2", [1, 1], 1, steps=300)
    yield case("x - 5*sign(x)", [1e-25], 1, "armijo")  # the search finds no decrease
    yield case("x^4 - 3*x^2 + x", [6], 0.1)  # below the bound, but f curves more on the way
    yield case("abs(x) + abs(y)", [1, 0.3], 0.3, steps=200)
    yield case("x^2 + y^2 + cos(3*x)*cos(3*y)", [0.6, -1.1], 0.05)
    yield case("2*x^2 + y^2/100", [1, 5], 0.49, steps=300)
    yield case("2*x^2 + y^2/100", [1, 5], 0.02, "momentum", 300)
    yield case("2*x^2 + y^2/100", [1, 5], 0.02, "nesterov", 300)
    yield case("2*x^2 + y^2/100", [1, 5], 0.5, "adam", 300)
    yield case("2*x^2 + y^2/100", [1, 5], 0.5, "adamw", 300)


def places() -> Iterator[Row]:
    """Ends that differ from the best point met, or that are no minimum."""
    yield case("trap", [4.1], 0.23, steps=300)  # through the sharp minimum into the flat one
    yield case("trap", [3.2], 0.05)
    yield case("trap", [3.2], 0.065, steps=400)  # just past the sharp bound
    yield case("trap", [3.05], 0.0645, steps=400)
    yield case("trap", [-3], 9.9, steps=300)
    yield case("trap", [-0.3], 10.05, steps=200)
    yield case("escape", [5], 0.03)
    yield case("escape", [5], 0.3, steps=300)
    yield case("escape", [3.1], 0.2, steps=300)
    yield case("escape", [3.1], 0.25, steps=300)
    yield case("escape", [-2], 3)
    yield case("six-hump-camel", [0, 0], 0.1)  # a saddle is no minimum
    yield case("himmelblau", [-0.270845, -0.923039], 0.1, tolerance=1e-2)  # a maximum neither
    yield case("ackley", [0, 0], 0.01)
    yield case("ackley", [2.1, 1.9], 0.01)  # a smooth minimum that the gallery does not name
    yield case("ackley", [2.1, 1.9], 0.01, steps=3)
    yield case("rastrigin", [2.1, -1.1], 0.004)
    yield case("-exp(-x^2)", [5], 0.1)  # a plateau
    yield case("cos(x)", [0.3], 0.01, steps=20)  # where f curves down, Newton goes downhill
    yield case("cos(x) + y^2", [0.3, 0.5], 0.01, steps=20)
    yield case("styblinski-tang", [0.1, 4], 0.02, steps=5)
    yield case("styblinski-tang", [2, 2], 0.05, steps=300)
    yield case("three-hump-camel", [1.9, -0.9], 0.05)
    yield case("mccormick", [3, 2], 0.2)


def kinds() -> Iterator[Row]:
    """Every kind of point at which a descent may come to rest, or to which it may lead."""
    yield case("x^2 - y^2", [1, 0], 0.1)
    yield case("x^2 - y^2", [1, 0], 0.1, steps=5)
    yield case("x^2 - x*y", [0, 5], 0.01, steps=300)
    yield case("cos(x) + cos(y)", [0, 0], 0.1)
    yield case("x^3", [1], 0.1, steps=6000)
    yield case("x^3 - 4", [1], 0.01)
    yield case("x^3 - 3*x*y^2", [0, 0], 0.1)  # a monkey's saddle
    yield case("(y - x^2)*(y - 3*x^2)", [0, 0], 0.1)  # it rises along every straight line
    yield case("x^4", [0.5], 0.1)
    yield case("x^4 + y^4", [0.5, 0.2], 0.1)
    yield case("-x^4", [0], 0.1)
    yield case("(x + y)^2", [1, 2], 0.1)
    yield case("(x*y - 1)^2", [3, 2], 0.01)
    yield case("x^2*y^2", [1, 1], 0.1)
    yield case("x^2*(y - 1)^2", [1, 2], 0.1)  # two valleys cross
    yield case("(x*y)^4", [0, 0], 0.1)
    yield case("(y - x^2)^4", [0, 0], 0.1)  # a bent one
    yield case("(y - x^2)^4 + x^8", [0, 0], 0.1)  # and a minimum in it
    yield case("(x^2 - y^3)^2", [0.3, 0.3], 0.1)
    yield case("abs(x)", [1], 0.3)
    yield case("abs(x)", [0], 0.3)
    yield case("abs(x) - y^2", [0, 0], 0.3)
    yield case("sqrt(x^2 + y^2)", [0, 0], 0.1)
    yield case("sqrt(x^2 + y^2)", [1, 1], 0.3)
    yield case("exp(-x)", [0], 0.1)
    yield case("exp(-x)", [14], 0.1)
    yield case("1/(1 + x^2)", [1], 0.5, steps=100)
    yield case("2*x + 3", [0], 0.1, steps=50)
    yield case("-x^2", [1], 0.1)
    yield case("-cos(x)*cos(y)*exp(-(x - pi)^2 - (y - pi)^2)", [10, 10], 0.1)
    yield case("1e5/x^12 - 40/x^6", [20], 100)
    yield case("sign(x)^2 + x - x", [2], 0.1)  # the same all around
    yield case("x^2 + 1e12*y^2", [1, 1], 9e-13)  # the least of its eigenvalues is no rounding
    yield case("tanh(x)", [0], 1)  # its slope runs out in rounding
    yield case("-exp(x)", [0], 0.1)
    yield case("x^12", [0.5], 0.1)
    yield case("x^4 - 4*x^3 + 6*x^2 - 4*x + 1", [2], 0.01)  # (x − 1)⁴, and rounding
    yield case("-exp(-x^2)", [30], 0.1)  # all of it is 0 in float64
    yield case("1e-8*x^2", [1], 0.1)  # the tolerance ends it, far from its minimum
    yield case("abs(x)^1.5", [1], 0.1)
    yield case("(x^4 + y^4)^0.5", [1, 1], 0.1)  # no Hessian, and no jump
    yield case("lecture", [0, 0], 0.52, steps=50)  # each step is longer, nothing is far yet
    yield case("lecture", [0, 0], 0.52, steps=6)
    yield case("lecture", [5, 5], 0.3)
    yield case("rosenbrock", [-1, 1], 0.002, "momentum", 2000)  # in loops


def edges() -> Iterator[Row]:
    """Ways to where f ends."""
    yield case("log(x)", [1], 0.1, steps=3)  # f falls without end towards the edge
    yield case("log(x) + y^2", [1, 1], 0.1)
    yield case("log(x^2 + 4*y^2)", [1, 1], 0.01, steps=20)
    yield case("-1/x^2", [1], 0.1, steps=3)
    yield case("-1/abs(x)", [1], 0.1, steps=3)
    yield case("tan(x)", [0], 0.1, steps=3)
    yield case("x^0.1", [1], 0.1)  # and here it does not
    yield case("x*log(x)", [0], 0.1)  # a value, but no slope
    yield case("x*log(x) + y^2", [0, 1], 0.1)


def ways() -> Iterator[Row]:
    """Where two programs that round differently might go different ways."""
    yield case("x^2 + y^4", [1, 1], 0.1)  # the small eigenvalue leads, not its rounding
    yield case("exp(-x) + y^2", [0, 1], 0.1)
    yield case("x*y", [1, 1], 0.01)  # by symmetry to the saddle
    yield case("x^4 + y^4 - 4*x*y + 1", [-1, 1], 0.3)
    yield case("abs(x)*abs(y)", [1, 1], 0.3)
    yield case("-exp(x)", [-3], 0.1)  # ever more steeply, before it has gone far
    yield case("x^4 - y^4", [1, 1e-9], 0.1)
    yield case("tanh(x)", [0], 0.3)  # to where nothing but rounding is left of its slope
    yield case("abs(x) - abs(y)", [0, 0], 0.1)
    yield case("x + 5*abs(y)", [1, 0], 0.1, steps=30)
    yield case("x*abs(x)^0.5", [1], 0.1, steps=100)


def case(
    f: str, start: Iterable[float], rate: float, rule: str = "plain", steps: int = 1000,
    tolerance: float = 1e-6,
) -> Row:  # fmt: skip
    """The question of a row; numbers that can be read."""
    start = [float(f"{x:.4g}") for x in start]
    return {"f": f, "start": start, "rate": float(f"{rate:.4g}"), "rule": rule, "steps": steps,
            "tolerance": tolerance}  # fmt: skip


def descended(case: Row, nudge: float = 0.0) -> Row:
    """The reference's answer to a case; `nudge` moves its start and rate by so much of them."""
    rule, search = (case["rule"], None) if case["rule"] != "armijo" else ("plain", "armijo")
    start, rate = np.array(case["start"]) * (1 + nudge), case["rate"] * (1 + nudge)
    result = spusk.descend(
        case["f"], start, rate, case["steps"], case["tolerance"], rule=rule, search=search
    )
    told = result.explanation
    minimum = None if told.minimum is None else told.minimum.tolist()
    answer = {"outcome": result.outcome.key, "step": result.step, "end": result.x.tolist(),
              "value": result.fun, "kind": told.kind, "level": told.level, "did": told.did,
              "minimum": minimum, "bound": told.bound, "fastest": told.fastest}  # fmt: skip
    return {key: rounded(value) for key, value in answer.items()}


def rounded(value: Any) -> Any:  # noqa: ANN401
    """Twelve digits: what follows is the rounding of one machine."""
    if isinstance(value, list):
        return [rounded(part) for part in value]
    if not isinstance(value, float):
        return value
    return 0.0 if abs(value) < 1e-12 else float(f"{value:.12g}")


def is_stable(case: Row, answer: Row) -> bool:
    """Whether a nudge of the case changes no word of the answer and no number by more than 1e-9.

    Elsewhere another rounding of exp or cos decides, and nobody's answer is the right one.
    """
    return all(is_same(answer, descended(case, nudge)) for nudge in (1e-13, -1e-13))


def is_same(one: Any, other: Any) -> bool:  # noqa: ANN401
    if isinstance(one, dict):
        return all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return all(map(is_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, 1e-9, 1e-9, equal_nan=True))
    return bool(one == other)


TAPES = (
    *GALLERY,
    "x", "-x + 2", "x*y", "x - x", "1/x", "1/(1 + x^2)", "x1*x2 - x1/x2 + 3", "sqrt(x) + y^0.3",
    "exp(-x^2/9)*sin(3*x)", "log(x + 2) + y^2", "abs(x - 1) + abs(y)", "sign(x)*x^2", "x^y",
    "cos(x)*tan(y/4)", "asin(x/6) + acos(y/6)", "atan(x*y)", "sinh(x/2) - cosh(y/3)",
    "tanh(x - y)", "x^7 - x^13/1000000", "log(x)/y^3", "exp(exp(x))", "sqrt(x^2 + 1) - y",
)  # fmt: skip


def tapes() -> list[Row]:
    """Rows of tapes.json."""
    rows = []
    for text in TAPES:
        f = function(text)
        x = np.array(list(points(f.n, GALLERY.get(text))))
        with np.errstate(all="ignore"):
            value, slopes, hessian = f.value(x), f.gradient(x), f.hessian(x)
        answers = {"values": value, "gradients": slopes, "hessians": hessian.reshape(len(x), -1)}
        row = {"f": text, "tape": tape_rows(f), "points": x.tolist()}
        rows.append(row | {name: answer.tolist() for name, answer in answers.items()})
    return rows


def points(n: int, entry: Entry | None) -> Iterator[list[float]]:
    """Some in the view, then zero, edges of domains, what overflows, and what is no number."""
    view = entry.view if entry else ((-3.0, 3.0),) * n
    low, high = np.array(view).T
    yield from np.round(np.random.default_rng(n).uniform(low, high, (3, n)), 3).tolist()
    if entry:
        yield list(entry.minima[0].x)
    else:  # where many terms overflow, their order decides
        yield [1e200, -1e120][:n]
    yield from ([x] * n for x in (0.0, 1.0, np.inf, np.nan))
    if n == 2:
        yield from ([1.0, 0.0], [0.0, -1.0], [-np.inf, 2.0], [1.0, np.nan])


def training_steps() -> list[Row]:
    """Rows of training_steps.json: every activation × output × loss, then other shapes."""
    activations = [name for name, sigma in ACTIVATIONS.items() if not sigma.coupled]
    outputs = [
        (output, loss)
        for loss, kind in LOSSES.items()
        for output in ACTIVATIONS
        if output in (kind.cancels or ACTIVATIONS)
    ]
    rows = [trained([3, 4, 2], hidden, *last) for hidden, last in product(activations, outputs)]
    for output, loss in outputs:
        rows.append(trained([5, 3], "sigmoid", output, loss))  # no hidden layer
        rows.append(trained([2, 5, 3, 4, 1], "tanh", output, loss, count=1))
    rows.append(trained([9, 17, 5], "sigmoid", "sigmoid", "squared", count=7))
    rows.append(trained([9, 17, 5], "relu", "sigmoid", "cross-entropy", count=3))
    for loss in ("squared", "categorical-cross-entropy"):  # more outputs than a narrow layer has
        rows.append(trained([5, 4, 37], "tanh", "softmax", loss, count=3))
    rows.append(trained([3, 4, 2], "relu", "identity", "squared", scale=0))  # σ′(0) = 0
    for loss in ("squared", "cross-entropy"):  # σ is 0 or 1 to the last bit; ln 0 is infinite
        rows.append(trained([1, 1], "sigmoid", "sigmoid", loss, count=8, scale=512))
    return rows


def trained(
    sizes: list[int], activation: str, output: str, loss: str, *, count: int = 4, scale: float = 1
) -> Row:
    """One step of L11 on a whole set, in float64; what goes in is exact in float32 too."""
    rng = np.random.default_rng(len(sizes) + count)
    net = Network(sizes, activation=activation, output=output, error=loss, dtype=np.float64)
    net.theta[:] = scale * rng.integers(-64, 65, net.theta.size) / 64
    x = rng.integers(-8, 9, (count, sizes[0])) / 8
    V = spusk.Sample(x, y=rng.integers(0, 5, (count, sizes[-1])) / 4)
    row = {"sizes": sizes, "activation": activation, "output": output, "loss": loss, "rate": 0.5,
           "x": V.x.tolist(), "y": V.y.tolist(), "theta": net.theta.tolist()}  # fmt: skip
    row |= {"cost": net.cost(V), "gradient": net.gradients(V).theta.tolist()}
    Reference().open(net, V, count).steps(np.arange(count), 0, 1, row["rate"])
    return row | {"after": net.theta.tolist()}


def write(name: str, rows: list[Row]) -> None:
    """Strict JSON, a row on each line; NaN and infinities as JavaScript's words."""
    lines = ",\n".join(json.dumps(worded(row), ensure_ascii=False, allow_nan=False) for row in rows)
    (HERE / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{name}: {len(rows)} rows, {(HERE / name).stat().st_size} bytes")


def worded(data: Any) -> Any:  # noqa: ANN401
    """The same data with words in place of NaN and infinities."""
    if isinstance(data, dict):
        return {key: worded(value) for key, value in data.items()}
    if isinstance(data, list):
        return [worded(value) for value in data]
    if isinstance(data, float) and not isfinite(data):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(data)]
    return data


if __name__ == "__main__":
    write("descents.json", descents())
    write("tapes.json", tapes())
    write("training_steps.json", training_steps())
