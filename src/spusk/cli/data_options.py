"""What the command line asks about a set: where it is, its answer, how its inputs are prepared."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from spusk import data
from spusk.cli.options import PATH, number, option_group
from spusk.cli.signals import Signals
from spusk.cli.wrong_calls import unusable
from spusk.data import Data, Preparation, Reading, Sample
from spusk.data.loading import weigh
from spusk.data.preprocessing import SCALINGS
from spusk.data.reading import MISSING
from spusk.data.weights import BALANCED, ClassPairs
from spusk.i18n import say
from spusk.training.choices import SPARED

UNBEGUN = "train.unbegun"  # said where a signal comes while the set is read
NAMED = ("sample", "mnist")
SHOWN = 60  # characters of the names of classes, or of columns, in a line


class ClassWeights(click.ParamType[ClassPairs]):
    """balanced, or NAME=W,NAME=W…; a name with a comma in it stands in quotes."""

    name = "class weights"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> ClassPairs:
        if str(value) == BALANCED:
            return BALANCED
        pairs = [part.rpartition("=") for part in next(csv.reader([str(value)]), [])]
        try:
            found = {name.strip(): number(weight) for name, _, weight in pairs}
        except ValueError:
            found = {}
        if "" in found or not 0 < len(found) == len(pairs):
            raise unusable("class_weight", param, ctx, found=str(value))
        return tuple(found.items())


@dataclass(frozen=True)
class DataChoice:
    """What was asked about a set."""

    source: str
    folder: Path | None
    label: str | None
    missing: Literal["mean", "drop"] | None
    keep_order: bool
    test: Path | None
    transpose: bool | None
    validation: float | None
    weight: str | None
    class_weight: ClassPairs | None
    scaling: str

    def load(self, stop: Signals, validation: float = 0.0) -> Data:
        """The set, mixed once where it is one's own. Raises DataError."""
        wish = self.reading(validation)
        return stop.at_once(data.load_as, UNBEGUN)(self.source, self.folder, wish)

    def reading(self, validation: float) -> Reading:
        """What is asked of the reader."""
        test = None if self.test is None else str(self.test)
        mix, transpose = not self.keep_order, self.transpose
        wish = Reading(self.label, self.missing, mix, test, transpose=transpose)
        return wish._replace(validation=validation, weight=self.weight)

    def with_validation(self, sets: Data, share: float, stop: Signals) -> Data:
        """The set with its validation part; means that were filled in are learned without it."""
        if not share:
            return sets
        filled = sets.found is not None and sets.found.filled
        return self.load(stop, share) if filled else sets.with_validation(share)

    def weighed(self, sets: Data) -> Data:
        """The set in its parts, its classes weighed in the training part. Raises DataError."""
        return weigh(sets, self.class_weight)

    def preparation(self, sets: Data, targets: bool = False) -> Preparation:
        """How the set's inputs are prepared; `targets`: and its targets, for an output without
        bounds."""
        return data.prepare(sets.train, self.scaling, targets)

    def note(self, sets: Data, validation: float) -> dict[str, Any]:
        """What the run says of it, so that the same is read again."""
        label = sets.found.answer if sets.found and sets.found.answer else self.label
        pairs = self.class_weight
        read = self.reading(validation)._replace(label=label)._asdict()
        read["class_weight"] = dict(pairs) if isinstance(pairs, tuple) else pairs
        for name in ("before", "validation", "weight", "class_weight"):
            if not read[name]:
                del read[name]
        folder = None if self.folder is None else str(self.folder)
        return {"shape": list(sets.train.shape), "data_dir": folder, "read": read}


OPTIONS = (
    click.option(
        "--data",
        "source",
        default="sample",
        show_default=True,
        metavar="sample|mnist|PATH",
        help="The embedded sample, MNIST, or your own IDX, CSV, NPZ or folder of pictures.",
    ),
    click.option("--data-dir", "folder", type=PATH, help="Folder that holds MNIST's files."),
    click.option(
        "--label",
        default=None,
        metavar="NAME|NUMBER",
        help="A table's column that is the answer, its name or its number from 1  "
        "[default: label, class, target or y, else the only one that can be]",
    ),
    click.option(
        "--test",
        type=PATH,
        default=None,
        metavar="PATH",
        help="Another file or folder that is the test part  [default: its own, else a fifth]",
    ),
    click.option(
        "--validation",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        default=None,
        metavar="SHARE",
        help="Split this share of the training part off, class by class, to be watched while the "
        "rest is trained on; the test part is then looked at once, in the end  "
        "[default: a tenth where --keep best or --patience needs one, of modern from "
        f"{SPARED:,} examples on; else none]",
    ),
    click.option(
        "--weight",
        default=None,
        metavar="NAME|NUMBER",
        help="A table's column, or the array of an NPZ, that says how much each example counts in "
        "training; it is no input.",
    ),
    click.option(
        "--class-weight",
        type=ClassWeights(),
        default=None,
        metavar="balanced|NAME=W,…",
        help="How much the examples of each class count in training; balanced: each class as much "
        "as another.",
    ),
    click.option(
        "--scaling",
        type=click.Choice(("auto", *SCALINGS)),
        default="auto",
        show_default=True,
        help="What is done to the inputs; auto: pixels for pictures, standardise for tables.",
    ),
    click.option(
        "--missing",
        type=click.Choice(MISSING),
        default=None,
        help="Values missing in a table: their column's mean, or drop the row  [default: refuse]",
    ),
    click.option(
        "--transpose/--no-transpose",
        default=None,
        help="Exchange rows and columns of the set's pictures  [default: in files called emnist-…]",
    ),
    click.option(
        "--keep-order",
        is_flag=True,
        help="Don't mix a set of one's own when it is read; the sample and MNIST never are.",
    ),
)
data_options = option_group("chosen", DataChoice, OPTIONS, DataChoice.__dataclass_fields__)


def about_set(sets: Data, preparation: Preparation | None, lang: str) -> str:
    """One line: what the answer is, what is done to the inputs, and in which order they come."""
    said = sets.found.said if sets.found is not None else ()
    parts = [answer_text(sets, lang), *(each.sentence(lang) for each in said)]
    if preparation is not None and preparation.scaling != "bytes":
        count, top = sets.train.x.shape[1], preparation.scale[0]
        kind = "dark" if preparation.dark else preparation.scaling
        parts.append(say(f"tables.inputs_{kind}", lang, n=count, top=abs(top)))
    found = sets.found
    if found is not None and found.left_out:
        parts.append(say("tables.left_out", lang, names=listed(found.left_out)))
    if found is not None and found.filled:
        parts.append(say("tables.filled", lang, n=found.filled))
    if found is not None and found.dropped:
        parts.append(say("tables.dropped", lang, n=found.dropped))
    if sets.validation is not None:
        parts.append(parts_text(sets, sets.validation, lang))
    if found is not None and found.weight is not None:
        parts.append(say("tables.weighed", lang, name=found.weight))
    if found is not None and found.class_weight is not None:
        parts.append(class_weight_text(found.class_weight, lang))
    mixed = found is not None and found.mixed
    return " ".join([*parts, say("tables.mixed" if mixed else "tables.unmixed", lang)])


def parts_text(sets: Data, validation: Sample, lang: str) -> str:
    """How many examples are trained on, watched, and tested."""
    counts = {"train": len(sets.train), "validation": len(validation)}
    if sets.test is None:
        return say("tables.parts_untested", lang, **counts)
    return say("tables.parts", lang, **counts, test=len(sets.test))


def class_weight_text(class_weight: ClassPairs, lang: str) -> str:
    """How much the classes count."""
    if isinstance(class_weight, str):
        return say("tables.balanced", lang)
    each = tuple(say("tables.class_weighs", lang, name=k, w=w) for k, w in class_weight)
    return say("tables.class_weights", lang, names=listed(each))


def answer_text(sets: Data, lang: str) -> str:
    """Which column is the answer, and what it is."""
    V = sets.train
    if V.labels is not None:
        what = say("tables.classes", lang, n=V.classes, names=listed(V.class_names))
    elif V.classes == 1:
        what = say("tables.target", lang)
    else:
        what = say("tables.targets", lang, n=V.classes)
    if sets.found is None or sets.found.answer is None:
        return say("tables.answer", lang, what=what)
    return say("tables.answer_column", lang, name=sets.found.answer, what=what)


def listed(names: tuple[str, ...]) -> str:
    """Names as far as a line takes them."""
    shown = ", ".join(names)
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN // 2]} … {names[-1][-SHOWN // 3 :]}"
