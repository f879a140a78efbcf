"""At which rate each step of a run was taken: one that went on at another rate stays reproducible.

A run goes back to an earlier place where what came after it went wrong; rates of steps that are
taken no more are forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from msgspec import Struct

from spusk.optim.schedules import Schedule, Unsaved, rate_data
from spusk.runs.descriptions import Count, SavedRate, Whole
from spusk.training import Cursor, Event


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
        """It as JSON keeps it; SavedSince reads it back."""
        return {"epoch": self.epoch, "step": self.step, "rate": rate_data(self.rate)}


class SavedSince(Struct, frozen=True, forbid_unknown_fields=True):
    """A Since in run.json."""

    epoch: Whole
    step: Count
    rate: SavedRate

    def since(self) -> Since:
        """What it means."""
        return Since(self.epoch, self.step, self.rate.rate)


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


def in_order(rates: Sequence[Since]) -> bool:
    """Whether they begin at the start, if there are any, and each comes after the last."""
    places = [since[:2] for since in rates]
    return places[:1] in ([], [(1, 0)]) and all(a < b for a, b in pairwise(places))
