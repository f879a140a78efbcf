"""Going on with a run: the same weights, bit for bit, as if it had never stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spusk import data, engines
from spusk.data import Data, Reading, Sample
from spusk.data.matching import matched_parts
from spusk.engines import Session
from spusk.errors import InputError, RunError
from spusk.io.paths import home
from spusk.nn.network import Network
from spusk.optim.schedules import Rate
from spusk.runs import rate_history
from spusk.runs.checkpoint import Checkpoint, newest
from spusk.runs.folder import Run, ended_well, fingerprint, text_of
from spusk.runs.history import HISTORY, events_of
from spusk.runs.manifest import Manifest, read, reading_of, still_there
from spusk.runs.ownership import all_ours
from spusk.runs.writer import Every, RunWriter, lock_folder, write_errors
from spusk.training import Cursor, Event, Plan, Training, TrainingOutcome, one_rate, plan_events
from spusk.training.best import Best
from spusk.training.callbacks import Callbacks, ask_to_stop, each_of

if TYPE_CHECKING:
    from filelock import BaseFileLock

Load = Callable[[str, "str | Path | None", Reading], Data]


class Resumed(NamedTuple):
    """A run opened to train: what writes it, and what happens.

    Attributes:
        writer: keeps the folder; a context manager.
        events: the training, step by step.
        run: what the folder is about.
        sets: the training and the test part.
        cursor: where the training stands.
    """

    writer: RunWriter
    events: Iterator[Event]
    run: Run
    sets: Data
    cursor: Cursor


def resume(
    run: str | Path,
    epochs: int | None = None,
    sets: Data | Sample | None = None,
    engine: str | None = None,
    threads: int | None = None,
    rate: Rate | None = None,
    callbacks: Callbacks = None,
) -> Training:
    """Goes on with a run folder to its end and returns the training.

    From the last whole checkpoint, mid-epoch included: the weights are bit-identical to those of a
    run that was never stopped (same engine, same kind of machine), by whichever rule; the sums
    behind a printed cost agree up to rounding. A damaged last checkpoint is told by an
    OlderCheckpointWarning.

    Args:
        run: the run folder.
        epochs: epochs in all; else as planned. More extend a finished run.
        sets: replaces the set named in run.json; must hold the same training sample.
        engine: "auto", "reference" or "native"; else as before.
        threads: of the engine; else chosen by the network's size.
        rate: another learning rate η from here on, a number or a schedule, which the run keeps;
            else as before.
        callbacks: a function, or several, called with each Event, as in `train`; where one ends the
            training, or raises, the run is saved at that place and can be resumed from there.

    Returns:
        The network, the history of its epochs (and the event where it was stopped), and how it
        ended.

    Raises:
        RunError: no run, no whole checkpoint, another training sample, a folder that takes no file.
        InputError: epochs that are done already; a callback that is no function.
        RateError: a rate that is not positive and finite.
        DataError: a set that cannot be read.
        EngineError: an engine that is not here.
    """
    asked = each_of(callbacks)
    resumed = open_resumed(home(run), epochs, sets, engine, threads, rate=rate)
    with resumed.writer as writer:
        for event in resumed.events:
            writer.take(event)
            try:
                stop = ask_to_stop(asked, event)
            except BaseException:
                writer.finish(event)
                raise
            if stop:
                break
        writer.finish(event)
    history, outcome = writer.history, event.outcome or TrainingOutcome.STOPPED
    if outcome is TrainingOutcome.STOPPED and writer.best is not None:
        writer.best.take()
    return Training(writer.net, history if history[-1:] == [event] else [*history, event], outcome)


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
    load: Load = data.load_as,
    rate: Rate | None = None,
) -> Resumed:
    """Opens a run folder to go on with; everything is checked before anything is written.

    run.json and a whole checkpoint are all it takes.

    Args:
        folder: the run folder.
        epochs: epochs in all; else as planned.
        sets: replaces the set named in run.json; must hold the same training sample.
        engine: "auto", "reference" or "native"; else as before.
        threads: of the engine; else chosen by the network's size.
        every: how often to save besides the ends of epochs.
        stop: asked during long looks at an epoch's end; True cuts them short.
        source: where the set is now, if not where run.json says.
        data_dir: where MNIST's files are now.
        load: reads a set, (source, folder, reading) -> Data.
        rate: another learning rate η from here on; else as before.

    Returns:
        The run, locked, with its events not yet begun.

    Raises:
        RunError: no run, no whole checkpoint, another training sample, a folder in use.
        InputError: epochs that are done already.
        RateError: a rate that is not positive and finite.
        DataError: a set that cannot be read.
        EngineError: an engine that is not here.
    """
    read(folder)  # where there is no run, none is locked
    with locked(folder) as lock:
        about = relocated(read(folder), source, data_dir)
        name = engine or about.engine
        if name is None or about.fingerprint is None:
            raise RunError.keyed("runs.no_way_on", folder=folder)
        planned = about.plan.epochs
        about = about._replace(plan=with_changes(about.plan, epochs, rate))
        last = newest(folder)
        both = load_sets(folder, about, last.net, load if sets is None else sets)
        plan, V = about.plan, about.plan.checked(last.net, both).train
        chosen = engines.engine(name, last.net, plan.rule)
        text = text_of(folder, last, about.rates)
        part = "test" if both.validation is None else "validation"
        history = events_of(text, plan.steps(V), folder / HISTORY, part)
        if rested(plan, history, last) and (epochs is not None or rate is not None):
            plan = replace(plan, patience=None)  # it is asked for more than it would wait for
            about = about._replace(plan=plan)
        over = rested(plan, history, last)
        cursor, again = starting_point(folder, about, last, V, text, planned, over)
        now = rate_history.continued(about.rates, cursor, plan.rate)
        about = about._replace(engine=chosen.name, rates=now, outcome=None, test=None)
        session = chosen.open(last.net, V, plan.size(V), threads, plan.rule)
        restore(session, last, plan)
        writer = RunWriter(lock, folder, last.net, about, both, every, session)
        writer.go_on(last, text, history, again)
        best = writer.best or Best(writer.history)
    events = plan_events(last.net, both, plan, session, cursor, every.steps, stop, best)
    run = Run(folder, last.net, plan, about.source, [], *about[2:])
    return Resumed(writer, events, run, both, cursor)


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
    """Opens a run folder for a new training; everything is checked before anything is written.

    Args:
        folder: the run folder.
        net: the network, at its start.
        plan: rate, batch, epochs, seed.
        sets: the training, the validation and the test part.
        source: the set's name or path, for run.json.
        note: what else run.json shall say.
        engine: "auto", "reference" or "native".
        threads: of the engine; else chosen by the network's size.
        every: how often to save besides the ends of epochs.
        overwrite: whether a run that is there may go; what spusk did not write stays.
        stop: asked during long looks at an epoch's end; True cuts them short.

    Returns:
        The run, locked, with its events not yet begun.

    Raises:
        RunError: a folder in use, one with files of others, one that cannot be written.
        InputError: a plan that makes no training.
        NetworkError: the net does not fit the set.
        EngineError: an engine that is not here, or cannot train this network.
    """
    V = plan.checked(net, sets).train
    chosen = engines.engine(engine, net, plan.rule)
    session = chosen.open(net, V, plan.size(V), threads, plan.rule)
    since = rate_history.from_start(plan.rate)
    marks = fingerprint(V), since, None, mark_of(sets.validation)
    about = Manifest(plan, source, note or {}, chosen.name, *marks)
    with write_errors(folder):
        all_ours(folder)
    with locked(folder) as lock:
        if (folder / "run.json").exists() and not overwrite:
            raise RunError.keyed("runs.taken", folder=folder)
        writer = RunWriter(lock, folder, net, about, sets, every, session)
        writer.begin()
    events = plan_events(net, sets, plan, session, Cursor(), every.steps, stop, writer.best)
    return Resumed(writer, events, Run(folder, net, plan, source, [], *about[2:]), sets, Cursor())


@contextmanager
def locked(folder: Path) -> Iterator[BaseFileLock]:
    """The lock of a run folder, which is held beyond the block unless the block fails."""
    lock = lock_folder(folder)
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


def restore(session: Session, last: Checkpoint, plan: Plan) -> None:
    """The rule's state as it was at a checkpoint. Raises RunError where another rule saved it."""
    if last.rule.at(plan.rate) != plan.rule:
        found, expected = last.rule.data(), plan.rule.data()
        raise RunError.keyed("training.rules", path=last.path, found=found, expected=expected)
    session.restore(last.state)


def with_changes(plan: Plan, epochs: int | None, rate: Rate | None) -> Plan:
    """The plan with what is asked for instead."""
    plan = plan if epochs is None else replace(plan, epochs=epochs)
    return plan if rate is None else replace(plan, rate=one_rate(rate))


def relocated(about: Manifest, source: str | None, data_dir: Path | None) -> Manifest:
    """The description with its data where they are now, if that is said."""
    note = about.note if data_dir is None else {**about.note, "data_dir": str(data_dir)}
    return about._replace(source=source or about.source, note=note)


def load_sets(folder: Path, about: Manifest, net: Network, sets: Data | Sample | Load) -> Data:
    """The sets to go on with: those given, else those the run names, read. Raises RunError.

    What is read has the network's classes, which may be more than are counted in it today.
    """
    if isinstance(sets, Sample):
        sets = Data(sets, None, sets.name)
    elif not isinstance(sets, Data):
        sets = sets(
            still_there(about.source, folder), about.note.get("data_dir"), reading_of(about.note)
        )
        sets = matched_parts(sets, net.preparation, net.sizes[-1])
    for part, expected in ((sets.train, about.fingerprint), (sets.validation, about.validation)):
        mark = mark_of(part)
        if mark != expected:
            marks = {"expected": (expected or "–")[:12], "found": (mark or "–")[:12]}
            raise RunError.keyed("runs.other_set", folder=folder, name=sets.train.name, **marks)
    return sets


def sets_of(
    folder: Path, net: Network, source: str | None, data_dir: Path | None, load: Load
) -> Data:
    """The sets of a run that is not gone on with. Raises RunError, DataError."""
    return load_sets(folder, relocated(read(folder), source, data_dir), net, load)


def mark_of(V: Sample | None) -> str | None:
    """The fingerprint of a part, where there is one."""
    return None if V is None else fingerprint(V)


def rested(plan: Plan, history: list[Event], last: Checkpoint) -> bool:
    """Whether a run has ended because no epoch was better for as many as its plan waits for."""
    stale = Best(history).stale(last.epochs)
    return plan.patience is not None and stale >= plan.patience


def starting_point(
    folder: Path,
    about: Manifest,
    last: Checkpoint,
    V: Sample,
    text: bytes,
    planned: int,
    over: bool,
) -> tuple[Cursor, bool]:
    """Where to begin, inside an epoch or at the next; and whether the last epoch's end comes again.

    A run killed between its last checkpoint and its end, or whose weights or history were damaged
    since, has only its last words to repeat: that epoch's test, and the weights. Raises
    InputError, RunError.
    """
    plan, cursor = about.plan, last.cursor
    size = plan.size(V)
    steps, seen = -(-len(V) // size), min(cursor.step * size, len(V))
    if cursor.step > steps:
        raise RunError.keyed("runs.no_step", folder=folder, step=cursor.step, steps=steps)
    if last.epochs == cursor.epoch:
        if (over or cursor.epoch == plan.epochs) and not ended_well(folder, text):
            return cursor, True
        if over:
            raise InputError.keyed("runs.rested", folder=folder, patience=plan.patience)
        cursor = cursor.next_epoch()
    elif cursor.seen != seen:
        used = {"size": size, "expected": seen, "found": cursor.seen}
        raise RunError.keyed("runs.other_batch", folder=folder, step=cursor.step, **used)
    if cursor.epoch > plan.epochs:
        done = {"done": cursor.epoch - 1, "epochs": plan.epochs, "planned": planned}
        key = "runs.done" if cursor.epoch > planned else "runs.done_some"
        raise InputError.keyed(key, folder=folder, remedy=2 * (cursor.epoch - 1), **done)
    return cursor, False
