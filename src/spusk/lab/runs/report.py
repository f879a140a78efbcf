"""What a training tells the page: an epoch's row, its progress, and how it ended in words."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from spusk.i18n import say
from spusk.optim.schedules import Rate
from spusk.training import Cause, Event, TrainingOutcome, explain_failure
from spusk.training.events import round_seconds

Row = dict[str, Any]


def number(value: float | None) -> float | None:
    """A number as JSON can say it."""
    return value if value is not None and isfinite(value) else None


def row_of(event: Event) -> Row:
    """An epoch's numbers."""
    parts = ("cost", "accuracy", "test_cost", "test_accuracy", "seconds")
    return {"epoch": event.epoch} | {part: number(getattr(event, part)) for part in parts}


def progress_of(event: Event) -> Row:
    """Where a training stands within its epoch; 1.5 is the middle of the second."""
    parts = {part: number(getattr(event, part)) for part in ("cost", "accuracy", "speed")}
    return {"epoch": round(event.epoch - 1 + event.step / event.steps, 4), **parts}


def ended(
    outcome: TrainingOutcome | None,
    last: Event | None,
    rate: Rate,
    history: Sequence[Row],
    lang: str,
    cause: Cause | None = None,
) -> str:
    """How it ended, with its numbers and, where it went wrong or learned nothing, a remedy."""
    if last is None or outcome is None:
        return say("lab.run_broke", lang)
    if outcome is TrainingOutcome.STOPPED:
        return say("lab.run_stopped", lang, epoch=last.epoch, step=last.step, steps=last.steps)
    if outcome is TrainingOutcome.SATURATED:  # the page has no option for the start's size
        eta = last.rate_of(rate)
        return say("lab.run_saturated", lang, epoch=last.epoch, step=last.step, rate=eta,
                   remedy=min(eta / 10, 3.0))  # fmt: skip
    if outcome.failed:
        return explain_failure(outcome, last, rate, lang)
    sentences = [finished(last, history, lang)]
    if outcome is TrainingOutcome.LEARNED_NOTHING:
        sentences.append(say("train.learned_nothing", lang, cost=last.cost))
        sentences += [cause.sentence(lang)] if cause else []
    return " ".join(sentences)


def finished(last: Event, history: Sequence[Row], lang: str) -> str:
    """The best of a training that came to its end."""
    epochs = say("train.epochs", lang, n=last.epoch)
    tested = [row for row in history if row["test_accuracy"] is not None]
    if not tested:
        return say("train.finished_untested", lang, epochs=epochs,
                   seconds=round_seconds(last.seconds), cost=last.cost)  # fmt: skip
    best = max(tested, key=lambda row: row["test_accuracy"])
    return say("train.finished", lang, epochs=epochs, seconds=round_seconds(last.seconds),
               best=best["test_accuracy"], epoch=best["epoch"])  # fmt: skip
