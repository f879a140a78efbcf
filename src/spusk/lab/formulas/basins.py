"""Maps of basins by the native part, in a tenth of the time that the page's own workers need.

It makes none where the native part is not built or does not know an operation, where all places
are taken, or where it takes too long: then the page makes its own, with the very same numbers.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.lab.jobs import BusyError, Jobs
from spusk.lab.requests import FORMULA_LIMIT, MOST_RATE, is_number, is_whole

if TYPE_CHECKING:
    from spusk.functions.tape import Tape, Walker

Said = dict[str, Any]
MOST_POINTS, MOST_STEPS = 512, 1000  # of a side; of a descent
MOST_MINIMA = 1000  # beside those of a description
SECONDS = 1.0  # a map that takes longer comes from the page
AWAY, NONE = -2, -1  # in the place of a minimum: ran away; settled nowhere


class MapRequest(NamedTuple):
    """A map as a page asks for it."""

    formula: str
    view: NDArray[np.float64]  # (2, 2): low and high of each variable
    size: int
    rate: float
    steps: int
    minima: NDArray[np.float64]  # (M, 2), beside those that the formula's description has


class Maps:
    """Makes maps, two at a time, for as long as a page waits; used on the event loop alone."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.jobs = Jobs(2, seconds)

    async def made(
        self, described: Said, wish: MapRequest, gone: Callable[[], Any]
    ) -> bytes | None:
        """The map; None where there is none, in time, or `gone()` comes to its end."""
        walker, stop = walker_of(described["tape"]), Event()
        if walker is None:
            return None
        making = asyncio.ensure_future(
            self.jobs.run(lambda: basin_map(walker, described, wish, stop))
        )
        leaving = asyncio.ensure_future(gone())
        try:
            await asyncio.wait({making, leaving}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            with suppress(BusyError, TimeoutError):
                return await making
            return None
        finally:
            stop.set()
            leaving.cancel()


def map_request(body: bytes) -> MapRequest | None:
    """What a page asks for; None where it makes no sense."""
    try:
        said = json.loads(body)
        formula, view, size, rate, steps, minima = (said[name] for name in MapRequest._fields)
        formula.encode()  # half a surrogate pair is no text
        sides = [number for side in view for number in side]
        places = [number for place in minima for number in place]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    good = (
        isinstance(formula, str) and len(formula) <= FORMULA_LIMIT
        and len(view) == 2 and len(sides) == 4 and all(map(is_number, sides))
        and len(minima) <= MOST_MINIMA and all(len(place) == 2 for place in minima)
        and all(map(is_number, places))
        and is_whole(size) and 2 <= size <= MOST_POINTS
        and is_whole(steps) and 1 <= steps <= MOST_STEPS
        and is_number(rate) and 0 < rate <= MOST_RATE
    )  # fmt: skip
    if not good:
        return None
    with suppress(OverflowError, ValueError):
        box = np.array(view, np.float64)
        if (box[:, 0] < box[:, 1]).all():
            further = np.array(places, np.float64).reshape(-1, 2)
            return MapRequest(formula, box, int(size), float(rate), int(steps), further)
    return None


def walker_of(rows: Said) -> "Walker | None":
    """What goes down ∇f; None where the native part cannot."""
    tape = tape_of(rows)
    if rows["nonsmooth"] is not None or tape.part(slice(1)).partial:
        return None
    return tape.part(slice(1, 1 + tape.n)).walker()


def tape_of(rows: Said) -> "Tape":
    """The tape again that tapes.rows wrote down."""
    from spusk.functions.tape import Tape

    cells, numbers = rows["cells"], [np.nan if k is None else k for k in rows["numbers"]]

    def operand(cell: int) -> float:
        return cell if cell < cells else float(numbers[cell - cells])

    ops = tuple((op, target, tuple(map(operand, ins))) for op, target, *ins in rows["ops"])
    return Tape(rows["n"], cells, ops, tuple(map(operand, rows["outputs"])))


def basin_map(walker: "Walker", described: Said, wish: MapRequest, stop: Event) -> bytes | None:
    """Where all descents of a map end; None when it is wanted no more."""
    from spusk.descent.batch import SHARE, TOLERANCE, cores, empty, walk

    x, y = (np.linspace(low, high, wish.size) for low, high in wish.view)
    x0 = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)  # (S, 2), the lowest row first
    many = empty(len(x0), x0, wish.steps, 0)

    def work(first: int) -> None:
        if not stop.is_set():
            part = slice(first, min(first + SHARE, len(x0)))
            walk(walker, x0, wish.rate, wish.steps, TOLERANCE[x0.dtype], many, part)

    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(work, range(0, len(x0), SHARE)))
    if stop.is_set():
        return None
    places = [minimum["x"] for minimum in described["minima"]] + wish.minima.tolist()
    which = kinds(many.x, many.codes, places, np.array(described["view"]))
    return which.astype("<i2").tobytes() + many.steps.astype("<u2").tobytes()


def kinds(
    ends: NDArray[np.float64], codes: NDArray[np.int8], minima: Sequence[Sequence[float]],
    view: NDArray[np.float64],
) -> NDArray[np.int16]:  # fmt: skip
    """The place of each end's minimum; NONE of them; or AWAY."""
    from spusk.descent.gather import NEAR, close
    from spusk.optim.stopping import CODE, DescentOutcome

    near = NEAR * float((view[:, 1] - view[:, 0]).max())
    which = np.full(len(ends), NONE, np.int16)
    which[np.isin(codes, [CODE[DescentOutcome.DIVERGED], CODE[DescentOutcome.NOT_FINITE]])] = AWAY
    settled = np.flatnonzero(codes == CODE[DescentOutcome.CONVERGED])
    for place, minimum in reversed([*enumerate(minima)]):  # the first one counts
        which[settled[close(ends[settled], np.array(minimum), near)]] = place
    return which
