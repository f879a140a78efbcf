"""`spusk predict`: what a trained network says to pictures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from spusk.cli.options import PATH
from spusk.cli.pictures import writable
from spusk.cli.runs import opened
from spusk.data.digit import Picture, look_for, read_picture
from spusk.data.looks import Look
from spusk.errors import DataError, InputError
from spusk.i18n import say
from spusk.nn.network import Network
from spusk.runs import Run

SHOWN = 20  # classes whose α is shown; of more, the likeliest ones


@click.command()
@click.argument("run", type=PATH)
@click.argument("images", nargs=-1, required=True, type=PATH, metavar="IMAGE…")
@click.option(
    "--prepared", type=PATH, metavar="FOLDER", help="Write the pictures as the network sees them."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per image.")
@click.pass_obj
def predict(
    lang: str, run: Path, images: tuple[Path, ...], prepared: Path | None, as_json: bool
) -> int:
    """Says the class of each picture (of any size), and α(x).

    A picture is brought to the look of the training pictures: their size, light ink or dark, where
    their signs stand. What makes it doubtful is said. PNG, JPEG, BMP, GIF, WebP, TIFF.
    """
    trained = opened(run, lang)
    look = look_of_run(trained)
    bad = 0
    for path in images:
        try:
            picture = read_picture(path, look)
        except DataError as error:
            click.echo(say("calls.error", lang, what=error.sentence(lang)), err=True)
            bad += 1
            continue
        said = answered(trained.net, picture)
        if prepared is not None:
            write_prepared(prepared, path, picture)
        if as_json:
            click.echo(json.dumps({"image": str(path), **said.data(), "doubts": picture.doubts}))
        else:
            say_answer(path, said, picture.doubts, lang)
    return 2 if bad else 0


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


def look_of_run(trained: Run) -> Look:
    """How the pictures of a run's set look. Raises InputError where they are none."""
    preparation, shape = trained.net.preparation, tuple(trained.note.get("shape", ()))
    if preparation is not None and preparation.look is not None:
        return preparation.look
    if len(shape) != 2:
        raise InputError.keyed("runs.no_pictures", path=trained.folder)
    return look_for(None, shape, trained.folder)


def class_names(net: Network) -> tuple[str, ...] | None:
    """The names of a network's classes, numbers where they have none; None: it answers numbers."""
    preparation = net.preparation
    if preparation is None or preparation.scaling == "bytes":
        return tuple(map(str, range(net.sizes[-1])))
    return preparation.classes


def answered(net: Network, picture: Picture) -> Said:
    """What a network says to a picture."""
    return Said(net.answer(picture.x).tolist(), class_names(net))


def say_answer(path: Path, said: Said, doubts: tuple[str, ...], lang: str) -> None:
    """The class by its name, α(x) by names, and a line for each doubt."""
    cell: Callable[[float], str] = lambda a: say("train.accuracy_cell", lang, x=a)  # noqa: E731
    if said.names is None:
        numbers = "  ".join(say("train.number_cell", lang, x=a) for a in said.answer)
        click.echo(say("train.predicted", lang, file=path, name=numbers))
    else:
        order = range(len(said.answer))
        if len(order) > SHOWN:
            order = np.argsort(said.answer)[: -SHOWN - 1 : -1].tolist()
        shown = "  ".join(f"{said.names[k]} {cell(said.answer[k])}" for k in order)
        click.echo(say("train.predicted", lang, file=path, name=said.names[said.number]))
        click.echo(say("train.answers", lang, answers=shown))
    for doubt in doubts:
        click.echo(say("train.doubtful", lang, why=say(f"train.doubt_{doubt}", lang)))


def write_prepared(folder: Path, path: Path, picture: Picture) -> None:
    """Writes a picture as the network sees it: FOLDER/NAME.png, another name where it is taken."""
    from PIL import Image

    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        names = (f"{path.stem}{end}.png" for end in ("", *(f"-{k}" for k in range(2, 100_000))))
        file = next(folder / name for name in names if not (folder / name).exists())
        Image.fromarray(picture.shades).save(file)
