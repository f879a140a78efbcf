"""What is said at a training's end: how it went, where all is kept, and how to go on."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from spusk import runs
from spusk.i18n import say
from spusk.optim.schedules import Rate
from spusk.training import Event, explain_failure, smaller_rate
from spusk.training.events import round_seconds


def conclude(
    last: Event, history: Sequence[Event], run: runs.Run, drawn: dict[str, Path], lang: str
) -> None:
    """Says in words how it ended and where everything is."""
    click.echo(ending(last, history, run.plan.rate, lang))
    if last.outcome is None:
        click.echo(command(run, lang))
    elif last.outcome.failed:
        click.echo(say("train.kept", lang, folder=run.folder))
        remedy = smaller_rate(last.outcome, last.rate_of(run.plan.rate))
        click.echo(command(run, lang, remedy))
    else:
        click.echo(say("train.saved" if drawn else "train.saved_without", lang, folder=run.folder))
    for name, path in drawn.items():
        click.echo(say("train.pictures", lang, name=say(f"train.{name}", lang), file=path))


def ending(last: Event, history: Sequence[Event], rate: Rate, lang: str) -> str:
    """How it ended, in a sentence with its numbers and, where it went wrong, a remedy."""
    if last.outcome is None:
        return say("train.stopped", lang, epoch=last.epoch, step=last.step, steps=last.steps)
    if last.outcome.failed:
        return explain_failure(last.outcome, last, rate, lang)
    tested = [e for e in history if e.test_accuracy is not None]
    epochs = say("train.epochs", lang, n=last.epoch)
    if not tested:
        return say(
            "train.finished_untested",
            lang,
            epochs=epochs,
            seconds=round_seconds(last.seconds),
            cost=last.cost,
        )
    best = max(tested, key=lambda e: e.test_accuracy or 0)
    return say("train.finished", lang, epochs=epochs, seconds=round_seconds(last.seconds),
               best=best.test_accuracy, epoch=best.epoch)  # fmt: skip


def command(run: runs.Run, lang: str, rate: float | None = None) -> str:
    """The line that says how to go on with a run, at another rate where this one went wrong."""
    words = f"spusk resume {shlex.quote(str(run.folder))}"
    return say("train.resume", lang, command=words if rate is None else f"{words} --rate {rate:g}")
