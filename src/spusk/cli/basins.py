"""`spusk escape` and `spusk basins`: where descents from many starts end."""

from pathlib import Path

import click
import numpy as np

from spusk.cli.gradient import point_text
from spusk.cli.options import PATH, Range
from spusk.cli.pictures import save
from spusk.cli.surfaces import rate_of, to_json
from spusk.cli.wrong_calls import unusable
from spusk.errors import InputError
from spusk.i18n import say

PARTS = ("share_global", "share_local", "unsettled", "diverged")


class View(click.ParamType[tuple[tuple[float, float], ...]]):
    """A box: -5:5,-5:5."""

    name = "view"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[float, float], ...]:
        try:
            box = tuple(tuple(float(e) for e in part.split(":")) for part in str(value).split(","))
        except ValueError:
            box = ()
        if not box or any(len(side) != 2 for side in box):
            raise unusable("view", param, ctx, found=value)
        return tuple((side[0], side[1]) for side in box)


VIEW = click.option("--view", type=View(), default=None, metavar="A:B,C:D",
                    help="The box of starts  [default: the gallery's]")  # fmt: skip
PLOT = click.option("--plot", type=PATH, default=None,
                    help="The picture (.png .svg .pdf).")  # fmt: skip


@click.command()
@click.argument("formula")
@click.option(
    "--rates",
    type=Range(),
    default=None,
    metavar="R,R…|A:B:N",
    help="Rates to try  [default: 30 around the gallery's bound]",
)
@click.option(
    "--starts",
    type=click.IntRange(1, 10_000_000),
    default=4096,
    show_default=True,
    help="Random starts in the box.",
)
@click.option(
    "--steps", type=click.IntRange(1), default=1000, show_default=True, help="Steps at most."
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="The same seed gives the same starts.",
)
@VIEW
@PLOT
@click.option("--json", "as_json", is_flag=True, help="The shares as JSON.")
@click.pass_obj
def escape(
    lang: str, formula: str, rates: tuple[float, ...] | None, starts: int, steps: int, seed: int,
    view: tuple[tuple[float, float], ...] | None, plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Does a larger rate escape a local minimum? Shares of random starts by where they end.

    \b
    spusk escape escape --plot escape.png          it does: the local minimum is the sharper one
    spusk escape trap --plot trap.png              it does not
    spusk escape styblinski-tang --rates 0.005:0.06:12
    """
    from rich.console import Console
    from rich.table import Table

    from spusk import descent
    from spusk.functions import function

    f = function(formula)
    if rates is None:
        if f.entry is None or f.entry.bound is None:
            raise InputError.keyed("surfaces.no_rates")
        rates = tuple(np.geomspace(f.entry.bound / 300, f.entry.bound * 2, 30).tolist())
    found = descent.escape(f, rates, starts, steps, seed=seed, view=view)
    if as_json:
        click.echo(to_json([row._asdict() for row in found.rows]))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("rate", "share_global", "interval", "share_local", "unsettled", "diverged"):
            table.add_column(say(f"surfaces.{name}", lang), justify="right")
        for row in found.rows:
            parts = [say("surfaces.share_cell", lang, x=getattr(row, part)) for part in PARTS]
            band = say("surfaces.band", lang, low=row.low, high=row.high)
            rate = say("surfaces.number", lang, x=row.rate)
            table.add_row(rate, parts[0], band, *parts[1:])
        Console().print(table)
        for note in found.notes(lang):
            click.echo(note)
    if plot is not None:
        from spusk import plots

        save(plots.escape_curve(found, lang=lang), plot)
        click.echo(say("surfaces.saved", lang, file=plot), err=as_json)


@click.command()
@click.argument("formula")
@click.option(
    "--rate",
    "--eta",
    "rate",
    type=float,
    default=None,
    help="Learning rate η  [default: the gallery's, else 0.1]",
)
@click.option(
    "--size",
    type=click.IntRange(2, 4096),
    default=256,
    show_default=True,
    help="Starts along a side.",
)
@click.option(
    "--steps", type=click.IntRange(1), default=1000, show_default=True, help="Steps at most."
)
@VIEW
@PLOT
@click.option("--json", "as_json", is_flag=True, help="The minima and shares as JSON.")
@click.pass_obj
def basins(
    lang: str, formula: str, rate: float | None, size: int, steps: int,
    view: tuple[tuple[float, float], ...] | None, plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Which minimum each start reaches: the basins of attraction.

    \b
    spusk basins himmelblau --plot basins.png
    spusk basins "(x^2-1)^2 + y^2" --view -2:2,-2:2 --rate 0.1 --plot basins.png
    """
    from rich.console import Console
    from rich.table import Table

    from spusk import descent
    from spusk.functions import function
    from spusk.functions.points import PointKind

    f = function(formula)
    found = descent.basins(f, rate_of(f, rate), view, size, steps=steps)
    nowhere = float(np.mean(found.index < 0))
    if as_json:
        minima = [
            {"x": x.tolist(), "f": float(value), "share": float(share), "kind": str(kind)}
            for x, value, share, kind in zip(
                found.minima, found.values, found.shares, found.kinds, strict=True
            )
        ]
        none = {"none": nowhere, "none_by": found.nowhere}
        click.echo(to_json({"rate": found.rate, "minima": minima} | none))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("basin", "value_name", "share"):
            table.add_column(say(f"surfaces.{name}", lang), justify="right")
        for k in np.argsort(-found.shares, kind="stable"):
            value = say("surfaces.number", lang, x=round(float(found.values[k]), 12))
            share = say("surfaces.share_cell", lang, x=float(found.shares[k]))
            name = point_text(found.minima[k], lang)
            if found.kinds[k] is PointKind.VALLEY:
                name = say("surfaces.valley", lang, x=name)
            table.add_row(name, value, share)
        for why, part in found.nowhere.items():
            share = say("surfaces.share_cell", lang, x=part)
            table.add_row(say(f"surfaces.none_{why}", lang), "", share)
        Console().print(table)
    if plot is not None:
        from spusk import plots

        save(plots.basin_map(found, lang=lang), plot)
        click.echo(say("surfaces.saved", lang, file=plot), err=as_json)
