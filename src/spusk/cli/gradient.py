"""`spusk gradient` and `spusk gallery`: formulas, exactly; and the student's answer first."""

from typing import TYPE_CHECKING

import click
import numpy as np

from spusk.cli.options import Point
from spusk.errors import FormulaError, StartError
from spusk.i18n import say

if TYPE_CHECKING:
    from spusk.functions import Function


def point_text(point: object, lang: str) -> str:
    """(5, 5), and (5; 5) in Russian, where the comma is in the numbers."""
    numbers = [say("surfaces.number", lang, x=float(x)) for x in np.ravel(np.asarray(point))]
    return f"({('; ' if lang == 'ru' else ', ').join(numbers)})"


@click.command()
@click.argument("formula")
@click.option("--at", type=Point(), default=None, metavar="X,Y", help="Also as numbers there.")
@click.option("--check", is_flag=True, help="Take your answer first, and say whether it is right.")
@click.option(
    "--form",
    type=click.Choice(["text", "latex", "mathml"]),
    default="text",
    show_default=True,
    help="How formulas are written.",
)
@click.pass_obj
def gradient(lang: str, formula: str, at: tuple[float, ...] | None, check: bool, form: str) -> None:
    """The gradient of a formula, or of a function of the gallery.

    \b
    spusk gradient "x1**2 - 10*x1 + 2*x2**2 - 20*x2 + 75"
    spusk gradient lecture --check            the lecture's exercise: you first
    spusk gradient "sin(x)*y^2" --at 0,2
    spusk gradient -- "-x^2"                  a formula that begins with a minus
    """
    from spusk.functions import function

    f = function(formula)
    if at is not None and len(at) != f.n:
        raise StartError.keyed(
            "surfaces.at_numbers", n=f.n, names=", ".join(f.names), found=len(at)
        )
    written = f.formulas(form, lang)
    click.echo(say("surfaces.f", lang, formula=written.f))
    if check:
        ask(f, lang)
        click.echo(say("surfaces.answer_now", lang))
    for name, part in zip(f.names, written.gradient, strict=True):
        click.echo(f"∂f/∂{name} = {part}")
    separator = "; " if lang == "ru" else ", "
    click.echo(f"∇f = ({separator.join(written.gradient)})")
    if at is not None:
        x = np.array(at)
        click.echo(say("surfaces.at", lang, point=point_text(x, lang)))
        click.echo(say("surfaces.value", lang, x=float(f.value(x))))
        click.echo(say("surfaces.gradient_value", lang, point=point_text(f.gradient(x), lang)))


def ask(f: "Function", lang: str) -> None:
    """Takes an answer for each partial derivative and says whether it is right."""
    click.echo(say("surfaces.ask_first", lang))
    for place, name in enumerate(f.names):
        text = click.prompt(say("surfaces.ask", lang, name=name), prompt_suffix="")
        try:
            verdict = f.check(place, text)
        except FormulaError as error:
            click.echo(say("surfaces.unread", lang, name=name, error=error.sentence(lang)))
            continue
        if verdict.right:
            click.echo(say("surfaces.right", lang, name=name))
        else:
            click.echo(
                say("surfaces.wrong", lang, name=name, point=point_text(verdict.point, lang),
                    found=verdict.found, expected=verdict.expected)
            )  # fmt: skip


@click.command()
@click.pass_obj
def gallery(lang: str) -> None:
    """The functions with names: formula, minima, a good start and rate."""
    from rich.console import Console
    from rich.table import Table

    from spusk.functions.gallery import GALLERY

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "formula", "minima", "start", "rate"):
        table.add_column(say(f"surfaces.{column}", lang), overflow="fold")
    for name, entry in GALLERY.items():
        minima = "\n".join(
            say("surfaces.minimum", lang, point=point_text(m.x, lang), value=m.value)
            for m in entry.minima
        )
        rate = say("surfaces.number", lang, x=entry.rate)
        table.add_row(name, entry.formula, minima, point_text(entry.start, lang), rate)
    Console().print(table)
