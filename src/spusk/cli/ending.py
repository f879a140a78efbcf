"""What is said at a training's end: how it went, where all is kept, and how to go on."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from spusk import runs
from spusk.i18n import say
from spusk.optim.schedules import Rate
from spusk.runs import Resumed
from spusk.training import (
    Cause,
    Event,
    TrainingOutcome,
    explain_failure,
    likely_cause,
    root_cause,
    smaller_rate,
)
from spusk.training.best import rank
from spusk.training.events import round_seconds
from spusk.training.nothing_learned import largest_class, no_better


def conclude(last: Event, begun: Resumed, drawn: dict[str, Path], lang: str) -> None:
    """Says in words how it ended and where everything is."""
    run, history = begun.run, begun.writer.history
    click.echo(ending(last, history, run.plan.rate, lang, part_of(begun)))
    if last.outcome is TrainingOutcome.LEARNED_NOTHING:
        click.echo(say("train.learned_nothing", lang, cost=last.cost))
    why = cause(last, begun)
    if why is not None:
        click.echo(why.sentence(lang))
    if last.outcome is None:
        click.echo(command(run, lang))
    elif last.outcome.failed:
        click.echo(say("train.kept", lang, folder=run.folder))
        remedy = smaller_rate(last.outcome, last.rate_of(run.plan.rate))
        click.echo(command(run, lang, rate=remedy))
    else:
        for sentence in (*remarks(last, begun, lang), *final_test(last, lang)):
            click.echo(sentence)
        click.echo(say("train.saved" if drawn else "train.saved_without", lang, folder=run.folder))
        if why is not None and why.longer:
            click.echo(command(run, lang, epochs=10 * run.plan.epochs))
    for name, path in drawn.items():
        click.echo(say("train.pictures", lang, name=say(f"train.{name}", lang), file=path))


def part_of(begun: Resumed) -> str:
    """The end of the keys of sentences about what is watched."""
    return "" if begun.sets.validation is None else "_validation"


def final_test(last: Event, lang: str) -> Iterator[str]:
    """The one look at the test set, of a training with a validation part."""
    score = last.final_test
    if score is not None:
        key = "train.final_test_cost" if score.accuracy is None else "train.final_test"
        yield say(key, lang, **score._asdict())


def ending(last: Event, history: Sequence[Event], rate: Rate, lang: str, part: str = "") -> str:
    """How it ended, in a sentence with its numbers and, where it went wrong, a remedy."""
    if last.outcome is None:
        return say("train.stopped", lang, epoch=last.epoch, step=last.step, steps=last.steps)
    if last.outcome.failed:
        return explain_failure(last.outcome, last, rate, lang)
    watched = [e for e in history if e.watched_accuracy is not None]
    epochs = say("train.epochs", lang, n=last.epoch)
    took = {"epochs": epochs, "seconds": round_seconds(last.seconds)}
    if not watched:
        return say("train.finished_untested", lang, **took, cost=last.cost)
    best = max(watched, key=rank)
    numbers = {"best": best.watched_accuracy, "epoch": best.epoch}
    return say(f"train.finished{part}", lang, **took, **numbers)


def cause(last: Event, begun: Resumed) -> Cause | None:
    """Why nothing was learned, or what besides the rate may have made it go wrong."""
    if last.outcome is None or last.outcome is TrainingOutcome.FINISHED:
        return None
    look = root_cause if last.outcome.failed else likely_cause
    costs = [event.cost for event in begun.writer.history]
    found = look(begun.writer.net, begun.sets.train, begun.run.plan, last, costs)
    return found and found.said_in("shell")


def remarks(last: Event, begun: Resumed, lang: str) -> Iterator[str]:
    """What the best number does not say: whose the weights are, and what a constant would do."""
    net, V, history = begun.writer.net, begun.sets.train, begun.writer.history
    plan, kept, part = begun.run.plan, begun.writer.best, part_of(begun)
    if last.epoch < plan.epochs:
        yield say(f"train.rested{part}", lang, patience=plan.patience)
    best = max((e.watched_accuracy or 0 for e in history), default=0)
    if kept is not None and kept.epoch is not None:
        yield say(f"train.best_weights{part}", lang, epoch=kept.epoch)
    elif last.watched_accuracy is not None and last.watched_accuracy < best:
        yield say(f"train.last_weights{part}", lang, accuracy=last.watched_accuracy)
    if last.outcome is TrainingOutcome.FINISHED and no_better(last, net, V):
        answer, share = largest_class(V)
        classes = net.preparation.classes if net.preparation else None
        name = answer if classes is None else classes[answer]
        yield say("train.constant_as_good", lang, answer=name, share=share)


def command(run: runs.Run, lang: str, rate: float | None = None, epochs: int | None = None) -> str:
    """The line that says how to go on with a run, at another rate where this one went wrong."""
    words = f"spusk resume {shlex.quote(str(run.folder))}"
    words += "" if rate is None else f" --rate {rate:g}"
    words += "" if epochs is None else f" --epochs {epochs}"
    return say("train.resume", lang, command=words)
