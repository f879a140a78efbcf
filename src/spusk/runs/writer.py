"""The one writer of a run folder: it holds the lock, knows when to save, and what to keep."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import rmtree
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from spusk.data import Data
from spusk.engines import Session
from spusk.errors import RunError
from spusk.i18n import Spoken
from spusk.i18n.reasons import reason
from spusk.io.files import make_folder, moved, sweep, write
from spusk.nn.network import Network
from spusk.runs.best import KeptBest
from spusk.runs.checkpoint import (
    Checkpoint,
    drop_newer,
    drop_older,
    judged,
    numbered,
    save_checkpoint,
)
from spusk.runs.history import HISTORY, HistoryFile, HistoryMark
from spusk.runs.manifest import Manifest, describe
from spusk.runs.ownership import remove
from spusk.runs.weights import WEIGHTS, save_weights
from spusk.training import Cursor, Event
from spusk.training.health import Saturation, finite

if TYPE_CHECKING:
    from filelock import BaseFileLock

STAGED = ".spusk-new"  # where a new run is made whole before it takes its place
SHARE = 10  # so many times as long as a save took passes before an epoch's end is saved again, …
MOST_LOST = 1.0  # … or so many seconds


class Every(NamedTuple):
    """How often a run is saved besides the ends of its epochs.

    Attributes:
        seconds: after so many seconds; None: not by the clock.
        steps: after so many steps; None: not by the count.
    """

    seconds: float | None = None
    steps: int | None = None


class RunWriter:
    """The one writer of a run folder while its training goes on; a context manager.

    A checkpoint that cannot be written is told in `trouble` (the one before stays as it was) and
    tried again at the next occasion.

    Args:
        lock: the folder's lock, held; it is let go at the end.
        folder: the run folder.
        net: the network that is trained.
        about: what run.json says.
        sets: the training and the test part.
        every: how often to save besides the ends of epochs.
        session: what trains it, asked for the state of its rule.
    """

    def __init__(
        self, lock: BaseFileLock, folder: Path, net: Network, about: Manifest, sets: Data,
        every: Every, session: Session,
    ) -> None:  # fmt: skip
        self.lock, self.folder, self.net, self.about = lock, folder, net, about
        self.session = session
        self.watches, self.every = sets.watched is not None, every
        self.looked_at = Saturation(sets.train, about.plan, net).looks_at
        self.history: list[Event] = []
        self.file = HistoryFile(folder / HISTORY)
        self.best = KeptBest(folder, net) if about.plan.keep == "best" else None
        self.trouble: RunError | None = None
        self.saved: tuple[Cursor, HistoryMark | list[Event]] | None = None
        self.good: Path | None = None  # the newest checkpoint that was judged well
        self.at, self.took = monotonic(), 0.0  # when it was saved last, and how long that took

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.lock.release()

    def begin(self) -> None:
        """Makes the folder a run that stands at its start, in one go.

        The new run is written whole before an old one goes.

        Raises:
            RunError: the folder cannot be written.
        """
        staged = self.folder / STAGED
        with write_errors(self.folder):
            try:
                start = self.save(staged, Cursor(), 0, judged=True)
                write(staged / HISTORY, bytes(self.file.text))
                describe(staged, self.net, self.about)
                put_in_place(staged, self.folder)
            finally:
                rmtree(staged, ignore_errors=True)
        self.good = self.folder / start.relative_to(staged)

    def go_on(self, last: Checkpoint, text: bytes, history: list[Event], again: bool) -> None:
        """Makes the folder a run that stands where a checkpoint does.

        The last words go once the new description is written, and before it holds: at no moment do
        the weights of a shorter run pass for those of a longer one.

        Args:
            last: the checkpoint.
            text: the lines of history.csv behind it.
            history: the epochs that they tell of.
            again: whether the end of the last of them comes once more.

        Raises:
            RunError: the folder cannot be written.
        """
        self.file = HistoryFile(self.folder / HISTORY, text, last.epochs)
        self.saved, self.history = (last.cursor, last.history), history
        self.good = last.path if last.judged else judged(self.folder)
        staged = self.folder / STAGED
        with write_errors(self.folder):
            try:
                describe(staged, self.net, self.about)
                (self.folder / WEIGHTS).unlink(missing_ok=True)
                drop_newer(self.folder, last.path)
                self.file.settle()
                moved(staged / "run.json", self.folder / "run.json")
            finally:
                rmtree(staged, ignore_errors=True)
        if again and history and history[-1].epoch == last.epochs:
            history.pop()
            self.file.go_back()
        if self.best is not None:
            self.best.go_on(history)

    def take(self, event: Event) -> None:
        """Looks at an event of the training and saves when it is time to.

        Args:
            event: the next one.
        """
        if event.outcome is not None and event.outcome.failed:
            self.add(event)
        elif event.ends_epoch and (event.watched is not None or not self.watches):
            self.add(event)
            if event.outcome is not None or self.worth_saving(event):
                self.checkpoint(event)
        elif self.due(event):
            self.checkpoint(event)

    def add(self, event: Event) -> None:
        """Puts an event into the history.

        Args:
            event: at an epoch's end, or of a run that went wrong.
        """
        self.history.append(event)
        self.file.add(event, self.about.rates)

    def worth_saving(self, event: Event) -> bool:
        """Whether an epoch's end is saved: short epochs are worth less than what a save costs.

        Ends that were looked at always are: a run that goes wrong later goes back to one.

        Args:
            event: at the epoch's end.

        Returns:
            Whether it is.
        """
        passed = monotonic() - self.at
        worth = passed >= min(SHARE * self.took, MOST_LOST)
        return worth or self.looked_at(event.epoch) or self.due(event)

    def due(self, event: Event) -> bool:
        """Whether so many seconds, or steps, have passed since the last checkpoint.

        Args:
            event: where the training stands.

        Returns:
            Whether it is time to save.
        """
        if self.every.seconds is not None and monotonic() - self.at >= self.every.seconds:
            return True
        place = self.saved[0] if self.saved else Cursor()
        before = place.step if place.epoch == event.epoch else 0
        return self.every.steps is not None and event.step - before >= self.every.steps

    def checkpoint(self, event: Event) -> None:
        """Saves here, if the weights are sound; what went wrong stands in `trouble`.

        Args:
            event: where the training stands.
        """
        here = (event.cursor, self.file.mark)
        if self.saved == here or not finite(self.net):
            return
        well = event.ends_epoch and (event.outcome is not None or self.looked_at(event.epoch))
        self.at = monotonic()
        try:
            self.file.sync()
            if self.best is not None:
                self.best.write()
            path = self.save(self.folder, event.cursor, event.steps, well)
            self.good = path if well else self.good
            drop_older(self.folder, self.good)
            self.saved, self.trouble = here, None
        except OSError as error:
            self.trouble = RunError.keyed("runs.unsaved", folder=self.folder, why=reason(error))
        self.took = monotonic() - self.at

    def save(self, folder: Path, cursor: Cursor, steps: int, judged: bool) -> Path:
        """Writes a checkpoint: the network, and the state of its session's rule.

        Args:
            folder: the run folder.
            cursor: where the training stands.
            steps: of an epoch.
            judged: whether it was looked at and found well.

        Returns:
            The file.
        """
        rule, state, mark = self.about.plan.rule, self.session.state(), self.file.mark
        return save_checkpoint(folder, self.net, cursor, steps, mark, judged, rule, state)

    def finish(self, event: Event) -> None:
        """Ends the run with its last event.

        A run that went wrong goes back to the last checkpoint that was judged well.

        Args:
            event: the last one.

        Raises:
            RunError: the folder cannot be written; it says where the weights are saved instead.
        """
        try:
            if event.outcome is None or not event.outcome.failed:
                self.checkpoint(event)
            elif self.good is not None:
                drop_newer(self.folder, self.good)
            self.file.sync()
            if event.outcome is not None:
                ended = self.about._replace(outcome=event.outcome, test=event.final_test)
                describe(self.folder, self.net, ended)
            if event.outcome is not None and event.outcome.complete:  # the weights come last
                if self.best is not None:
                    self.best.take()
                save_weights(self.net, self.folder / WEIGHTS)
            trouble = self.trouble
        except OSError as error:
            trouble = RunError.keyed("runs.unfinished", folder=self.folder, why=reason(error))
        if trouble is not None:
            raise RunError.keyed("runs.unkept", trouble=trouble, rescued=self.rescued())

    def rescued(self) -> Spoken:
        """Writes the weights where there may be room yet, and says where they are."""
        try:
            where = Path(tempfile.mkdtemp(prefix="spusk-rescued-")) / WEIGHTS
            save_weights(self.net, where)
        except OSError as error:
            nor = {"where": tempfile.gettempdir(), "why": reason(error)}
            return RunError.keyed("runs.not_rescued", **nor)
        return RunError.keyed("runs.rescued", where=where)


class write_errors:  # noqa: N801 - reads as a phrase
    """Turns what the system says about a folder into a RunError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError):
            why = reason(error)
            raise RunError.keyed("runs.unwritten", folder=self.folder, why=why) from error


def lock_folder(folder: Path) -> BaseFileLock:
    """The lock of a run folder, made and held; orphans swept. Raises RunError."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock", timeout=0, thread_local=False)
    with write_errors(folder):
        make_folder(folder)
        try:
            lock.acquire()
        except Timeout as error:
            raise RunError.keyed("runs.in_use", folder=folder) from error
        make_folder(folder / "checkpoints")
        sweep([folder, folder / "checkpoints"])
        rmtree(folder / STAGED, ignore_errors=True)
    return lock


def put_in_place(staged: Path, folder: Path) -> None:
    """Puts a run that is whole where another may be: run.json goes first and comes last."""
    remove(folder)
    for new in (*numbered(staged), staged / HISTORY, staged / "run.json"):
        moved(new, folder / new.relative_to(staged))
