"""How a training looks in a terminal (live table), in a pipe (lines), and for programs (JSON)."""

import json
import math
import sys
from contextlib import AbstractContextManager
from dataclasses import asdict
from time import monotonic
from typing import Protocol, Self

import click
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from spusk.i18n import say
from spusk.training import Event

ROWS = 50  # of a history of many epochs
PATIENCE = 1.0  # seconds without a row
NUMBERS = ("cost", "accuracy", "watched_cost", "watched_accuracy", "seconds", "speed")


def cells(event: Event, lang: str) -> list[str]:
    """The numbers of an event as a person reads them; a dash for what is not there."""
    texts = [str(event.epoch)]
    for name in NUMBERS:
        number = getattr(event, name)
        texts.append("–" if number is None else say(f"train.{name}_cell", lang, x=number))
    return texts


def column(name: str, lang: str, validation: bool) -> str:
    """What a column of numbers is called; what is watched, by its part."""
    part = "validation" if validation else "test"
    return say(f"train.{name.replace('watched', part)}", lang)


class View(AbstractContextManager["View"], Protocol):
    """Takes events as they come."""

    def show(self, event: Event) -> None:
        """Shows one event."""
        ...


def finite_or_none(number: object) -> object:
    """The number; None where it is none that JSON has."""
    return None if isinstance(number, float) and not math.isfinite(number) else number


class JsonLines:
    """One JSON object per epoch on standard output."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, event: Event) -> None:
        if event.ends_epoch or event.outcome:
            numbers = {k: finite_or_none(v) for k, v in asdict(event).items() if k != "cursor"}
            click.echo(json.dumps(numbers))


class Rows:
    """Which epochs' ends have a row: each, of many epochs about fifty evenly, and one a second."""

    def __init__(self, epochs: int) -> None:
        self.every = -(-epochs // ROWS) if epochs > 2 * ROWS else 1
        self.at = -PATIENCE  # when the last one came

    def has(self, event: Event) -> bool:
        """Whether this event has one; the first and the last have."""
        late = monotonic() - self.at >= PATIENCE
        ends = event.outcome is not None or event.epoch == 1
        shown = event.ends_epoch and (event.epoch % self.every == 0 or ends or late)
        self.at = monotonic() if shown else self.at
        return shown


class Lines:
    """A plain line for an epoch."""

    def __init__(self, lang: str, epochs: int, validation: bool = False) -> None:
        self.lang, self.shown = lang, Rows(epochs)
        self.sentence = "train.line_validation" if validation else "train.line"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, event: Event) -> None:
        if self.shown.has(event):
            numbers = dict(zip(("epoch", *NUMBERS), cells(event, self.lang), strict=True))
            click.echo(say(self.sentence, self.lang, **numbers))


AROUND = 3  # lines of a terminal that are no rows: the header, the bar, the cursor


class LiveTable:
    """A table that grows by a row an epoch, over a bar for the epoch under way.

    While it grows it has the last rows that fit the terminal; in the end it has all of them.
    """

    def __init__(self, lang: str, epochs: int, validation: bool = False) -> None:
        self.lang, self.epochs, self.validation = lang, epochs, validation
        self.chosen = Rows(epochs)
        self.rows: list[list[str]] = []
        self.over = False
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[now]}"),
        )
        self.task = self.bar.add_task("", total=epochs, now="")
        self.console = Console()
        self.live = Live(get_renderable=self.shown, console=self.console, refresh_per_second=8)

    def __enter__(self) -> Self:
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.remove_task(self.task)
        self.over = True
        self.live.stop()

    def table(self, rows: list[list[str]]) -> Table:
        """These rows under their names."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("epoch", *NUMBERS):
            title = column(name, self.lang, self.validation)
            table.add_column(title, justify="right", no_wrap=True)
        for row in rows:
            table.add_row(*row)
        return table

    def shown(self) -> Group:
        """The rows, while it grows the last that fit, and the bar."""
        room = max(1, self.console.height - AROUND)
        return Group(self.table(self.rows if self.over else self.rows[-room:]), self.bar)

    def show(self, event: Event) -> None:
        if self.chosen.has(event):
            self.rows.append(cells(event, self.lang))
        _, cost, accuracy, _, _, _, speed = cells(event, self.lang)
        now = say("train.now", self.lang, cost=cost, accuracy=accuracy, speed=speed)
        done = event.epoch - 1 + event.step / event.steps
        of = say("train.epoch_of", self.lang, epoch=event.epoch, epochs=self.epochs)
        self.bar.update(self.task, completed=done, description=of, now=now)


def view(as_json: bool, lang: str, epochs: int, validation: bool) -> View:
    """The view that fits where the output goes."""
    if as_json:
        return JsonLines()
    kind = LiveTable if sys.stdout.isatty() else Lines
    return kind(lang, epochs, validation)
