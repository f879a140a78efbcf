"""Escape from local minima, measured: where many starts end, rate by rate (lecture, L5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.descent.basin_maps import land, view_of
from spusk.descent.batch import descend_many, points
from spusk.descent.minimize import surface_of
from spusk.display import Shown
from spusk.errors import InputError, RateError
from spusk.i18n import say
from spusk.optim.rules import Rule
from spusk.optim.schedules import Rate
from spusk.optim.stopping import CODE, DescentOutcome

Z95 = 1.959963984540054


class Row(NamedTuple):
    """One rate: shares of the starts, which sum to 1, and the 95 % interval of the global one."""

    rate: float
    share_global: float
    low: float
    high: float
    share_local: float
    unsettled: float
    diverged: float


@dataclass(eq=False)
class Escape(Shown):
    """A Row per rate; and the number of starts behind each share."""

    f: Any = field(repr=False)
    rows: list[Row]
    starts: int

    @property
    def rates(self) -> list[float]:
        """The rates."""
        return [row.rate for row in self.rows]

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None) -> str:
        """A line per rate."""
        return "\n".join(say("descent.escape", lang, **row._asdict()) for row in self.rows)


def escape(
    f: Any,  # noqa: ANN401
    rates: Sequence[float],
    starts: int | ArrayLike = 4096,
    steps: int = 1000,
    *,
    seed: int = 0,
    view: ArrayLike | None = None,
    rule: str | Callable[[Rate], Rule] = "plain",
    threads: int | None = None,
    dtype: DTypeLike | None = None,
) -> Escape:
    """For each rate, the shares of starts that end in the global minimum, in a local one, never
    settle, or diverge (a point where f is not finite included).

    starts: how many, drawn evenly from the view by `seed`, or an array (S, n).
    InputError: all minima of f are global, so there is nothing to escape from; no view.
    RateError: a rate ≤ 0, or none.
    """
    f = surface_of(f)
    if not len(rates):
        raise RateError("rates are missing: give at least one, such as [0.01, 0.1]")
    refuse_if_all_global(values_known(f))
    if isinstance(starts, int | np.integer):
        if starts < 1:
            raise InputError(f"starts must be at least 1, found {starts}")
        box = view_of(f, view)
        x0 = np.random.default_rng(seed).uniform(box[:, 0], box[:, 1], (int(starts), f.n))
    else:
        x0 = points(starts, f.n, None)
        box = np.stack([x0.min(0), x0.max(0) + 1], axis=-1) if view is None else view_of(f, view)
    many = descend_many(f, x0, list(rates), steps, rule=rule, threads=threads, dtype=dtype)
    minima, index = land(f, many, box)
    values = np.asarray(f.value(minima)) if len(minima) else np.empty(0)
    refuse_if_all_global(values)
    least = lowest(values)
    rows = [
        row(float(rate), codes, place, least)
        for rate, codes, place in zip(
            rates, many.codes, index.reshape(many.codes.shape), strict=True
        )
    ]
    return Escape(f, rows, len(x0))


def values_known(f: Any) -> NDArray[Any]:  # noqa: ANN401
    """The values of the minima that the gallery knows."""
    entry = getattr(f, "entry", None)
    return np.array([m.value for m in entry.minima] if entry is not None else [])


def lowest(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which minima are global: equal to the least value but for rounding."""
    if not len(values):
        return np.empty(0, bool)
    return np.asarray(values <= values.min() + 1e-6 * (1 + np.abs(values.min())))


def refuse_if_all_global(values: NDArray[Any]) -> None:
    """InputError where every minimum has the same value."""
    if len(values) and lowest(values).all():
        raise InputError(
            f"f's minima ({len(values)} known) are all global: there is nothing to escape from; "
            "try 'escape' or 'styblinski-tang' of the gallery"
        )


def row(rate: float, codes: NDArray[Any], place: NDArray[Any], least: NDArray[np.bool_]) -> Row:
    """The shares at one rate."""
    total = len(codes)
    landed = place >= 0
    best = int(np.count_nonzero(least[place[landed]]))
    away = int(
        np.isin(codes, [CODE[DescentOutcome.DIVERGED], CODE[DescentOutcome.NOT_FINITE]]).sum()
    )
    local = int(np.count_nonzero(landed)) - best
    low, high = wilson(best, total)
    return Row(rate, best / total, low, high, local / total,
               (total - best - local - away) / total, away / total)  # fmt: skip


def wilson(count: int, total: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson 1927)."""
    share, slack = count / total, z * z / total
    middle = (share + slack / 2) / (1 + slack)
    half = z * sqrt(share * (1 - share) / total + slack / (4 * total)) / (1 + slack)
    return max(0.0, middle - half), min(1.0, middle + half)
