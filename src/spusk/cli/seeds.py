"""`--seeds`: the same training from several seeds: a line for each, the median and the range."""

import csv
import io
import json
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from spusk import runs
from spusk.analysis.seeds import Spread, measure, score, spread
from spusk.cli import output
from spusk.cli.carrying import first_warning_as_line, warn, watch
from spusk.cli.ending import cause, ending
from spusk.cli.signals import Signals
from spusk.cli.views import finite_or_none
from spusk.data import Data
from spusk.i18n import say
from spusk.i18n.reasons import reason
from spusk.io.files import write
from spusk.nn.network import Network
from spusk.runs import Resumed
from spusk.runs.catalogue import summarise
from spusk.runs.history import Row
from spusk.runs.ownership import SEEDS
from spusk.runs.seeds import seed_folders, seed_of
from spusk.training import Event, Plan, TrainingOutcome
from spusk.training.events import round_seconds


@dataclass(frozen=True)
class SeedRuns:
    """A folder of runs of the same training, and how they are gone on with.

    Attributes:
        folder: what holds them.
        reopen: opens a run where it stands.
        sets: the set of a run that is over, and of its network.
        over: whether nothing is left to train of a run.
        command: what goes on with all of them.
        said: warnings that were said.
    """

    folder: Path
    reopen: Callable[[Path], Resumed]
    sets: Callable[[Path, Network], Data]
    over: Callable[[Path], bool]
    command: str
    said: set[str] = field(default_factory=set)


class SeedResult(NamedTuple):
    """How the run of a seed ended.

    Attributes:
        seed: of its start and its shuffles.
        run: its folder.
        outcome: how it ended.
        epochs: that are done.
        seconds: of training.
        part: what it is scored on: "test", or "train" where there is no test part.
        measure: what the score is: "accuracy", or "r2" of targets.
        score: nan where it went wrong.
        history: its rows.
    """

    seed: int
    run: Path
    outcome: TrainingOutcome
    epochs: int
    seconds: float
    part: str
    measure: str
    score: float
    history: list[Row]

    def data_row(self) -> dict[str, Any]:
        """It as JSON tells it."""
        row = self._asdict() | {"run": str(self.run), "score": finite_or_none(self.score)}
        del row["history"]
        return row

    @property
    def failed(self) -> bool:
        """Whether it went wrong or learned nothing."""
        return self.outcome is not TrainingOutcome.FINISHED


class Bar:
    """One bar for the run under way, which goes when it is over; none where no terminal is."""

    def __init__(self, lang: str, plan: Plan, number: int, count: int, seen: bool) -> None:
        self.lang, self.plan = lang, plan
        self.place = {"seed": plan.seed, "number": number, "count": count, "epochs": plan.epochs}
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            transient=True,
            disable=not seen,
        )
        self.task = self.bar.add_task("", total=plan.epochs)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def show(self, event: Event) -> None:
        """Moves the bar to where an event stands."""
        done = event.epoch - 1 + event.step / event.steps
        words = say("train.seed_bar", self.lang, **self.place, epoch=event.epoch)
        self.bar.update(self.task, completed=done, description=words)


def result_of(run: Path, net: Network, sets: Data) -> SeedResult:
    """A run that is over, its network scored on the test part."""
    about = summarise(run)
    outcome = TrainingOutcome(about.outcome or "stopped")
    part, V = ("test", sets.test) if sets.test is not None else ("train", sets.train)
    return SeedResult(
        seed_of(run), run, outcome, about.epochs, about.seconds, part, measure(V),
        score(net, V, outcome), about.history,
    )  # fmt: skip


def carry_out_seeds(
    several: SeedRuns, stop: Signals, lang: str, pictures: bool, as_json: bool
) -> int:
    """Trains each to its end or until stopped, says how each went and how far they lie apart.

    Returns the exit code: 3 where one went wrong or learned nothing.
    """
    folders, results, why = seed_folders(several.folder), list[SeedResult](), list[str]()
    for number, run in enumerate(folders, 1):
        with first_warning_as_line(lang, several.said):
            begun = None if several.over(run) else several.reopen(run)
        if begun is not None:
            seen = not as_json and sys.stdout.isatty()
            shown = Bar(lang, begun.run.plan, number, len(folders), seen)
            with begun.writer as writer:
                last = watch(begun, stop, shown, lang)
                writer.finish(last)
            if last.outcome is None:
                return stopped(several, begun.run.plan.seed, last, stop, lang, as_json)
            why = why or list(explained(last, begun, lang))
        with first_warning_as_line(lang, several.said):
            net = runs.load(run).net
            sets = several.sets(run, net) if begun is None else begun.sets
            results.append(result_of(run, net, sets))
        click.echo(json.dumps(results[-1].data_row()) if as_json else line_of(results[-1], lang))
    keep(several.folder, results, pictures, lang)
    with output.heard():
        conclude_seeds(several.folder, results, why, lang, pictures, as_json)
    if any(each.failed for each in results):
        return 3
    return 128 + stop.number if stop() else 0


def explained(last: Event, begun: Resumed, lang: str) -> Iterator[str]:
    """Why a run went wrong or learned nothing, with a remedy; nothing of one that did not."""
    if last.outcome is not None and last.outcome.failed:
        yield ending(last, begun.writer.history, begun.run.plan.rate, lang)
    why = cause(last, begun)
    if why is not None:
        yield why.sentence(lang)


def stopped(
    several: SeedRuns, seed: int, last: Event, stop: Signals, lang: str, as_json: bool
) -> int:
    """Says where it stands and how to go on; the exit code."""
    with output.heard():
        if not as_json:
            where = {"epoch": last.epoch, "step": last.step, "steps": last.steps}
            click.echo(say("train.seed_stopped", lang, seed=seed, **where))
        click.echo(say("train.resume", lang, command=several.command), err=as_json)
    return 128 + stop.number if stop() else 0


def way_on(folder: Path, **options: object) -> str:
    """The command that goes on with a folder of runs, with what was asked for."""
    words = ["spusk", "resume", str(folder)]
    for name, value in options.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def line_of(one: SeedResult, lang: str) -> str:
    """How the run of a seed ended, in a line."""
    more = {"seed": one.seed, "ended": ended(one, lang), "seconds": round_seconds(one.seconds)}
    if one.outcome.failed:
        return say("train.seed_failed", lang, **more, epoch=one.epochs)
    return say(
        "train.seed", lang, **more, epochs=say("train.epochs", lang, n=one.epochs),
        score=say(f"train.seed_{one.measure}", lang, x=one.score),
    )  # fmt: skip


def ended(one: SeedResult, lang: str) -> str:
    """How it ended, in a word."""
    return say(f"runs.end_{one.outcome.replace(' ', '_')}", lang)


def keep(folder: Path, results: Sequence[SeedResult], pictures: bool, lang: str) -> None:
    """Writes the table and the picture; a disk that takes none is a warning: the runs are saved."""
    try:
        write(folder / SEEDS, table(results).encode())
        if pictures:
            draw(folder, results, lang)
    except OSError as error:
        warn(say("train.seeds_undrawn", lang, folder=folder, why=reason(error)), lang)


def conclude_seeds(
    folder: Path, results: Sequence[SeedResult], why: Sequence[str], lang: str, pictures: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Median and range, which seeds went wrong, why the first of them did, and where all is."""
    middle = spread(each.score for each in results)
    failed = [each for each in results if each.failed]
    if as_json:
        click.echo(json.dumps(summary(results, middle, failed)))
        return
    if middle.scored:
        key, part = f"train.seeds_{results[0].measure}", f"train.seeds_{results[0].part}"
        click.echo(say(key, lang, n=middle.scored, part=say(part, lang), **middle._asdict()))
    if failed:
        names = (f"{each.seed} ({ended(each, lang)})" for each in failed)
        click.echo(" ".join([say("train.seeds_failed", lang, which=", ".join(names)), *why]))
    key = "train.seeds_saved" if pictures else "train.seeds_saved_without"
    click.echo(say(key, lang, folder=folder))


def table(results: Sequence[SeedResult]) -> str:
    """The results as CSV, empty where a run has no score."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(results[0].data_row())
    rows.writerows(each.data_row().values() for each in results)
    return text.getvalue()


def draw(folder: Path, results: Sequence[SeedResult], lang: str) -> None:
    """The histories of all in one picture. Raises OSError."""
    from spusk import plots

    histories = {say("train.seed_name", lang, seed=e.seed): e.history for e in results}
    plots.save(plots.histories(histories, lang=lang), folder / "curves.png")


def summary(
    results: Sequence[SeedResult], middle: Spread, failed: Sequence[SeedResult]
) -> dict[str, Any]:
    """Median and range as JSON tells them."""
    numbers = {name: finite_or_none(value) for name, value in middle._asdict().items()}
    about = {"seeds": len(results), "part": results[0].part, "measure": results[0].measure}
    return about | numbers | {"failed": [each.seed for each in failed]}
