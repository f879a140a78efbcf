"""`spusk train` and what `spusk resume` shares: a run with something to look at on the way."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from spusk import data, runs
from spusk.cli import output
from spusk.cli.data_options import DataChoice, about_set, data_options
from spusk.cli.ending import command, conclude
from spusk.cli.model_options import ModelChoice, about_model, model_options
from spusk.cli.options import PATH, is_whole, layer_text
from spusk.cli.pictures import draw
from spusk.cli.signals import Signals
from spusk.cli.views import view
from spusk.cli.wrong_calls import unusable
from spusk.engines import ENGINES
from spusk.errors import RunError, SpuskWarning
from spusk.i18n import say
from spusk.i18n.reasons import reason
from spusk.runs import Every, Resumed
from spusk.runs.writer import write_errors
from spusk.training import Event, SortedSetWarning, TrainingOutcome

NO_EXTRA = Every()


class Cadence(click.ParamType[Every]):
    """30s, or 500 (steps)."""

    name = "cadence"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Every:
        if isinstance(value, Every):
            return value
        text = str(value)
        if not is_whole(text.removesuffix("s")):
            raise unusable("cadence", param, ctx, found=text)
        number = int(text.removesuffix("s"))
        return Every(seconds=number) if text.endswith("s") else Every(steps=number)


@click.command()
@data_options
@model_options
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="What carries out the steps.",
)
@click.option("--threads", type=click.IntRange(1), default=None, help="Threads of the engine.")
@click.option(
    "--out",
    type=PATH,
    default=None,
    metavar="RUN",
    help="Run folder  [default: the next free runs/NNN]",
)
@click.option(
    "--save-every",
    "every",
    type=Cadence(),
    default=NO_EXTRA,
    metavar="30s|500",
    help="Checkpoints besides those at each epoch's end: every 30 seconds, every 500 steps.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace a run that is already at --out; what spusk did not write there stays.",
)
@click.option("--pictures/--no-pictures", default=True, help="Draw the pictures at the end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per epoch, nothing else.")
@click.pass_obj
def train(
    lang: str, chosen: DataChoice, model: ModelChoice, engine_name: str, threads: int | None,
    out: Path | None, every: Every, overwrite: bool, pictures: bool, as_json: bool,
) -> int:  # fmt: skip
    """Trains a network on digits, pictures or a table, and writes a run folder.

    \b
    spusk train                                     the embedded sample, a few seconds
    spusk train --data mnist --layers 784-100-10    60,000 digits (spusk data get mnist)
    spusk train --data digits.csv --layers 64-30-10 your own
    spusk train --data iris.csv --label species     a table, its answer by name
    spusk train --data mnist --layers lecture       10 million weights, 100 thousand biases

    Ctrl-C (or SIGTERM) finishes the step under way, which with --batch all may take long, saves,
    and says how to go on; a second one ends at once, at the last checkpoint.
    """
    folder = target(out, overwrite)
    with Signals() as stop:
        with first_warning_as_line(lang):
            sets = chosen.load(stop)
            choice = model.choice(sets, chosen.source, chosen.validation)
            sets = chosen.with_validation(sets, choice.validation, stop)
        V, note = sets.train, chosen.note(sets, choice.validation)
        net = model.network(choice, V, chosen.preparation(sets, choice.output == "identity"))
        plan, note = model.plan(choice, V), {**note, "preset": choice.preset}
        with first_warning_as_line(lang):
            begun = runs.open_new(
                folder, net, plan, sets, chosen.source, note, engine_name, threads, every,
                overwrite, stop,
            )  # fmt: skip
        kind = about_model(choice, net, plan, lang)
        return carry_out(begun, stop, lang, pictures, as_json, kind)


def target(out: Path | None, overwrite: bool) -> Path:
    """The run folder to write: as named, else the next free runs/NNN. Raises RunError."""
    if out is None:
        number = 1
        while (folder := Path("runs") / f"{number:03}").exists():
            number += 1
        return folder
    if out.exists() and not out.is_dir():
        raise RunError.keyed("runs.no_folder", path=out)
    with write_errors(out):
        if out.is_dir() and any(out.iterdir()) and not overwrite:
            raise RunError.keyed("runs.not_empty", folder=out)
    return out


def about(run: runs.Run, V: data.Sample, lang: str) -> str:
    """One line: what is going to be trained on what."""
    net, plan = run.net, run.plan
    return say(
        "train.about", lang, layers=layer_text(net.sizes), Q=net.Q, P=net.P,
        data=V.name, count=len(V), rate=plan.rate, batch=plan.batch, seed=plan.seed,
        engine=run.engine,
    )  # fmt: skip


@contextmanager
def first_warning_as_line(lang: str) -> Iterator[None]:
    """Shows what training warns of as one line, not as Python shows warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpuskWarning)
        warnings.simplefilter("ignore", SortedSetWarning)  # whoever keeps the order means it
        yield
    for warning in caught:
        said = warning.message
        warn(said.sentence(lang) if isinstance(said, SpuskWarning) else str(said), lang)


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
        click.echo(about(run, begun.sets.train, lang))
        click.echo(about_set(begun.sets, run.net.preparation, lang))
        if kind is not None:
            click.echo(kind)
        if begun.sets.held_out:
            click.echo(say("data.held_out", lang, name=begun.sets.name, share=begun.sets.held_out))
    with writer:
        last = watch(begun, stop, as_json, lang)
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


def watch(begun: Resumed, stop: Signals, as_json: bool, lang: str) -> Event:
    """Shows and keeps events until the end, or until it is asked to stop; the last event."""
    trouble: RunError | None = None
    part = begun.sets.validation
    with view(as_json, lang, begun.run.plan.epochs, part is not None) as shown:
        for event in begun.events:
            shown.show(event)
            begun.writer.take(event)
            if begun.writer.trouble not in (None, trouble):
                warn(say("runs.goes_on", lang, trouble=begun.writer.trouble), lang)
            trouble = begun.writer.trouble
            if stop() or output.trouble():
                break
    return event
