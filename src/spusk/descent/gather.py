"""From many ends to minima: which of them each end belongs to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.descent.batch import Many
from spusk.functions.critical import known_minima, point_at
from spusk.functions.differences import Curved
from spusk.functions.minima import are_lowest
from spusk.functions.points import Point, PointKind
from spusk.optim.stopping import CODE, DescentOutcome

NEAR = 1e-3  # of the view: ends this close to each other are one minimum
MOST = 1000  # minima told apart
APART = 2.0  # spaces between starts: ends of one valley lie in cells so wide that touch
FINEST = 1 / 64  # of the view: the least width of such a cell
STRAY = 0.01  # of the ends: so few beside a valley that are as low are far ends of it
Gathered = tuple[NDArray[Any], tuple[PointKind, ...], NDArray[np.int64]]


def gather(f: Any, many: Many, box: NDArray[np.float64]) -> Gathered:  # noqa: ANN401
    """The minima (M, n), known ones first, what each is, and each end's place (−1: none).

    Ends that converged beside no known minimum are gathered at the critical point that they came
    to, a whole valley at one of its points; those at no minimum, a saddle say, belong to none.
    """
    near = NEAR * float((box[:, 1] - box[:, 0]).max())
    ends = many.x.reshape(-1, f.n)
    index = np.full(len(ends), -1)
    settled = np.flatnonzero(many.codes.reshape(-1) == CODE[DescentOutcome.CONVERGED])
    minima = known_minima(f)
    kinds = [PointKind.MINIMUM] * len(minima)
    for place, minimum in enumerate(minima):
        index[settled[close(ends[settled], minimum, near)]] = place
    left = settled[index[settled] < 0]
    while len(left) and len(minima) < MOST:
        point = end_point(f, ends[left[0]].astype(np.float64))
        here = close(ends[left], ends[left[0]], near)
        here[0] = True  # whatever its rounding: it is looked at once
        if point.is_minimum:
            here |= close(ends[left], point.x, near)
            if point.kind is PointKind.VALLEY:
                here |= along(ends[left], level(f, ends[left], point), point, box)
            place = place_of(point, minima, near)
            index[left[here]] = place
            if place == len(minima):
                minima.append(point.x)
                kinds.append(point.kind)
        left = left[~here]
    return np.array(minima, np.float64).reshape(-1, f.n), tuple(kinds), index


def end_point(f: Any, end: NDArray[np.float64]) -> Point:  # noqa: ANN401
    """What an end is; without a Hessian to tell, a minimum."""
    return point_at(f if hasattr(f, "hessian") else Curved(f), end)


def level(f: Any, ends: NDArray[Any], point: Point) -> NDArray[np.bool_]:  # noqa: ANN401
    """Which ends (K, n) lie as low as a point of a valley: they are in it."""
    least = float(f.value(point.x))
    values = np.asarray(f.value(ends))
    return are_lowest(values, least) & (values >= least - (1 + abs(least)) * 1e-6)


def along(
    ends: NDArray[Any], low: NDArray[np.bool_], point: Point, box: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which of the ends (K, n) that are as low as a point of a valley hang together with it.

    Two valleys of one height are two: between their ends there are cells without any.
    """
    view = float((box[:, 1] - box[:, 0]).max())
    width = view * max(FINEST, APART / len(ends) ** (1 / len(box)))
    cells = np.floor((ends[low] - point.x) / width + 0.5).astype(np.int64)  # (L, n)
    places, which = np.unique(cells, axis=0, return_inverse=True)
    met = np.abs(places).max(axis=1, initial=0) <= 1
    waiting = list(places[met])
    while waiting:
        beside = (np.abs(places - waiting.pop()).max(axis=1) <= 1) & ~met
        met |= beside
        waiting.extend(places[beside])
    together = low.copy()
    together[low] = met[which.reshape(-1)]
    return together if np.sum(low & ~together) > STRAY * len(ends) else low


def place_of(point: Point, minima: list[NDArray[np.float64]], near: float) -> int:
    """The place among the minima of the one that this is; that of a new one."""
    gaps = [float(np.linalg.norm(point.x - minimum)) for minimum in minima]
    close_ones = [place for place, gap in enumerate(gaps) if gap <= near]
    return close_ones[0] if close_ones else len(minima)


def close(ends: NDArray[Any], place: NDArray[Any], near: float) -> NDArray[np.bool_]:
    """Which ends lie within `near` of a place."""
    gap = ends[:, 0] - place[0]
    square = gap * gap
    for k in range(1, len(place)):
        gap = ends[:, k] - place[k]
        square += gap * gap
    return np.asarray(square <= near * near)
