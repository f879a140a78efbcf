"""`spusk evaluate`: how good a trained network is, on its own set or another."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from rich.table import Table

from spusk import data
from spusk.analysis.metrics import (
    class_aucs,
    class_scores,
    confusion_counts,
    mean_absolute_error,
    r_squared,
)
from spusk.cli.carrying import first_warning_as_line
from spusk.cli.options import PATH
from spusk.cli.runs import opened
from spusk.cli.views import finite_or_none
from spusk.data import Sample
from spusk.data.matching import listed, matched
from spusk.i18n import say
from spusk.nn.network import Network
from spusk.runs import Run
from spusk.runs.manifest import reading_of, still_there

FEW = 20  # classes whose table is shown unasked


class Part(NamedTuple):
    """A part of a set and how well it is answered."""

    name: str
    V: Sample
    cost: float
    answers: np.ndarray[Any, np.dtype[np.floating[Any]]]

    @property
    def said(self) -> str:
        """What it is called: the set, and which part of it."""
        own = f"/{self.name}"
        return self.V.name if self.name == "all" or self.V.name.endswith(own) else self.V.name + own

    @property
    def right(self) -> int | None:
        """How many classes are right; None where there are none."""
        labels = self.V.labels
        return None if labels is None else int(np.sum(np.argmax(self.answers, axis=1) == labels))


@click.command()
@click.argument("run", type=PATH)
@click.option("--data", "source", default=None, help="Another set  [default: the run's own]")
@click.option("--data-dir", type=PATH, help="Folder that holds MNIST's files.")
@click.option("--report", is_flag=True, help="Each class of each part, however many there are.")
@click.option("--json", "as_json", is_flag=True, help="The numbers as JSON.")
@click.pass_obj
def evaluate(
    lang: str, run: Path, source: str | None, data_dir: Path | None, report: bool, as_json: bool
) -> None:
    """Cost and accuracy of a trained network, and how it does on each class.

    On the training and the test part of its own set, or on another one: that is taken whole where
    it has no parts, and its classes are known by their names. For targets R² and the mean absolute
    error stand beside the cost. Every example counts alike, whatever its weight was in training.
    """
    trained = opened(run, lang)
    parts = list(evaluated(trained, source, data_dir, lang))
    for part in parts:
        if as_json:
            click.echo(json.dumps(numbers_of(part)))
            continue
        click.echo(line_of(part, lang))
        shown = report or (part is parts[-1] and part.V.classes <= FEW)
        if shown and part.V.labels is not None:
            print_classes(part, lang)


def evaluated(trained: Run, source: str | None, data_dir: Path | None, lang: str) -> Iterator[Part]:
    """Each part of the set, answered; what is left out of it is said. Raises DataError."""
    net, note = trained.net, trained.note
    folder = data_dir or (Path(d) if (d := note.get("data_dir")) else None)
    wish = reading_of(note)._replace(class_weight=None)  # every part is measured by its examples
    with first_warning_as_line(lang):
        if source is None:
            sets = data.load_as(still_there(trained.source, trained.folder), folder, wish)
        else:
            sets = data.load_for(source, folder, wish, net.preparation)
    parts = {"train": sets.train, "validation": sets.validation, "test": sets.test}
    for name, V in parts.items():
        if V is None:
            continue
        own, strange = matched(V.with_weights(None), net.preparation, net.sizes[-1])
        if strange:
            told = {"names": listed(tuple(strange)), "count": strange.total()}
            click.echo(say("train.strange", lang, data=V.name, **told), err=True)
        yield Part(name if source is None or sets.test else "all", own, *measured(net, own))


def measured(net: Network, V: Sample) -> tuple[float, Any]:
    """The mean cost, and α(x) of each example, (K, m)."""
    return net.cost(V), net.answer(V)


def numbers_of(part: Part) -> dict[str, Any]:
    """A part's numbers as JSON."""
    V, right = part.V, part.right
    accuracy = None if right is None else right / len(V)
    numbers = {"part": part.name, "count": len(V), "cost": part.cost, "accuracy": accuracy}
    if V.labels is not None:
        return numbers | {"classes": list(class_rows(part))}
    assert V.y is not None
    found = {"r2": r_squared(part.answers, V.y), "mae": mean_absolute_error(part.answers, V.y)}
    return numbers | {name: finite_or_none(value) for name, value in found.items()}


def class_rows(part: Part) -> Iterator[dict[str, Any]]:
    """What is right in each class."""
    V = part.V
    assert V.labels is not None
    counts = confusion_counts(V.labels, np.argmax(part.answers, axis=1), V.classes)
    scores = class_scores(counts)
    areas = class_aucs(part.answers, V.labels)
    for k, name in enumerate(V.class_names):
        yield {
            "name": name, "precision": float(scores.precision[k]),
            "recall": float(scores.recall[k]), "f1": float(scores.f1[k]),
            "auc": finite_or_none(float(areas[k])), "count": int(scores.support[k]),
        }  # fmt: skip


def line_of(part: Part, lang: str) -> str:
    """A part in one line."""
    V, right = part.V, part.right
    if right is not None:
        return say("train.evaluated", lang, data=part.said, cost=part.cost, accuracy=right / len(V),
                   right=right, count=len(V))  # fmt: skip
    assert V.y is not None
    return say("train.evaluated_cost", lang, data=part.said, cost=part.cost, count=len(V),
               r2=r_squared(part.answers, V.y),
               mae=mean_absolute_error(part.answers, V.y))  # fmt: skip


def print_classes(part: Part, lang: str) -> None:
    """The table of the classes."""
    from rich.console import Console

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(say("train.class", lang), no_wrap=True)
    for name in ("precision", "recall", "f1", "auc", "count"):
        table.add_column(say(f"train.class_{name}", lang), justify="right", no_wrap=True)
    for row in class_rows(part):
        shares = ("–" if (x := row[name]) is None else say("train.share", lang, x=x)
                  for name in ("precision", "recall", "f1", "auc"))  # fmt: skip
        table.add_row(row["name"], *shares, say("train.count", lang, x=row["count"]))
    Console().print(table, highlight=False, markup=False)
