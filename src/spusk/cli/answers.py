"""What a trained network says: an answer with its names, and those to all rows of a table."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from spusk.cli.pictures import writable
from spusk.data.queries import Query, read_query
from spusk.i18n import say
from spusk.io.files import write
from spusk.nn.network import Network
from spusk.runs import Run
from spusk.runs.manifest import reading_of


class Said(NamedTuple):
    """An answer α(x), and the classes' names where it is about classes."""

    answer: list[float]
    names: tuple[str, ...] | None

    @property
    def number(self) -> int:
        """The class."""
        return int(np.argmax(self.answer))

    def data(self) -> dict[str, Any]:
        """It as JSON."""
        if self.names is None:
            return {"answer": self.answer}
        name = {"class": self.number, "name": self.names[self.number]}
        return {**name, "answer": self.answer, "names": self.names}


def class_names(net: Network) -> tuple[str, ...] | None:
    """The names of a network's classes, numbers where they have none; None: it answers numbers."""
    preparation = net.preparation
    if preparation is None or preparation.scaling == "bytes":
        return tuple(map(str, range(net.sizes[-1])))
    return preparation.classes


def answer_table(trained: Run, path: Path, out: Path | None, json_lines: bool, lang: str) -> None:
    """Answers each row of a table, to a file or standard output. Raises DataError, InputError."""
    wish, net = reading_of(trained.note), trained.net
    query = read_query(path, wish, net.preparation, net.sizes[0])
    say_rest(query, path, lang)
    names = class_names(net)
    said = [Said(answer, names) for answer in net.answer(query.x).tolist()]
    text = "".join(as_json(path, said)) if json_lines else as_csv(said, str(wish.label or "answer"))
    if out is None:
        click.echo(text, nl=False)
        return
    with writable(out):
        write(out, text.encode())
    click.echo(say("train.written", lang, file=out), err=True)


def say_rest(query: Query, path: Path, lang: str) -> None:
    """Says which columns were no inputs."""
    if query.answer is not None:
        click.echo(say("train.ignored", lang, file=path, name=query.answer), err=True)
    if query.left_out:
        names = ", ".join(query.left_out)
        click.echo(say("train.extra", lang, file=path, names=names), err=True)


def as_csv(said: list[Said], asked: str) -> str:
    """A row for each answer: its number, the class and α by name, or the targets."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    names, count = said[0].names, len(said[0].answer)
    targets = [asked] if count == 1 else [f"{asked}{k}" for k in range(1, count + 1)]
    heads = targets if names is None else ["class", *(f"p({name})" for name in names)]
    table.writerow(["row", *heads])
    for row, each in enumerate(said, start=1):
        name = [] if names is None else [names[each.number]]
        table.writerow([row, *name, *(f"{a:.6g}" for a in each.answer)])
    return text.getvalue()


def as_json(path: Path, said: list[Said]) -> Iterator[str]:
    """A line for each answer."""
    for row, each in enumerate(said, start=1):
        yield json.dumps({"file": str(path), "row": row, **each.data()}) + "\n"
