"""`spusk predict`: what a trained network says to pictures, and to the rows of tables."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from spusk.cli.answers import Said, answer_table, class_names
from spusk.cli.options import PATH
from spusk.cli.pictures import writable
from spusk.cli.runs import opened
from spusk.data.digit import Picture, look_for, read_picture
from spusk.data.looks import Look
from spusk.data.queries import is_query
from spusk.errors import DataError, InputError
from spusk.i18n import say
from spusk.runs import Run

SHOWN = 20  # classes whose α is shown; of more, the likeliest ones


@click.command()
@click.argument("run", type=PATH)
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE…")
@click.option("--out", type=PATH, metavar="FILE", help="Write a table's answers there, as CSV.")
@click.option(
    "--prepared", type=PATH, metavar="FOLDER", help="Write pictures as the network sees them."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per picture, or row.")
@click.pass_obj
def predict(
    lang: str, run: Path, files: tuple[Path, ...], out: Path | None, prepared: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Says the class of each picture, and α(x); or answers the rows of a table, as CSV.

    \b
    spusk predict runs/001 photo.jpg scan.png
    spusk predict runs/001 people.csv --out answers.csv

    A picture (PNG, JPEG, BMP, GIF, WebP, TIFF, of any size) is brought to the look of the training
    pictures: their size, light ink or dark, where their signs stand. What makes it doubtful is
    said. A table's columns are found by their names; it may hold the answer's, which is ignored.
    """
    trained = opened(run, lang)
    if out is not None and (len(files) != 1 or not is_query(files[0])):
        raise InputError.keyed("runs.one_table", found=len(files))
    bad = 0
    for path in files:
        try:
            if is_query(path):
                answer_table(trained, path, out, as_json, lang)
            else:
                answer_picture(trained, path, prepared, as_json, lang)
        except DataError as error:
            click.echo(say("calls.error", lang, what=error.sentence(lang)), err=True)
            bad += 1
    return 2 if bad else 0


def answer_picture(
    trained: Run, path: Path, prepared: Path | None, as_json: bool, lang: str
) -> None:
    """Answers a picture. Raises DataError, and InputError where the run's set has none."""
    picture = read_picture(path, look_of_run(trained))
    said = Said(trained.net.answer(picture.x).tolist(), class_names(trained.net))
    if prepared is not None:
        write_prepared(prepared, path, picture)
    if as_json:
        click.echo(json.dumps({"image": str(path), **said.data(), "doubts": picture.doubts}))
    else:
        say_answer(path, said, picture.doubts, lang)


def look_of_run(trained: Run) -> Look:
    """How the pictures of a run's set look. Raises InputError where they are none."""
    preparation, shape = trained.net.preparation, tuple(trained.note.get("shape", ()))
    if preparation is not None and preparation.look is not None:
        return preparation.look
    if len(shape) != 2:
        raise InputError.keyed("runs.no_pictures", path=trained.folder)
    return look_for(None, shape, trained.folder)


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
