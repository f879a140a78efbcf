"""`spusk why`: the lecture's two questions, answered by measuring."""

from pathlib import Path

import click
import numpy as np

from spusk import data
from spusk.cli.options import PATH, layer_text
from spusk.cli.pictures import save
from spusk.i18n import say
from spusk.nn.network import Network


@click.group()
def why() -> None:
    """Why stochastic? Why back-propagation? Measured here and now."""


@why.command()
@click.option(
    "--out",
    type=PATH,
    default="why_stochastic.png",
    show_default=True,
    help="The picture (PNG, SVG or PDF).",
)
@click.option(
    "--passes",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Passes through the sample for each batch size.",
)
@click.pass_obj
def stochastic(lang: str, out: Path, passes: int) -> None:
    """Cost against work done: full batch beside mini-batches, each at its best rate."""
    from spusk import plots
    from spusk.analysis.experiments import work_curves

    curves = []
    V = data.sample().train
    for curve in work_curves(Network([784, 30, 10]), V, passes=passes):
        curves.append(curve)
        batch = say("why.all", lang) if curve.batch == len(V) else f"{curve.batch}"
        row = {"batch": batch, "rate": curve.rate, "cost": curve.cost[-1], "passes": passes}
        click.echo(say("why.curve", lang, **row))
    save(plots.why_stochastic(curves, lang=lang), out)
    click.echo(say("why.saved", lang, file=out))


@why.command()
@click.option(
    "--examples",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Examples of the sample in each gradient.",
)
@click.pass_obj
def backprop(lang: str, examples: int) -> None:
    """Time of one gradient: finite differences (Q + P passes) beside back-propagation."""
    from rich.console import Console
    from rich.table import Table

    from spusk.analysis.experiments import gradient_times

    V = data.sample().train.take(np.arange(examples))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("layers", "passes", "differences", "backprop", "ratio", "disagreement"):
        table.add_column(say(f"why.{name}", lang), justify="right")
    for row in gradient_times(V, [(784, 1, 10), (784, 3, 10), (784, 10, 10), (784, 30, 10)]):
        ratio = row.differences / row.backprop
        table.add_row(
            layer_text(row.sizes),
            say("why.count_cell", lang, x=row.passes),
            say("why.time_cell", lang, x=row.differences * 1e3),
            say("why.time_cell", lang, x=row.backprop * 1e3),
            say("why.ratio_cell", lang, x=ratio),
            say("why.gap_cell", lang, x=row.disagreement),
        )
    Console().print(table)
