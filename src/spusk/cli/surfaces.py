"""`spusk descend` and `spusk rates`: one descent, or several rates side by side."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from spusk.cli.gradient import point_text
from spusk.cli.options import PATH, Point, Range
from spusk.cli.pictures import save, writable
from spusk.errors import InputError, StartError
from spusk.i18n import say

SEARCH = "backtracking"  # the rule's name for the line search

if TYPE_CHECKING:
    from spusk.descent import Descent
    from spusk.functions import Function

VIEWS = ("map", "3d", "steps")
WRONG = ("diverged", "not finite")  # outcomes that end in exit code 3
ANIMATIONS = (".gif", ".html")


def start_of(f: "Function", start: tuple[float, ...] | None) -> tuple[float, ...]:
    """The start as given, else the gallery's. Raises StartError."""
    if start is not None:
        return start
    if f.entry is not None:
        return tuple(map(float, f.entry.start))
    example = ",".join("0" * f.n)
    raise StartError.keyed("surfaces.no_start", example=example)


def rate_of(f: "Function", rate: float | None) -> float:
    """The rate as given, else the gallery's, else 0.1."""
    if rate is not None:
        return rate
    return float(f.entry.rate) if f.entry is not None else 0.1


def facts(result: "Descent") -> dict[str, Any]:
    """A descent as numbers for programs."""
    why = result.explanation
    return {
        "rate": result.rate, "rule": result.rule, "outcome": str(result.outcome),
        "success": result.success, "kind": str(why.kind), "level": why.level,
        "step": result.step, "x": result.x.tolist(), "f": result.fun,
        "gradient": result.jac.tolist(), "best_x": result.best.x.tolist(),
        "best_f": result.best.value, "nfev": result.nfev, "njev": result.njev,
        "bound": why.bound, "fastest": why.fastest, "message": result.message,
        "explanation": result.explain("en"),
    }  # fmt: skip


def to_json(thing: object) -> str:
    """Strict JSON: what is not finite becomes null."""

    def clean(part: Any) -> Any:  # noqa: ANN401
        if isinstance(part, dict):
            return {k: clean(v) for k, v in part.items()}
        if isinstance(part, list | tuple):
            return [clean(v) for v in part]
        if isinstance(part, np.generic):
            part = part.item()
        return None if isinstance(part, float) and not np.isfinite(part) else part

    return json.dumps(clean(thing), ensure_ascii=False)


@click.command()
@click.argument("formula")
@click.option(
    "--start",
    type=Point(),
    default=None,
    metavar="X,Y",
    help="Where to begin  [default: the gallery's]",
)
@click.option(
    "--rate",
    "--eta",
    "rate",
    type=float,
    default=None,
    help="Learning rate η  [default: the gallery's, else 0.1]",
)
@click.option(
    "--steps", type=click.IntRange(0), default=1000, show_default=True, help="Steps at most."
)
@click.option(
    "--tolerance",
    type=float,
    default=1e-6,
    show_default=True,
    help="Converged when ‖∇f‖ is at most this.",
)
@click.option(
    "--rule",
    default="plain",
    show_default=True,
    help="plain, momentum, nesterov, adam, or backtracking (Armijo).",
)
@click.option(
    "--plot",
    type=PATH,
    default=None,
    help="Picture (.png .svg .pdf) or animation (.gif .html).",
)
@click.option(
    "--view",
    type=click.Choice(VIEWS),
    default="map",
    show_default=True,
    help="What to draw: the map, the 3-D surface, or f and ‖∇f‖ by step.",
)
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.pass_obj
def descend(
    lang: str, formula: str, start: tuple[float, ...] | None, rate: float | None, steps: int,
    tolerance: float, rule: str, plot: Path | None, view: str, as_json: bool,
) -> int:  # fmt: skip
    """Walks down a function: x ← x − η∇f(x).

    \b
    spusk descend lecture --start 0,0 --rate 0.3 --plot path.png
    spusk descend "x^2 + 10*y^2" --start -4,1 --rate 0.05 --plot path.html
    spusk descend himmelblau --rule adam --rate 0.1 --view 3d --plot surface.png
    """
    from spusk.descent import descend as run
    from spusk.functions import function
    from spusk.optim import RULES

    f = function(formula)
    search, name = ("armijo", "plain") if rule == SEARCH else (None, rule)
    if name not in RULES:
        raise InputError.keyed("optim.rule", found=rule, names=", ".join([*RULES, SEARCH]))
    result = run(
        f, start_of(f, start), rate_of(f, rate), steps, tolerance, rule=name, search=search
    )
    if as_json:
        click.echo(to_json(facts(result)))
    else:
        tell(f, result, lang)
    if plot is not None:
        draw(result, plot, view, lang)
        click.echo(say("surfaces.saved", lang, file=plot), err=as_json)
    return 3 if result.outcome in WRONG else 0


def tell(f: "Function", result: "Descent", lang: str) -> None:
    """The result in words."""
    click.echo(say("surfaces.f", lang, formula=f.formulas(lang=lang).f))
    click.echo(result.sentence(lang))
    for key, x, value in (
        ("surfaces.last", result.x, result.fun),
        ("surfaces.best", result.best.x, result.best.value),
    ):
        click.echo(say(key, lang, point=point_text(x, lang), value=float(value)))
    click.echo(result.explain(lang))


def draw(result: "Descent", path: Path, view: str, lang: str) -> None:
    """The picture or animation that was asked for."""
    from spusk import plots

    if path.suffix.lower() in ANIMATIONS:
        with writable(path):
            plots.save_animation(result, path, lang=lang)
        return
    drawers: dict[str, Callable[..., Any]] = {
        "map": plots.path, "3d": plots.surface, "steps": plots.progress,
    }  # fmt: skip
    save(drawers[view](result, lang=lang), path)


@click.command()
@click.argument("formula")
@click.option(
    "--start",
    type=Point(),
    default=None,
    metavar="X,Y",
    help="Where to begin  [default: the gallery's]",
)
@click.option(
    "--rates",
    type=Range(),
    required=True,
    metavar="R,R…|A:B:N",
    help="Rates to compare: 0.01,0.1,0.3 or start:stop:count.",
)
@click.option(
    "--steps", type=click.IntRange(0), default=1000, show_default=True, help="Steps at most."
)
@click.option(
    "--plot",
    type=PATH,
    default=None,
    help="The panel as a picture (.png .svg .pdf).",
)
@click.option("--json", "as_json", is_flag=True, help="The results as JSON.")
@click.pass_obj
def rates(
    lang: str, formula: str, start: tuple[float, ...] | None, rates: tuple[float, ...],
    steps: int, plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Compares learning rates side by side: which converge, oscillate, diverge, and why.

    \b
    spusk rates lecture --start 0,0 --rates 0.05,0.3,0.48,0.55 --plot rates.png
    """
    from rich.console import Console
    from rich.table import Table

    from spusk.descent import compare_rates
    from spusk.functions import function

    f = function(formula)
    if len(rates) > 50:
        raise InputError.keyed("surfaces.many_rates", found=len(rates))
    found = compare_rates(f, start_of(f, start), rates, steps=steps)
    if as_json:
        click.echo(to_json([facts(result) for result in found]))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("rate", "outcome"):
            table.add_column(say(f"surfaces.{column}", lang), overflow="fold")
        for rate, result in zip(rates, found, strict=True):
            number = say("surfaces.number", lang, x=rate)
            table.add_row(number, f"{result.sentence(lang)}\n{result.explain(lang)}")
        Console().print(table)
    if plot is not None:
        from spusk import plots

        save(plots.rates_panel(found, lang=lang), plot)
        click.echo(say("surfaces.saved", lang, file=plot), err=as_json)
