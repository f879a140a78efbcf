"""Going on with a run: the same weights, bit for bit, as if it had never stopped."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from spusk import data, engines
from spusk.data import Data, Sample
from spusk.errors import InputError, RunError
from spusk.io.paths import home
from spusk.nn.network import Network
from spusk.runs import rate_history
from spusk.runs.checkpoint import Checkpoint, newest
from spusk.runs.folder import Run, ended_well, fingerprint
from spusk.runs.manifest import About, read
from spusk.runs.ownership import all_ours
from spusk.runs.writer import Every, Keeper, locked, told
from spusk.training import Event, Outcome, Place, Plan, Training, plan_events


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
    rate: float | None = None,
) -> Training:
    """Goes on with a run folder to its end, or to `epochs` in all, and returns the training.

    From the last whole checkpoint, mid-epoch included: the weights are bit-identical to those of
    the run that was never stopped (same engine, same kind of machine); the sums behind a printed
    cost agree up to rounding. With another `rate`, descent goes on at that one, and the run keeps
    it. `sets` replaces the set named in run.json and must hold the same training sample. A damaged
    last checkpoint is told by an OlderCheckpointWarning. Raises RunError, RateError, DataError,
    EngineError.
    """
    resumed = open_resumed(home(run), epochs, sets, engine, threads, rate=rate)
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
    source: str | None = None,
    data_dir: Path | None = None,
    load: Callable[[str, str | Path | None], Data] = data.load,
    rate: float | None = None,
) -> Resumed:
    """Opens a run folder to go on with: everything is checked before anything is written.

    run.json and a whole checkpoint are all it takes. `source` and `data_dir` say where the data
    are now, if not where run.json says; `load` reads them.
    """
    read(folder)  # where there is no run, none is locked
    lock = locked(folder)
    try:
        about = elsewhere(read(folder), source, data_dir)
        name = engine or about.engine
        if name is None or about.fingerprint is None:
            raise RunError(
                f"{folder}: has no checkpoints to go on from; train again with spusk train"
            )
        about = about._replace(plan=asked(about.plan, epochs, rate))
        both = found_sets(folder, about, load if sets is None else sets)
        last = newest(folder)
        plan, V = about.plan.checked(last.net, both.train, both.test), both.train
        chosen = engines.engine(name, last.net)
        place, history = going_on(folder, about, last, V)
        now = rate_history.going_on(about.rates, place, plan.rate)
        about = about._replace(engine=chosen.name, rates=now)
        session = chosen.open(last.net, V, plan.size(V), threads)
        keeper = Keeper(lock, folder, last.net, about, both, every)
        keeper.go_on(last, history)
    except BaseException:
        lock.release()
        raise
    events = plan_events(last.net, V, plan, both.test, session, place, every.steps, stop)
    run = Run(folder, last.net, plan, about.source, [], *about[2:])
    return Resumed(keeper, events, run, both, place)


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
    since = rate_history.from_start(plan.rate)
    about = About(plan, source, note or {}, chosen.name, fingerprint(V), since)
    with told(folder):
        all_ours(folder)
    lock = locked(folder)
    try:
        if (folder / "run.json").exists() and not overwrite:
            raise RunError(f"{folder}: holds a run already; choose another --out")
        keeper = Keeper(lock, folder, net, about, sets, every)
        keeper.begin()
    except BaseException:
        lock.release()
        raise
    events = plan_events(net, V, plan, sets.test, session, Place(), every.steps, stop)
    return Resumed(keeper, events, Run(folder, net, plan, source, [], *about[2:]), sets, Place())


def asked(plan: Plan, epochs: int | None, rate: float | None) -> Plan:
    """The plan with what is asked for instead."""
    plan = plan if epochs is None else replace(plan, epochs=epochs)
    return plan if rate is None else replace(plan, rate=float(rate))


def elsewhere(about: About, source: str | None, data_dir: Path | None) -> About:
    """The description with its data where they are now, if that is said."""
    note = about.note if data_dir is None else {**about.note, "data_dir": str(data_dir)}
    return about._replace(source=source or about.source, note=note)


def found_sets(
    folder: Path, about: About, sets: Data | Sample | Callable[[str, str | Path | None], Data]
) -> Data:
    """The sets to go on with: those given, else those the run names, read. Raises RunError."""
    if isinstance(sets, Sample):
        sets = Data(sets, None, sets.name)
    elif not isinstance(sets, Data):
        sets = sets(about.source, about.note.get("data_dir"))
    mark, expected = fingerprint(sets.train), about.fingerprint or ""
    if mark != expected:
        raise RunError(
            f"{folder}: was trained on another set than {sets.train.name} is now (SHA-256 "
            f"{expected[:12]}…, found {mark[:12]}…); bring the old set back"
        )
    return sets


def going_on(folder: Path, about: About, last: Checkpoint, V: Sample) -> tuple[Place, list[Event]]:
    """Where to begin, inside an epoch or at the next, and the epochs behind.

    A run killed between its last checkpoint and its end, or whose weights or history were damaged
    since, has only its last words to repeat: that epoch's test, and the weights. Raises
    InputError, RunError.
    """
    plan, place, history = about.plan, last.place, last.history
    size = plan.size(V)
    steps, seen = -(-len(V) // size), min(place.step * size, len(V))
    if place.step > steps:
        raise RunError(f"{folder}: stands at step {place.step} of an epoch of {steps} steps")
    if len(history) == place.epoch:
        if place.epoch == plan.epochs and not ended_well(folder, history, about.rates):
            return place, history[:-1]
        place = place.next_epoch()
    elif place.seen != seen:
        raise RunError(
            f"{folder}: stands at step {place.step}, where batches of {size} have used {seen} "
            f"precedents, found {place.seen}; the batch can change between epochs alone"
        )
    if place.epoch > plan.epochs:
        raise InputError(
            f"epochs: {folder} has done {place.epoch - 1} epochs, and {plan.epochs} were asked "
            f"for; extend it with --epochs {2 * (place.epoch - 1)}"
        )
    return place, history
