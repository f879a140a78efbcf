"""At which rate each step of a run was taken: one that went on at another rate stays reproducible.

A run goes back to an earlier place where what came after it went wrong; rates of steps that are
taken no more are forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from spusk.errors import InputError
from spusk.optim.schedules import Schedule, Unsaved, rate_data, rate_of
from spusk.training import Cursor, Event, whole


class Since(NamedTuple):
    """From which step on a run goes at a rate.

    Attributes:
        epoch: of the first step at this rate, from 1.
        step: of that epoch, from 0.
        rate: the learning rate η.
    """

    epoch: int
    step: int
    rate: float | Schedule

    def data(self) -> dict[str, Any]:
        """It as JSON keeps it; `since_of` reads it back."""
        return {"epoch": self.epoch, "step": self.step, "rate": rate_data(self.rate)}


def since_of(row: dict[str, Any]) -> Since:
    """What stands in a file that was found `in_order`."""
    return Since(row["epoch"], row["step"], rate_of(row["rate"]))


def from_start(rate: float | Schedule) -> tuple[Since, ...]:
    """One rate for the whole run."""
    return (Since(1, 0, rate),)


def continued(rates: Sequence[Since], cursor: Cursor, rate: float | Schedule) -> tuple[Since, ...]:
    """The rates of a run that goes on from a place at a rate."""
    behind = [since for since in rates if since[:2] < cursor[:2]]
    if behind and behind[-1].rate == rate:
        return tuple(behind)
    return (*behind, Since(cursor.epoch, cursor.step, rate))


def rate_before(rates: Sequence[Since], event: Event) -> float | None:
    """The rate of an event's last step; None for a function that no file keeps."""
    at = (event.epoch, event.step)
    rate = [since.rate for since in rates if since[:2] < at][-1]
    return None if isinstance(rate, Unsaved) else event.rate_of(rate)


def in_order(found: object) -> bool:
    """Whether this is a list of them as JSON has it, from the start on, each after the last."""
    if not isinstance(found, list) or not all(map(is_since, found)):
        return False
    places = [(row["epoch"], row["step"]) for row in found]
    return places[:1] in ([], [(1, 0)]) and all(a < b for a, b in pairwise(places))


def is_since(row: object) -> bool:
    """Whether this is an object of whole numbers and a rate."""
    if not isinstance(row, dict) or set(row) != set(Since._fields):
        return False
    epoch, step, rate = (row[name] for name in Since._fields)
    return whole(epoch) and type(step) is int and step >= 0 and is_rate(rate)


def is_rate(found: object) -> bool:
    """Whether this is a number above 0 that a float can hold, or a schedule as JSON has it."""
    try:
        rate_of(found)
    except InputError:
        return False
    return True
