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
from spusk.runs.catalogue import ORDERS, Summary, summaries

COLUMNS = ("run", "data", "layers", "rule", "rate", "epochs", "best", "last", "test", "cost",
           "outcome", "seconds", "date")  # fmt: skip
WIDE = 400  # columns: no cell is cut, a narrow terminal wraps
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
        Console(width=WIDE).print(listed(found, lang), highlight=False)
    if picture is not None:
        from spusk import plots

        save(plots.histories({str(r.folder): r.history for r in found}, lang=lang), picture)
        if not as_json:
            click.echo(say("train.pictures", lang, name=say("train.curves", lang), file=picture))


def listed(found: Sequence[Summary], lang: str) -> Table:
    """The runs as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    tested = any(row.test_cost is not None for row in found)
    for name in COLUMNS if tested else (name for name in COLUMNS if name != "test"):
        side: Literal["left", "right"] = "left" if name in WORDS else "right"
        table.add_column(say(f"runs.column_{name}", lang), justify=side, no_wrap=True)
    for row in found:
        table.add_row(*cells(row, lang, tested))
    return table


def cells(row: Summary, lang: str, tested: bool) -> list[str]:
    """A run's row in words and numbers; a dash for what is not there."""
    shares = (row.best, row.accuracy, row.test_accuracy)
    share = [
        "–" if x is None else say("train.accuracy_cell", lang, x=x)
        for x in (shares if tested else shares[:2])
    ]
    return [
        str(row.folder), Path(row.data).name, layer_text(row.sizes), row.rule, row.rate,
        f"{row.epochs}/{row.planned}", *share,
        "–" if row.cost is None else say("train.cost_cell", lang, x=row.cost),
        say(f"runs.end_{(row.outcome or 'unfinished').replace(' ', '_')}", lang),
        say("train.seconds_cell", lang, x=row.seconds), row.date[:16].replace("T", " "),
    ]  # fmt: skip
