"""At which rate each step of a run was taken: one that went on at another rate stays reproducible.

A run goes back to an earlier place where what came after it went wrong; rates of steps that are
taken no more are forgotten.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from spusk.training import Cursor, whole


class Since(NamedTuple):
    """From which step on a run goes at a rate.

    Attributes:
        epoch: of the first step at this rate, from 1.
        step: of that epoch, from 0.
        rate: the learning rate η.
    """

    epoch: int
    step: int
    rate: float


def from_start(rate: float) -> tuple[Since, ...]:
    """One rate for the whole run."""
    return (Since(1, 0, rate),)


def continued(rates: Sequence[Since], cursor: Cursor, rate: float) -> tuple[Since, ...]:
    """The rates of a run that goes on from a place at a rate."""
    behind = [since for since in rates if since[:2] < cursor[:2]]
    if behind and behind[-1].rate == rate:
        return tuple(behind)
    return (*behind, Since(cursor.epoch, cursor.step, rate))


def rate_before(rates: Sequence[Since], epoch: int, step: int) -> float:
    """The rate of the last step before a place."""
    return [since.rate for since in rates if since[:2] < (epoch, step)][-1]


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
    return whole(epoch) and type(step) is int and step >= 0 and positive(rate)


def positive(number: Any) -> bool:  # noqa: ANN401 - whatever stands in the file
    """Whether this is a number above 0 that a float can hold."""
    return type(number) in (int, float) and 0 < number <= sys.float_info.max
