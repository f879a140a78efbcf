"""`spusk show`, `resume`: what a run folder knows, and going on."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import click
from rich.table import Table

from spusk import data, runs
from spusk.cli.carrying import carry_out, first_warning_as_line
from spusk.cli.data_options import UNBEGUN
from spusk.cli.options import PATH, layer_text
from spusk.cli.seeds import SeedRuns, carry_out_seeds, way_on
from spusk.cli.signals import Signals
from spusk.cli.training import NO_EXTRA, Cadence
from spusk.cli.views import column
from spusk.engines import ENGINES
from spusk.i18n import say
from spusk.runs import Every, Resumed
from spusk.runs.seeds import is_over, seed_folders
from spusk.runs.training import sets_of


def opened(run: Path, lang: str) -> runs.Run:
    """A run folder, read back."""
    with first_warning_as_line(lang):
        return runs.load(run)


@click.command()
@click.argument("run", type=PATH)
@click.pass_obj
def show(lang: str, run: Path) -> None:
    """What a run folder holds: network, plan, history, pictures."""
    from rich.console import Console

    trained = opened(run, lang)
    net, plan = trained.net, trained.plan
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_row(say("train.run_network", lang), say(
        "train.run_network_row", lang, layers=layer_text(net.sizes), Q=net.Q,
        P=net.P, init=net.init, seed=net.seed))  # fmt: skip
    facts.add_row(say("train.run_plan", lang), say(
        "train.run_plan_row", lang, rate=plan.rate, batch=plan.batch,
        epochs=say("train.epochs", lang, n=plan.epochs), seed=plan.seed))  # fmt: skip
    if len(trained.rates) > 1:
        facts.add_row(say("train.run_rates", lang), rates_text(trained.rates, lang))
    facts.add_row(say("train.run_data", lang), trained.source)
    tested = [row for row in trained.history if row.get("val_accuracy") is not None]
    if tested:
        best = max(tested, key=lambda row: (row["val_accuracy"] or 0, -(row["val_loss"] or 0)))
        watched = trained.validation is not None
        key = "train.run_best_row_validation" if watched else "train.run_best_row"
        row = say(key, lang, best=best["val_accuracy"], epoch=int(best["epoch"] or 0))
        facts.add_row(say("train.run_best", lang), row)
    if trained.test is not None:
        classes = trained.test.accuracy is not None
        key = "train.run_test_row" if classes else "train.run_test_row_cost"
        facts.add_row(say("train.run_test", lang), say(key, lang, **trained.test._asdict()))
    console = Console()
    console.print(facts)
    console.print(history_table(trained.history, lang, trained.validation is not None))
    for picture in sorted(run.glob("*.png")):
        console.print(f"  {picture}", highlight=False)


@click.command()
@click.argument("run", type=PATH)
@click.option("--epochs", type=int, default=None, help="Epochs in all: extends a finished run.")
@click.option(
    "--rate",
    "--eta",
    "-η",
    "rate",
    type=float,
    default=None,
    help="Another learning rate η from here on; the run keeps it  [default: as before]",
)
@click.option("--data", "source", default=None, help="Where the set is now, if it was moved.")
@click.option("--data-dir", type=PATH, help="Where MNIST's files are now.")
@click.option("--engine", default=None, type=click.Choice(ENGINES), help="[default: as before]")
@click.option("--threads", type=click.IntRange(1), default=None, help="Threads of the engine.")
@click.option(
    "--save-every",
    "every",
    type=Cadence(),
    default=NO_EXTRA,
    metavar="30s|500",
    help="Checkpoints besides those at each epoch's end.",
)
@click.option("--pictures/--no-pictures", default=True, help="Draw the pictures at the end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per epoch, nothing else.")
@click.pass_obj
def resume(
    lang: str, run: Path, epochs: int | None, rate: float | None, source: str | None,
    data_dir: Path | None, engine: str | None, threads: int | None, every: Every, pictures: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Goes on with a run that was stopped or killed, as if it never was; or extends one.

    \b
    spusk resume runs/001
    spusk resume runs/001 --epochs 20       a finished run, to 20 epochs in all
    spusk resume runs/001 --rate 0.3        at another rate from here on: it learned too slowly,
                                            or went wrong back to its last good checkpoint
    spusk resume runs/001 --data new/d.csv  the set was moved (a changed one is refused)
    spusk resume runs/002                   all runs of train --seeds; those that are over stay
    """
    with Signals() as stop:
        load = lru_cache(1)(stop.at_once(data.load_as, UNBEGUN))  # the set of many runs is one

        def reopen(one: Path) -> Resumed:
            return runs.open_resumed(
                one, epochs, None, engine, threads, every, stop, source, data_dir, load, rate
            )

        if seed_folders(run) and not (run / "run.json").exists():
            several = SeedRuns(
                run, reopen, lambda one, net: sets_of(one, net, source, data_dir, load),
                lambda one: is_over(one, epochs, rate is not None),
                way_on(run, epochs=epochs, rate=rate, data=source, data_dir=data_dir),
            )  # fmt: skip
            return carry_out_seeds(several, stop, lang, pictures, as_json)
        with first_warning_as_line(lang):
            begun = reopen(run)
        if not as_json:
            click.echo(say("train.resumed", lang, epoch=begun.cursor.epoch, step=begun.cursor.step))
        return carry_out(begun, stop, lang, pictures, as_json)


def rates_text(rates: Sequence[runs.Since], lang: str) -> str:
    """The rates a run went at, one after the other."""
    first, *later = rates
    rows = [say("train.run_rate_first", lang, rate=first.rate)]
    rows += [say("train.run_rate_later", lang, **since._asdict()) for since in later]
    return "; ".join(rows)


def history_table(history: list[dict[str, float | None]], lang: str, validation: bool) -> Table:
    """The history as a table of words and numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in runs.COLUMNS.values():
        table.add_column(column(name, lang, validation), justify="right", no_wrap=True)
    for row in history:
        table.add_row(str(int(row["epoch"] or 0)), *(
            "–" if (x := row.get(key)) is None else say(f"train.{name}_cell", lang, x=x)
            for key, name in list(runs.COLUMNS.items())[1:]))  # fmt: skip
    return table
