"""`spusk train`: data → network → descent → run folder, with something to look at on the way."""

import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from spusk import data, store
from spusk.cli.options import Batch, Gain, Layers, layer_text
from spusk.cli.pictures import draw
from spusk.cli.views import View, view
from spusk.engines import ENGINES, engine
from spusk.errors import RunError
from spusk.network import INITS, Network
from spusk.sgd import Event, Outcome, Plan, SortedSetWarning, train_events
from spusk.words import say


@click.command()
@click.option(
    "--data",
    "source",
    default="sample",
    show_default=True,
    metavar="sample|mnist|PATH",
    help="The embedded sample, MNIST, or your own IDX, CSV, NPZ or folder of PNG.",
)
@click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder that holds MNIST's files."
)
@click.option(
    "--layers",
    type=Layers(),
    default=None,
    metavar="N-…-M",
    help="Neurons per layer  [default: 784-100-10, ends fitted to the data]",
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
    "--batch",
    type=Batch(),
    default="10",
    show_default=True,
    metavar="N|all",
    help="Precedents per step; all: full-batch descent.",
)
@click.option("--epochs", type=int, default=10, show_default=True, help="Passes through the data.")
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
    help="Random start: scaled W ~ N(0, 1/n), normal W ~ N(0, 1).",
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
    type=click.Path(path_type=Path),
    default=None,
    metavar="RUN",
    help="Run folder  [default: the next free runs/NNN]",
)
@click.option("--overwrite", is_flag=True, help="Replace a run that is already at --out.")
@click.option("--pictures/--no-pictures", default=True, help="Draw the pictures at the end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per epoch, nothing else.")
@click.pass_obj
def train(
    lang: str, source: str, data_dir: Path | None, layers: tuple[int, ...] | None, rate: float,
    batch: str, epochs: int, seed: int, init: str, gain: tuple[float, ...],
    engine_name: str, threads: int | None, out: Path | None, overwrite: bool, pictures: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Trains a network on handwritten digits and writes a run folder.

    \b
    spusk train                                     the embedded sample, a few seconds
    spusk train --data mnist --layers 784-100-10    60,000 digits (spusk data get mnist)
    spusk train --data digits.csv --layers 64-30-10 your own
    """
    folder = target(out, overwrite)
    sets = data.load(source, data_dir)
    V = sets.train
    net = Network(
        layers or (V.x.shape[1], 100, V.classes), seed, init, gain if len(gain) > 1 else gain[0]
    )
    plan = Plan(rate, "all" if batch == "all" else int(batch), epochs, seed)
    with first_warning_as_line():
        events = train_events(
            net, V, plan.rate, plan.batch, epochs, seed, sets.test, engine_name, threads
        )
    if not as_json:
        click.echo(about(net, plan, V, engine(engine_name, net).name, lang))
    history = watch(events, view(as_json, lang, epochs))
    note = {"shape": list(V.shape), "data_dir": None if data_dir is None else str(data_dir)}
    store.save(folder, net, plan, source, history, note)
    drawn = draw(folder, net, sets, history, lang) if pictures and history else {}
    if not as_json:
        conclude(history, plan, folder, drawn, lang)
    return exit_code(history[-1])


def target(out: Path | None, overwrite: bool) -> Path:
    """The run folder to write: as named, else the next free runs/NNN. Raises RunError."""
    if out is None:
        number = 1
        while (folder := Path("runs") / f"{number:03}").exists():
            number += 1
        return folder
    if out.exists() and not out.is_dir():
        raise RunError(f"{out}: expected a folder to write the run to, found a file")
    if out.is_dir() and any(out.iterdir()) and not overwrite:
        raise RunError(f"{out}: holds files already; choose another --out or add --overwrite")
    return out


def about(net: Network, plan: Plan, V: data.Sample, name: str, lang: str) -> str:
    """One line: what is going to be trained on what."""
    return say(
        "train.about", lang, layers=layer_text(net.sizes), Q=net.Q, P=net.P,
        data=V.name, count=len(V), rate=plan.rate, batch=plan.batch, seed=plan.seed,
        engine=name,
    )  # fmt: skip


@contextmanager
def first_warning_as_line() -> Iterator[None]:
    """Shows what training warns of as one line, not as Python shows warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SortedSetWarning)
        yield
    for warning in caught:
        click.echo(f"warning: {warning.message}", err=True)


def watch(events: Iterator[Event], shown: View) -> list[Event]:
    """Shows events until the end, or until Ctrl-C or SIGTERM, then stops between two steps."""
    asked: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if asked:
            sys.exit(128 + number)
        asked.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    history: list[Event] = []
    try:
        with shown:
            for event in events:
                shown.show(event)
                if event.ends_epoch or event.outcome or asked:
                    history.append(event)
                if asked:
                    break
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return history


def exit_code(last: Event) -> int:
    """0 when the run did what was asked, 3 when it went wrong, 130 when it was stopped."""
    if last.outcome is None:
        return 130
    return 3 if last.outcome is Outcome.NOT_FINITE else 0


def conclude(
    history: list[Event], plan: Plan, folder: Path, drawn: dict[str, Path], lang: str
) -> None:
    """Says in words how it ended and where everything is."""
    last = history[-1]
    tested = [e for e in history if e.test_accuracy is not None]
    epochs = say("train.epochs", lang, n=last.epoch)
    if last.outcome is None:
        click.echo(say("train.stopped", lang, epoch=last.epoch, step=last.step, steps=last.steps))
    elif last.outcome is Outcome.NOT_FINITE:
        click.echo(
            say("train.not_finite", lang, epoch=last.epoch, step=last.step, rate=plan.rate,
                remedy=plan.rate / 10)
        )  # fmt: skip
    elif tested:
        best = max(tested, key=lambda e: e.test_accuracy or 0)
        click.echo(
            say("train.finished", lang, epochs=epochs, seconds=last.seconds,
                best=best.test_accuracy, epoch=best.epoch)
        )  # fmt: skip
    else:
        click.echo(
            say("train.finished_untested", lang, epochs=epochs, seconds=last.seconds,
                cost=last.cost)
        )  # fmt: skip
    click.echo(say("train.saved" if drawn else "train.saved_without", lang, folder=folder))
    for name, path in drawn.items():
        click.echo(say("train.pictures", lang, name=say(f"train.{name}", lang), file=path))
