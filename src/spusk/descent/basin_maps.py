"""Where descents land: which minimum each end belongs to; the map of basins of attraction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.descent.batch import descend_many
from spusk.descent.gather import gather
from spusk.descent.loop import Descendable
from spusk.descent.minimize import surface_of
from spusk.display import Shown, short_repr
from spusk.errors import InputError
from spusk.functions.lenient import lenient
from spusk.functions.points import PointKind, spell
from spusk.i18n import say
from spusk.optim.stopping import CODE, DescentOutcome


@dataclass(eq=False)
class Basins(Shown):
    """Basins of attraction over a grid; row 0 is the lowest y (Matplotlib's origin="lower").

    Attributes:
        f: what was descended.
        rate: the learning rate η.
        view: ((x low, high), (y low, high)).
        index: which of the minima each start reaches, (height, width); −1: none.
        steps: in how many steps, (height, width).
        codes: places in the row of outcomes, (height, width).
        minima: the minima found, (M, 2); of a whole valley of them, one.
        values: f there, (M,).
        kinds: what each is, M of them: a minimum, a valley, a kink.
    """

    f: Any = field(repr=False)
    rate: float
    view: tuple[tuple[float, float], tuple[float, float]]
    index: NDArray[np.int64] = field(repr=False)
    steps: NDArray[np.int64] = field(repr=False)
    codes: NDArray[np.int8] = field(repr=False)
    minima: NDArray[Any]
    values: NDArray[Any] = field(repr=False)
    kinds: tuple[PointKind, ...] = field(repr=False)

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def shares(self) -> NDArray[np.float64]:
        """The share of the starts that each minimum attracts: (M,)."""
        counts = np.bincount(self.index[self.index >= 0], minlength=len(self.minima))
        return counts / self.index.size

    @property
    def nowhere(self) -> dict[str, float]:
        """The shares of the starts that reach no minimum, by why: each above 0."""
        codes = self.codes[self.index < 0]
        lost = [CODE[DescentOutcome.DIVERGED], CODE[DescentOutcome.NOT_FINITE]]
        counts = {
            "late": np.count_nonzero(codes == CODE[DescentOutcome.OUT_OF_STEPS]),
            "away": np.count_nonzero(np.isin(codes, lost)),
            "rest": np.count_nonzero(codes == CODE[DescentOutcome.CONVERGED]),
        }
        return {why: count / self.index.size for why, count in counts.items() if count}

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None) -> str:
        """A line per minimum, the largest basin first, and why the other starts reach none.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The lines.
        """
        lines = []
        for k in np.argsort(-self.shares, kind="stable"):
            key = "valley" if self.kinds[k] is PointKind.VALLEY else "basin"
            lines.append(say(f"descent.{key}", lang, x=spell(self.minima[k]),
                             value=float(self.values[k]), share=float(self.shares[k])))  # fmt: skip
        lines += [
            say(f"descent.nowhere_{why}", lang, share=share) for why, share in self.nowhere.items()
        ]
        return "\n".join(lines)


def basins(
    f: Descendable,
    rate: float,
    view: ArrayLike | None = None,
    size: int | tuple[int, int] = 256,
    *,
    steps: int = 1000,
    threads: int | None = None,
    dtype: DTypeLike = np.float64,
) -> Basins:
    """Which minimum each start of a grid reaches, and in how many steps.

    Args:
        f: a function of two variables: a formula, a name in `GALLERY`, a callable, a Function, or
            anything with n, value and gradient.
        rate: the learning rate η > 0.
        view: the box ((x low, high), (y low, high)); else the gallery's.
        size: starts along a side, or (width, height).
        steps: at most so many for each start.
        threads: how many; else one per core. No number depends on it.
        dtype: float32 or float64.

    Returns:
        The map, the minima that it found, and their shares.

    Raises:
        FormulaError: a text that is no function.
        InputError: f has not two variables; no view, or an empty one; a size below 1.
        RateError: a rate that is not positive and finite.

    Source: lecture, row L5.
    """
    surface = lenient(surface_of(f, n=2))
    if surface.n != 2:
        raise InputError.keyed("descent.two_variables", found=surface.n)
    box = view_of(surface, view)
    (left, right), (low, high) = box.tolist()
    width, height = (size, size) if isinstance(size, int) else size
    if min(width, height) < 1:
        raise InputError.keyed("descent.size", width=width, height=height)
    x, y = np.linspace(left, right, width), np.linspace(low, high, height)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    many = descend_many(surface, grid, rate, steps, threads=threads, dtype=dtype)
    minima, kinds, index = gather(surface, many, box)
    shape = (height, width)
    with np.errstate(all="ignore"):
        values = np.asarray(surface.value(minima)) if len(minima) else np.empty(0)
    return Basins(
        surface, rate, ((left, right), (low, high)), index.reshape(shape),
        many.steps.reshape(shape), many.codes.reshape(shape), minima, values, kinds,
    )  # fmt: skip


def view_of(f: Any, view: ArrayLike | None) -> NDArray[np.float64]:  # noqa: ANN401
    """The box (n, 2). InputError: none known, or empty, or of another shape."""
    entry: Any = getattr(f, "entry", None)
    if view is None and entry is None:
        raise InputError.keyed("descent.no_view")
    box = np.asarray(view if view is not None else entry.view, np.float64)
    if box.shape != (f.n, 2) or not (box[:, 0] < box[:, 1]).all() or not np.isfinite(box).all():
        raise InputError.keyed("descent.view", n=f.n, found=box.tolist())
    return box
