"""Escape from local minima, measured: where many starts end, rate by rate (lecture, L5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.descent.basin_maps import view_of
from spusk.descent.batch import descend_many, points, width
from spusk.descent.gather import gather
from spusk.descent.loop import Descendable
from spusk.descent.minimize import surface_of
from spusk.display import Shown, short_repr
from spusk.errors import InputError, RateError
from spusk.functions.lenient import lenient
from spusk.functions.minima import SAME, are_lowest
from spusk.functions.points import spell
from spusk.i18n import say
from spusk.optim.rules import Rule
from spusk.optim.schedules import Rate
from spusk.optim.stopping import CODE, DescentOutcome

Z95 = 1.959963984540054


class Row(NamedTuple):
    """Where the starts of one rate end; the shares sum to 1.

    Attributes:
        rate: the learning rate η.
        share_global: the share that ends in the global minimum.
        low: of its 95 % interval.
        high: of its 95 % interval.
        share_local: the share that ends in a local minimum.
        unsettled: the share that never settles.
        diverged: the share that runs away, or meets a point where f is not finite.
    """

    rate: float
    share_global: float
    low: float
    high: float
    share_local: float
    unsettled: float
    diverged: float


@dataclass(eq=False)
class Escape(Shown):
    """Where many starts end, rate by rate.

    Attributes:
        f: what was descended.
        rows: one for each rate.
        starts: how many starts are behind each share.
        lower: a point (n,) at which f is lower than at all minima found, so that none is called
            global; None where none was seen.
    """

    f: Any = field(repr=False)
    rows: list[Row]
    starts: int
    lower: NDArray[np.float64] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def rates(self) -> list[float]:
        """The rates."""
        return [row.rate for row in self.rows]

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None) -> str:
        """A line per rate: the shares.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The lines.
        """
        lines = [say("descent.escape", lang, **row._asdict()) for row in self.rows]
        return "\n".join([*lines, *self.notes(lang)])

    def notes(self, lang: str | None = None) -> list[str]:
        """What has to be known beside the shares, in sentences.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The sentences; none where there is nothing.
        """
        if self.lower is None:
            return []
        value = float(self.f.value(self.lower))
        return [say("descent.lower", lang, x=spell(self.lower), value=value)]


def escape(
    f: Descendable,
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
    """Does a larger rate escape a local minimum? For each rate, the shares of starts by their end.

    In the global minimum, in a local one, nowhere (they never settle), or they diverge, a point
    where f is not finite included.

    Args:
        f: a formula, a name in `GALLERY`, a callable, a Function, or anything with n, value and
            gradient.
        rates: learning rates η > 0, one at least.
        starts: how many, drawn evenly from the view; or the starts themselves, (S, n).
        steps: at most so many for each start.
        seed: the same seed gives the same starts.
        view: the box of the starts, (low, high) for each variable; else the gallery's.
        rule: a name in `optim.RULES` such as "adam", or a function that makes a rule of a rate.
        threads: how many; else one per core. No number depends on it.
        dtype: float32 or float64; else float64.

    Returns:
        A row of shares for each rate, with the 95 % interval (Wilson) of the global one.

    Raises:
        FormulaError: a text that is no function.
        InputError: all minima of f are global, so that there is nothing to escape from; no view.
        RateError: no rates, or one that is not positive and finite.

    Source: lecture, row L5.
    """
    surface = lenient(surface_of(f, n=variables(starts, view)))
    if not len(rates):
        raise RateError.keyed("descent.no_rates")
    refuse_if_all_global(values_known(surface))
    x0, box = drawn(starts, surface, view, seed)
    many = descend_many(surface, x0, list(rates), steps, rule=rule, threads=threads, dtype=dtype)
    minima, _, index = gather(surface, many, box)
    values = np.asarray(surface.value(minima)) if len(minima) else np.empty(0)
    lower = lower_beyond(surface, box, values)
    least = lowest(values)
    if lower is None:
        refuse_if_all_global(values)
    else:
        least[:] = False
    rows = [
        row(float(rate), codes, place, least)
        for rate, codes, place in zip(
            rates, many.codes, index.reshape(many.codes.shape), strict=True
        )
    ]
    return Escape(surface, rows, len(x0), lower)


def lower_beyond(
    f: Any,  # noqa: ANN401
    box: NDArray[np.float64],
    values: NDArray[Any],
) -> NDArray[np.float64] | None:
    """A point at which f is lower than at all minima found, far outside the box; None: not seen."""
    if not len(values) or len(values_known(f)):
        return None
    middle, reach = box.mean(axis=1), float(np.ptp(box, axis=1).max())
    ways = np.vstack([np.eye(f.n), -np.eye(f.n), np.ones((1, f.n)), -np.ones((1, f.n))])
    points = (middle + reach * 10.0 ** np.arange(1, 7)[:, None, None] * ways).reshape(-1, f.n)
    with np.errstate(all="ignore"):
        found = np.nan_to_num(np.asarray(f.value(points)), nan=np.inf, posinf=np.inf, neginf=np.inf)
    least = float(values.min())
    lower = found < least - SAME * (1 + abs(least))
    return points[int(np.argmax(lower))] if lower.any() else None


def drawn(
    starts: int | ArrayLike,
    f: Any,  # noqa: ANN401
    view: ArrayLike | None,
    seed: int,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The starts (S, n), from the view where only their number is given; and their box (n, 2)."""
    if not isinstance(starts, int | np.integer):
        x0 = points(starts, f.n, None)
        if view is not None:
            return x0, view_of(f, view)
        return x0, np.stack([x0.min(0), x0.max(0) + 1], axis=-1)
    if starts < 1:
        raise InputError.keyed("descent.starts", found=starts)
    box = view_of(f, view)
    return np.random.default_rng(seed).uniform(box[:, 0], box[:, 1], (int(starts), f.n)), box


def variables(starts: int | ArrayLike, view: ArrayLike | None) -> int | None:
    """n, of starts (S, n) or of the rows of a view, where one of them is given."""
    return width(starts) or (None if view is None else len(np.atleast_2d(view)))


def values_known(f: Any) -> NDArray[Any]:  # noqa: ANN401
    """The values of the minima that the gallery knows."""
    entry = getattr(f, "entry", None)
    return np.array([m.value for m in entry.minima] if entry is not None else [])


def lowest(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which minima are global: equal to the least value but for rounding."""
    if not len(values):
        return np.empty(0, bool)
    return are_lowest(values, float(values.min()))


def refuse_if_all_global(values: NDArray[Any]) -> None:
    """InputError where every minimum has the same value."""
    if len(values) and lowest(values).all():
        raise InputError.keyed("descent.all_global", found=len(values))


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
