"""A run carried out: what is said before, shown on the way, kept, drawn and said at its end."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from spusk import data, runs
from spusk.cli import output
from spusk.cli.data_options import about_set
from spusk.cli.ending import command, conclude
from spusk.cli.options import layer_text
from spusk.cli.pictures import draw
from spusk.cli.signals import Signals
from spusk.cli.views import View, view
from spusk.errors import RunError, SpuskWarning
from spusk.i18n import say
from spusk.i18n.reasons import reason
from spusk.runs import Resumed
from spusk.training import Event, SortedSetWarning, TrainingOutcome


def about(run: runs.Run, V: data.Sample, lang: str) -> str:
    """One line: what is going to be trained on what."""
    net, plan = run.net, run.plan
    return say(
        "train.about", lang, layers=layer_text(net.sizes), Q=net.Q, P=net.P,
        data=V.name, count=len(V), rate=plan.rate, batch=plan.batch, seed=plan.seed,
        engine=run.engine,
    )  # fmt: skip


@contextmanager
def first_warning_as_line(lang: str, said: set[str] | None = None) -> Iterator[None]:
    """Shows what training warns of as one line, not as Python shows warnings.

    `said`: what was said before and is not said again.
    """
    said = set() if said is None else said
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpuskWarning)
        warnings.simplefilter("ignore", SortedSetWarning)  # whoever keeps the order means it
        yield
    for warning in caught:
        found = warning.message
        text = found.sentence(lang) if isinstance(found, SpuskWarning) else str(found)
        if text not in said:
            said.add(text)
            warn(text, lang)


def warn(what: str, lang: str) -> None:
    """Says a warning on standard error."""
    click.echo(say("calls.warning", lang, what=what), err=True)


def carry_out(
    begun: Resumed, stop: Signals, lang: str, pictures: bool, as_json: bool, kind: str | None = None
) -> int:
    """Trains to the end or until stopped, keeps the folder, says how it went; the exit code.

    `kind`: a line about what a new training is made of.
    """
    run, writer = begun.run, begun.writer
    if not as_json:
        introduce(begun, lang, kind)
    shown = view(as_json, lang, run.plan.epochs, begun.sets.validation is not None)
    with writer:
        last = watch(begun, stop, shown, lang)
        writer.finish(last)
    drawn = {}
    if pictures and last.outcome is not None and last.outcome.complete:
        drawn = illustrate(begun, stop, lang)
    if not as_json:
        with output.heard():
            conclude(last, begun, drawn, lang)
    elif last.outcome is None:
        click.echo(command(run, lang), err=True)
    if last.outcome is not None and last.outcome is not TrainingOutcome.FINISHED:
        return 3
    return 128 + stop.number if stop() else 0


def introduce(begun: Resumed, lang: str, kind: str | None) -> None:
    """Says what is going to be trained on what, and how the set was read."""
    click.echo(about(begun.run, begun.sets.train, lang))
    click.echo(about_set(begun.sets, begun.run.net.preparation, lang))
    if kind is not None:
        click.echo(kind)
    if begun.sets.held_out:
        click.echo(say("data.held_out", lang, name=begun.sets.name, share=begun.sets.held_out))


def illustrate(begun: Resumed, stop: Signals, lang: str) -> dict[str, Path]:
    """Draws the pictures until asked to stop; a disk that takes none is a warning: all is saved."""
    folder, writer = begun.run.folder, begun.writer
    drawn: dict[str, Path] = {}
    try:
        for name, path in draw(folder, writer.net, begun.sets, writer.history, lang):
            drawn[name] = path
            if stop():
                break
    except OSError as error:
        warn(say("train.undrawn", lang, folder=folder, why=reason(error)), lang)
    return drawn


def watch(begun: Resumed, stop: Signals, shown: View, lang: str) -> Event:
    """Shows and keeps events until the end, or until it is asked to stop; the last event."""
    trouble: RunError | None = None
    with shown:
        for event in begun.events:
            shown.show(event)
            begun.writer.take(event)
            if begun.writer.trouble not in (None, trouble):
                warn(say("runs.goes_on", lang, trouble=begun.writer.trouble), lang)
            trouble = begun.writer.trouble
            if stop() or output.trouble():
                break
    return event
