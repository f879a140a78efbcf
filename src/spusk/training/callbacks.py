"""Callbacks: functions beside the loop, called with each event; one of them may end it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from spusk.errors import InputError
from spusk.training.events import Event

Callback = Callable[[Event], object]
Callbacks = Callback | Iterable[Callback] | None


def each_of(callbacks: Callbacks) -> tuple[Callback, ...]:
    """One function, several or none in a row. Raises InputError for what is no function."""
    if callbacks is None:
        return ()
    several = tuple(callbacks) if isinstance(callbacks, Iterable) else (callbacks,)
    for one in several:
        if not callable(one):
            raise InputError.keyed("training.callbacks", found=type(one).__name__)
    return several


def ask_to_stop(callbacks: Sequence[Callback], event: Event) -> bool:
    """Calls each of them with an event; whether one returned True, or raised StopIteration.

    What else one returns says nothing: a function that ends with `file.write(…)` returns a number.
    """
    answers = [answer(callback, event) for callback in callbacks]  # none is left out
    return any(isinstance(one, bool | np.bool_) and bool(one) for one in answers)


def answer(callback: Callback, event: Event) -> object:
    """What a callback returns; True where it raises StopIteration, as those of a descent may."""
    try:
        return callback(event)
    except StopIteration:
        return True
