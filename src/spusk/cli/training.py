"""`spusk train`: a new run of the network and plan that are asked for, or that suit the set."""

from dataclasses import replace
from pathlib import Path

import click

from spusk import runs
from spusk.cli.carrying import carry_out, first_warning_as_line, introduce
from spusk.cli.data_options import DataChoice, data_options
from spusk.cli.model_options import ModelChoice, about_model, model_options
from spusk.cli.options import PATH, is_whole
from spusk.cli.seeds import SeedRuns, carry_out_seeds, way_on
from spusk.cli.signals import Signals
from spusk.cli.wrong_calls import unusable
from spusk.engines import ENGINES
from spusk.errors import RunError
from spusk.i18n import say
from spusk.runs import Every, Resumed
from spusk.runs.catalogue import constant_note
from spusk.runs.seeds import begin_each, is_over, replacing, seed_places
from spusk.runs.writer import write_errors

NO_EXTRA = Every()


class Cadence(click.ParamType[Every]):
    """30s, or 500 (steps)."""

    name = "cadence"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Every:
        if isinstance(value, Every):
            return value
        text = str(value)
        if not is_whole(text.removesuffix("s")):
            raise unusable("cadence", param, ctx, found=text)
        number = int(text.removesuffix("s"))
        return Every(seconds=number) if text.endswith("s") else Every(steps=number)


@click.command()
@data_options
@model_options
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="What carries out the steps.",
)
@click.option("--threads", type=click.IntRange(1), default=None, help="Threads of the engine.")
@click.option(
    "--out",
    type=PATH,
    default=None,
    metavar="RUN",
    help="Run folder  [default: the next free runs/NNN]",
)
@click.option(
    "--save-every",
    "every",
    type=Cadence(),
    default=NO_EXTRA,
    metavar="30s|500",
    help="Checkpoints besides those at each epoch's end: every 30 seconds, every 500 steps.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace a run that is already at --out; what spusk did not write there stays.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=None,
    metavar="N",
    help="Train from N seeds, --seed and those after it, one after another: a run for each, the "
    "median and the range.",
)
@click.option("--pictures/--no-pictures", default=True, help="Draw the pictures at the end.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON object per epoch, with --seeds per seed, nothing else.",
)
@click.pass_obj
def train(
    lang: str, chosen: DataChoice, model: ModelChoice, engine_name: str, threads: int | None,
    out: Path | None, every: Every, overwrite: bool, seeds: int | None, pictures: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Trains a network on digits, pictures or a table, and writes a run folder.

    \b
    spusk train                                     the embedded sample, a few seconds
    spusk train --data mnist --layers 784-100-10    60,000 digits (spusk data get mnist)
    spusk train --data digits.csv --layers 64-30-10 your own
    spusk train --data iris.csv --label species     a table, its answer by name
    spusk train --data mnist --layers lecture       10 million weights, 100 thousand biases
    spusk train --data iris.csv --seeds 5           five runs: median and range

    Ctrl-C (or SIGTERM) finishes the step under way, which with --batch all may take long, saves,
    and says how to go on; a second one ends at once, at the last checkpoint.
    """
    folder = target(out, overwrite)
    with Signals() as stop:
        with first_warning_as_line(lang):
            sets = chosen.load(stop)
            choice = model.choice(sets, chosen.source, chosen.validation)
            sets = chosen.weighed(chosen.with_validation(sets, choice.validation, stop))
        prepared = chosen.preparation(sets, choice.output == "identity")
        note = {**chosen.note(sets, choice.validation), "preset": choice.preset}

        def begin(run: Path, seed: int) -> Resumed:
            own = replace(model, seed=seed)
            net, plan = own.network(choice, sets.train, prepared), own.plan(choice, sets.train)
            about = note | constant_note(net, sets.watched)
            return runs.open_new(
                run, net, plan, sets, chosen.source, about, engine_name, threads, every, overwrite,
                stop,
            )  # fmt: skip

        places = seed_places(folder, model.seed, seeds)
        said = set[str]()
        with first_warning_as_line(lang, said), replacing(folder, places, overwrite):
            begun = begin(folder, model.seed) if seeds is None else begin_each(places, begin)
        kind = about_model(choice, begun.run.net, begun.run.plan, lang)
        if seeds is None:
            return carry_out(begun, stop, lang, pictures, as_json, kind)
        if not as_json:
            introduce(begun, lang, kind)
            last = model.seed + seeds - 1
            click.echo(say("train.seeds", lang, first=model.seed, last=last, folder=folder))
        several = SeedRuns(
            folder, lambda run: runs.open_resumed(run, None, sets, None, threads, every, stop),
            lambda run, net: sets, is_over, way_on(folder), said,
        )  # fmt: skip
        return carry_out_seeds(several, stop, lang, pictures, as_json)


def target(out: Path | None, overwrite: bool) -> Path:
    """The run folder to write: as named, else the next free runs/NNN. Raises RunError."""
    if out is None:
        number = 1
        while (folder := Path("runs") / f"{number:03}").exists():
            number += 1
        return folder
    if out.exists() and not out.is_dir():
        raise RunError.keyed("runs.no_folder", path=out)
    with write_errors(out):
        if out.is_dir() and any(out.iterdir()) and not overwrite:
            raise RunError.keyed("runs.not_empty", folder=out)
    return out
