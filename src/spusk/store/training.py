"""Going on with a run: the same weights, bit for bit, as if it had never stopped."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from spusk import data, engines
from spusk.data import Data, Sample
from spusk.errors import InputError, RunError
from spusk.network import Network
from spusk.sgd import Event, Outcome, Place, Plan, Training, plan_events
from spusk.store.checkpoint import Checkpoint, drop_newer, newest
from spusk.store.folder import Run, describe, fingerprint, load
from spusk.store.keeper import Every, Keeper, told
from spusk.store.weights import WEIGHTS


class Resumed(NamedTuple):
    """A run opened to go on: its keeper, its events, and what it is about."""

    keeper: Keeper
    events: Iterator[Event]
    run: Run
    sets: Data
    place: Place


def resume(
    run: str | Path,
    epochs: int | None = None,
    sets: Data | Sample | None = None,
    engine: str | None = None,
    threads: int | None = None,
) -> Training:
    """Goes on with a run folder to its end, or to `epochs` in all, and returns the training.

    From the last whole checkpoint, mid-epoch included: the weights are bit-identical to those of
    the run that was never stopped (same engine, same kind of machine); the sums behind a printed
    cost agree up to rounding. `sets` replaces the set named in run.json and must hold the same
    training sample. Raises RunError, DataError, EngineError.
    """
    resumed = open_resumed(Path(run), epochs, sets, engine, threads)
    with resumed.keeper as keeper:
        for event in resumed.events:
            keeper.take(event)
        keeper.finish(event)
    outcome = event.outcome or Outcome.STOPPED
    return Training(keeper.net, keeper.history, outcome)


def open_resumed(
    folder: Path,
    epochs: int | None = None,
    sets: Data | Sample | None = None,
    engine: str | None = None,
    threads: int | None = None,
    every: Every = Every(),  # noqa: B008 - a tuple
    stop: Callable[[], bool] = bool,
) -> Resumed:
    """Opens a run folder to go on with: everything is checked before anything is written."""
    about = load(folder)
    if about.engine is None or about.fingerprint is None:
        raise RunError(f"{folder}: has no checkpoints to go on from; train again with spusk train")
    plan = about.plan if epochs is None else replace(about.plan, epochs=epochs)
    both = found_sets(about, sets)
    mark = fingerprint(both.train)
    if mark != about.fingerprint:
        raise RunError(
            f"{folder}: was trained on another set than {both.train.name} is now (SHA-256 "
            f"{about.fingerprint[:12]}…, found {mark[:12]}…); bring the old set back"
        )
    chosen = engines.engine(engine or about.engine, about.net)
    keeper = Keeper(folder, about.net, plan, both.test is not None, every)
    try:
        last = newest(folder)  # under the lock: another process may have gone on meanwhile
        place, history = going_on(folder, plan, last, both.train)
        keeper.net, keeper.history, keeper.saved = last.net, history, last.place
        plan.checked(last.net, both.train, both.test)
        session = chosen.open(last.net, both.train, plan.size(both.train), threads)
        with told(folder):
            describe(folder, last.net, plan, about.source, about.note, chosen.name, mark)
            drop_newer(folder, last.path)
            (folder / WEIGHTS).unlink(missing_ok=True)  # the checkpoint speaks now
    except BaseException:
        keeper.lock.release()
        raise
    events = plan_events(last.net, both.train, plan, both.test, session, place, every.steps, stop)
    return Resumed(keeper, events, about._replace(net=last.net, plan=plan), both, place)


def open_new(
    folder: Path,
    net: Network,
    plan: Plan,
    sets: Data,
    source: str,
    note: Mapping[str, object] | None = None,
    engine: str = "auto",
    threads: int | None = None,
    every: Every = Every(),  # noqa: B008 - a tuple
    overwrite: bool = False,
    stop: Callable[[], bool] = bool,
) -> Resumed:
    """Opens a run folder for a new training: everything is checked before anything is written."""
    V = sets.train
    plan.checked(net, V, sets.test)
    chosen = engines.engine(engine, net)
    session = chosen.open(net, V, plan.size(V), threads)
    mark, steps = fingerprint(V), -(-len(V) // plan.size(V))
    keeper = Keeper(folder, net, plan, sets.test is not None, every)
    try:
        keeper.begin(source, note or {}, chosen.name, mark, steps, overwrite)
    except BaseException:
        keeper.lock.release()
        raise
    events = plan_events(net, V, plan, sets.test, session, Place(), every.steps, stop)
    run = Run(folder, net, plan, source, [], note or {}, chosen.name, mark)
    return Resumed(keeper, events, run, sets, Place())


def found_sets(about: Run, sets: Data | Sample | None) -> Data:
    """The sets to go on with: those given, else those the run names."""
    if isinstance(sets, Sample):
        return Data(sets, None, sets.name)
    if sets is not None:
        return sets
    folder = about.note.get("data_dir")
    return data.load(about.source, None if folder is None else Path(str(folder)))


def going_on(folder: Path, plan: Plan, last: Checkpoint, V: Sample) -> tuple[Place, list[Event]]:
    """Where to begin, inside an epoch or at the next, and the epochs behind. Raises InputError.

    A run killed between its last checkpoint and its end has only its last words to repeat: that
    epoch's test, and the weights.
    """
    place, history, steps = last.place, last.history, -(-len(V) // plan.size(V))
    if place.step > steps:
        raise RunError(f"{folder}: stands at step {place.step} of an epoch of {steps} steps")
    if history and history[-1].epoch == place.epoch:
        if place.epoch == plan.epochs and not (folder / WEIGHTS).exists():
            return place, history[:-1]
        place = place.next_epoch()
    if place.epoch > plan.epochs:
        raise InputError(
            f"epochs: {folder} has done {place.epoch - 1} epochs, and {plan.epochs} were asked "
            f"for; extend it with --epochs {2 * (place.epoch - 1)}"
        )
    return place, history
