"""`spusk runs`: many runs in a table, and their histories in one picture."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.table import Table

from spusk.cli.options import PATH, layer_text
from spusk.cli.pictures import save
from spusk.errors import RunError
from spusk.i18n import say
from spusk.optim.schedules import Schedule, Unsaved
from spusk.runs.catalogue import ORDERS, Summary, summaries

COLUMNS = ("run", "data", "layers", "rule", "rate", "epochs", "best", "test", "cost",
           "outcome")  # fmt: skip
MORE = ("seconds", "date")  # shown where runs are sorted by them
WIDE = 400  # columns: no cell is cut, a narrow terminal wraps
LONGEST = 16  # characters of a set's name, or of a function's
WORDS = ("run", "data", "layers", "rule", "outcome")  # columns of words; the others are numbers


@click.command()
@click.argument("places", nargs=-1, type=PATH, metavar="[FOLDER…]")
@click.option(
    "--sort",
    "order",
    type=click.Choice(ORDERS),
    default="name",
    show_default=True,
    help="The best accuracy, the least cost, the most epochs or seconds, the latest date first.",
)
@click.option("--picture", type=PATH, default=None, metavar="FILE", help="Draw their histories.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per run, nothing else.")
@click.pass_obj
def runs(
    lang: str, places: tuple[Path, ...], order: str, picture: Path | None, as_json: bool
) -> None:
    """Lists run folders, and compares them.

    \b
    spusk runs                                  all in runs/
    spusk runs runs/001 runs/002 --picture two.png
    spusk runs experiments --sort accuracy
    """
    found, wrong = summaries(places or (Path("runs"),), order)
    for error in wrong:
        click.echo(say("calls.warning", lang, what=error.sentence(lang)), err=True)
    if not found:
        where = ", ".join(map(str, places)) or "runs"
        raise RunError.keyed("runs.none_here", folder=where)
    if as_json:
        for row in found:
            click.echo(json.dumps(row.data_row()))
    else:
        columns = (*COLUMNS, order) if order in MORE else COLUMNS
        Console(width=WIDE).print(listed(found, columns, lang), highlight=False)
    if picture is not None:
        from spusk import plots

        save(plots.histories({str(r.folder): r.history for r in found}, lang=lang), picture)
        if not as_json:
            click.echo(say("train.pictures", lang, name=say("train.curves", lang), file=picture))


def listed(found: Sequence[Summary], columns: Sequence[str], lang: str) -> Table:
    """The runs as a table; the test has a column where another part was watched."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    if not any(row.test_accuracy is not None for row in found):
        columns = [name for name in columns if name != "test"]
    for name in columns:
        side: Literal["left", "right"] = "left" if name in WORDS else "right"
        table.add_column(say(f"runs.column_{name}", lang), justify=side, no_wrap=True)
    for row in found:
        texts = cells(row, lang)
        table.add_row(*(texts[name] for name in columns))
    return table


def cells(row: Summary, lang: str) -> dict[str, str]:
    """A run's row in words and numbers, by column; a dash for what is not there."""
    best, test = (
        "–" if x is None else say("train.accuracy_cell", lang, x=x)
        for x in (row.best, row.test_accuracy)
    )
    return {
        "run": str(row.folder), "data": cut(Path(row.data).name), "layers": layer_text(row.sizes),
        "rule": row.rule, "rate": short(row.rate, lang), "epochs": f"{row.epochs}/{row.planned}",
        "best": best if row.r2 is None else say("runs.r2", lang, x=row.r2), "test": test,
        "cost": "–" if row.cost is None else say("train.cost_cell", lang, x=row.cost),
        "outcome": say(f"runs.end_{(row.outcome or 'unfinished').replace(' ', '_')}", lang),
        "seconds": say("train.seconds_cell", lang, x=row.seconds),
        "date": row.date[:16].replace("T", " "),
    }  # fmt: skip


def short(rate: float | Schedule, lang: str) -> str:
    """A rate in a few characters: of a schedule its name and its height."""
    if isinstance(rate, Unsaved):
        return cut(rate.text)
    if not isinstance(rate, Schedule):
        return say("runs.number", lang, x=rate)
    name, height, *_ = rate.data().values()
    return f"{name} {say('runs.number', lang, x=height)}"


def cut(text: str) -> str:
    """As much of a text as a cell takes."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
