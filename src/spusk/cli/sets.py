"""`spusk data get mnist`: fetches what training needs, once."""

import sys
from pathlib import Path

import click

from spusk import data as sets
from spusk.cli.options import PATH
from spusk.cli.signals import Signals
from spusk.i18n import say


@click.group()
def data() -> None:
    """Data sets: get them, once."""


@data.group(name="get")
def get() -> None:
    """Downloads a set, checks it, and keeps it in the platform's cache folder."""


@get.command()
@click.option("--data-dir", type=PATH, help="Put it here instead.")
@click.pass_obj
def mnist(lang: str, data_dir: Path | None) -> None:
    """MNIST: 60,000 + 10,000 handwritten digits, about 12 MB."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(file: str, done: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=total)
            bar.update(tasks[file], completed=done, total=total)

        with Signals() as stop:
            fetch = stop.at_once(sets.get_mnist, "data.cut_off")
            folder = fetch(data_dir, progress=progress)
    click.echo(say("data.ready", lang, name="MNIST", folder=folder))
