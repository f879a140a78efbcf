"""A formula as the page needs it: its tape for f, ∇f and the Hessian, and a scene to begin with."""

from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.descent import descend_many
from spusk.errors import InputError
from spusk.functions import Function, function
from spusk.functions.critical import stable_rate
from spusk.functions.gallery import Entry
from spusk.functions.minima import are_lowest, minima
from spusk.optim.stopping import CODE, DescentOutcome

Floats = NDArray[np.float64]
VIEW = 5.0  # a new formula is looked at from −5 to 5
OFF_CENTRE = (0.15, 0.8)  # of the view: where its descent starts
CALM = 0.3  # of the bound: neither a crawl nor a leap
STARTS, HALVINGS, TRIED = 8, 12, 500  # starts, rates and steps that are tried for a descent


class Scene(NamedTuple):
    """What one sees first: the box, the minima (x, value, whether global), start and rate."""

    view: list[list[float]]
    minima: list[dict[str, Any]]
    start: list[float]
    rate: float
    bound: float | None


def described(text: str) -> dict[str, Any]:
    """A formula or a gallery's name as plain data for JSON: words, mathematics, tape, scene.

    FormulaError: a text that is no function. InputError: more than two variables.
    """
    f = function(text)
    if f.n > 2:
        raise InputError.keyed("lab.three_variables", n=f.n, names=", ".join(f.names))
    if f.symbolic is not None and f.symbolic.heavy:
        raise InputError.keyed("lab.long_curvatures")
    plain, marks = f.formulas("text"), f.formulas("mathml")
    scene = gallery_scene(f.entry) if f.entry else new_scene(f)
    data: dict[str, Any] = {
        "name": f.name or None,
        "formula": f.entry.formula if f.entry else text.strip(),
        "names": list(f.names),
        "text": {"f": plain.f, "slopes": list(plain.gradient)},
        "mathml": {"f": marks.f, "slopes": list(marks.gradient)},
        "tape": rows(f),
        **scene._asdict(),
    }
    return finite(data)  # type: ignore[no-any-return]


def gallery_scene(entry: Entry) -> Scene:
    """The gallery's own scene."""
    points = [{"x": list(m.x), "value": m.value, "global": m.kind == "global"}
              for m in entry.minima]  # fmt: skip
    view = [list(side) for side in entry.view]
    return Scene(view, points, list(entry.start), entry.rate, entry.bound)


def new_scene(f: Function) -> Scene:
    """A scene for a formula nobody has seen before."""
    box = np.tile([-VIEW, VIEW], (f.n, 1))
    places = minima(f, box)
    if places and not (abs(places[0]) <= VIEW).all():  # it lies outside: look there
        box = places[0][:, None] + box
        places = minima(f, box)
    values = [float(f.value(x)) for x in places]
    least = min([*values, lowest_seen(f, box)])
    best = are_lowest(np.array(values), least).tolist()
    points = [
        {"x": x.tolist(), "value": v, "global": lowest}
        for x, v, lowest in zip(places, values, best, strict=True)
    ]
    bound = stable_rate(f, places[0]) if places else None
    start, rate = beginning(f, box, bound)
    return Scene(box.tolist(), points, start.tolist(), rate, bound)


def lowest_seen(f: Function, box: Floats) -> float:
    """The least value on a coarse grid: f may fall below all its minima."""
    axes = [np.linspace(low, high, 33) for low, high in box]
    values = f.value(np.stack(np.meshgrid(*axes), axis=-1))
    return float(np.min(values, where=np.isfinite(values), initial=np.inf))


def beginning(f: Function, box: Floats, limit: float | None) -> tuple[Floats, float]:
    """A start off the centre and a rate with which it settles, or at least does not run away."""
    shares = np.vstack([OFF_CENTRE[: f.n], np.random.default_rng(0).uniform(0.05, 0.95, (50, f.n))])
    points = box[:, 0] + shares * (box[:, 1] - box[:, 0])
    value, slopes = f.value_and_gradient(points)
    good = np.isfinite(value) & np.isfinite(slopes).all(axis=-1) & (slopes != 0).any(axis=-1)
    starts = points[good][:STARTS] if good.any() else points[:1]
    first = CALM * limit if limit is not None and isfinite(limit) else 0.1
    rates = first * 0.5 ** np.arange(HALVINGS)
    codes = descend_many(f, starts, rates, TRIED).codes
    ends = [codes == CODE[DescentOutcome.CONVERGED], codes == CODE[DescentOutcome.OUT_OF_STEPS]]
    for reached in ends:
        if reached.any():
            start = int(np.argmax(reached.any(axis=0)))
            return starts[start], float(rates[int(np.argmax(reached[:, start]))])
    return starts[0], first


def rows(f: Function) -> dict[str, Any]:
    """The tape of f, ∇f and the Hessian's upper triangle, for a reader that knows one number type.

    A browser cannot tell the cell 2 from the constant 2.0, so constants become cells of their
    own: cell `cells` + k holds `numbers[k]`.
    """
    from spusk.functions.writer import real, tape

    symbolic = f.symbolic
    assert symbolic is not None  # a text always gives one
    upper = [symbolic.curvatures[i][j] for i in range(f.n) for j in range(i, f.n)]
    trees = [symbolic.expression, *symbolic.slopes, *upper]
    made = tape(symbolic.symbols, [real(tree) for tree in trees])
    numbers: dict[str, int] = {}

    def cell(operand: float) -> int:
        if isinstance(operand, int):
            return operand
        return made.cells + numbers.setdefault(repr(operand), len(numbers))

    ops = [[op, target, *map(cell, operands)] for op, target, operands in made.ops]
    outputs = [cell(operand) for operand in made.outputs]
    return {
        "n": f.n, "cells": made.cells, "numbers": [float(number) for number in numbers],
        "ops": ops, "outputs": outputs,
        "nonsmooth": list(f.nonsmooth) if f.nonsmooth else None,
    }  # fmt: skip


def finite(data: Any) -> Any:  # noqa: ANN401
    """The same data with None in place of NaN and infinities."""
    if isinstance(data, dict):
        return {key: finite(value) for key, value in data.items()}
    if isinstance(data, list):
        return [finite(value) for value in data]
    return None if isinstance(data, float) and not isfinite(data) else data
