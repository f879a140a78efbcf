"""`spusk train` and what `spusk resume` shares: a run with something to look at on the way."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click

from spusk import data, runs
from spusk.cli import output
from spusk.cli.data_options import DataChoice, about_set, data_options
from spusk.cli.ending import command, conclude
from spusk.cli.options import PATH, Batch, Gain, Layers, is_whole, layer_text, unless_given
from spusk.cli.pictures import draw
from spusk.cli.signals import Signals
from spusk.cli.views import view
from spusk.cli.wrong_calls import unusable
from spusk.engines import ENGINES
from spusk.errors import RunError, SpuskWarning
from spusk.i18n import say
from spusk.i18n.reasons import reason
from spusk.nn.init import INITS
from spusk.nn.network import Network
from spusk.optim.rules import RULES
from spusk.runs import Every, Resumed
from spusk.runs.writer import write_errors
from spusk.training import Event, Plan, SortedSetWarning, TrainingOutcome
from spusk.training.best import KEEPS
from spusk.training.plan import named_rule
from spusk.training.presets import Preset

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
@click.option(
    "--layers",
    type=Layers(),
    default=None,
    metavar="N-…-M|PRESET",
    help="Neurons per layer  [default: 784-100-10, ends fitted to the data]; or lecture: "
    "784-89-100306-10 with a rate, batch and start of its own.",
)
@click.option(
    "--rate",
    "--eta",
    "-η",
    "rate",
    type=float,
    default=3.0,
    show_default=True,
    help="Learning rate η.",
)
@click.option(
    "--rule",
    type=click.Choice(list(RULES)),
    default="plain",
    show_default=True,
    help="How a step uses the gradient: plain descent, or with a memory of the steps before.",
)
@click.option(
    "--batch",
    type=Batch(),
    default="10",
    show_default=True,
    metavar="N|all",
    help="Examples per step; all: full-batch descent.",
)
@click.option("--epochs", type=int, default=10, show_default=True, help="Passes through the data.")
@click.option(
    "--keep",
    type=click.Choice(KEEPS),
    default="last",
    show_default=True,
    help="Which epoch's weights are saved: the last one's, or the best one's on the test part.",
)
@click.option(
    "--patience",
    type=click.IntRange(1),
    default=None,
    metavar="N",
    help="End after so many epochs without a better one on the test part.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="The same seed gives the same run.",
)
@click.option(
    "--init",
    type=click.Choice(list(INITS)),
    default="scaled",
    show_default=True,
    help="Random start: scaled W ~ N(0, 1/n), normal W ~ N(0, 1), wide for very wide layers.",
)
@click.option(
    "--gain",
    type=Gain(),
    default="1",
    metavar="G[,G…]",
    help="Multiplies the start's weights: one number, or one per layer.",
)
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
    lang: str, chosen: DataChoice, layers: tuple[int, ...] | Preset | None,
    rate: float, rule: str, batch: str, epochs: int, keep: Literal["last", "best"],
    patience: int | None, seed: int, init: str, gain: tuple[float, ...],
    engine_name: str, threads: int | None, out: Path | None, every: Every, overwrite: bool,
    pictures: bool, as_json: bool,
) -> int:  # fmt: skip
    """Trains a network on handwritten digits and writes a run folder.

    \b
    spusk train                                     the embedded sample, a few seconds
    spusk train --data mnist --layers 784-100-10    60,000 digits (spusk data get mnist)
    spusk train --data digits.csv --layers 64-30-10 your own
    spusk train --data iris.csv --label species     a table, its answer by name
    spusk train --data mnist --layers lecture       10 million weights, 100 thousand biases

    Ctrl-C (or SIGTERM) finishes the step under way, which with --batch all may take long, saves,
    and says how to go on; a second one ends at once, at the last checkpoint.
    """
    if isinstance(layers, Preset):
        rate, batch, epochs, init = unless_given(
            rate=layers.plan.rate, batch=str(layers.plan.batch), epochs=layers.plan.epochs,
            init=layers.init,
        )  # fmt: skip
        layers = layers.sizes
    size: int | Literal["all"] = "all" if batch == "all" else int(batch)
    plan = Plan(rate, size, epochs, seed, named_rule(rule, rate), keep, patience)
    folder = target(out, overwrite)
    with Signals() as stop:
        with first_warning_as_line(lang):
            sets = chosen.load(stop)
        V, prepared = sets.train, chosen.preparation(sets)
        sizes = layers or (V.x.shape[1], 100, V.classes)
        net = Network(sizes, seed, init, gain if len(gain) > 1 else gain[0], V=V,
                      preparation=prepared)  # fmt: skip
        note = chosen.note(sets)
        with first_warning_as_line(lang):
            begun = runs.open_new(
                folder,
                net,
                plan,
                sets,
                chosen.source,
                note,
                engine_name,
                threads,
                every,
                overwrite,
                stop,
            )
        return carry_out(begun, stop, lang, pictures, as_json)


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


def carry_out(begun: Resumed, stop: Signals, lang: str, pictures: bool, as_json: bool) -> int:
    """Trains to the end or until stopped, keeps the folder, says how it went; the exit code."""
    run, writer = begun.run, begun.writer
    if not as_json:
        click.echo(about(run, begun.sets.train, lang))
        click.echo(about_set(begun.sets, run.net.preparation, lang))
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
    with view(as_json, lang, begun.run.plan.epochs) as shown:
        for event in begun.events:
            shown.show(event)
            begun.writer.take(event)
            if begun.writer.trouble not in (None, trouble):
                warn(say("runs.goes_on", lang, trouble=begun.writer.trouble), lang)
            trouble = begun.writer.trouble
            if stop() or output.trouble():
                break
    return event
