"""The one writer of a run folder: it holds the lock, knows when to save, and what to keep."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from spusk.errors import RunError
from spusk.network import Network
from spusk.sgd import Event, Outcome, Place, Plan
from spusk.sgd.health import finite
from spusk.store.checkpoint import numbered, save_checkpoint
from spusk.store.files import sweep, write
from spusk.store.folder import describe, table
from spusk.store.weights import WEIGHTS, save_weights

if TYPE_CHECKING:
    from filelock import BaseFileLock


class Every(NamedTuple):
    """How often to save besides the ends of epochs: after so many seconds, or steps."""

    seconds: float | None = None
    steps: int | None = None


class Keeper:
    """Keeps a run folder while its training goes on; a context manager.

    Raises RunError when another process writes this run, or it holds a run already and
    `overwrite` is not set. A checkpoint that cannot be written is told in `trouble` (the one
    before stays as it was) and tried again at the next occasion.
    """

    def __init__(self, folder: Path, net: Network, plan: Plan, tests: bool, every: Every) -> None:
        self.folder, self.net, self.plan = folder, net, plan
        self.tests, self.every = tests, every
        self.history: list[Event] = []
        self.trouble: str | None = None
        self.saved: Place | None = None
        self.at = monotonic()
        self.lock = locked(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.lock.release()

    def begin(
        self,
        source: str,
        note: Mapping[str, Any],
        engine: str,
        mark: str,
        steps: int,
        overwrite: bool = False,
    ) -> None:
        """Makes the folder a run that stands at its start. Raises RunError."""
        if (self.folder / "run.json").exists() and not overwrite:
            raise RunError(f"{self.folder}: holds a run already; choose another --out")
        with told(self.folder):
            (self.folder / "run.json").unlink(missing_ok=True)  # no run, until it is whole again
            for old in (*numbered(self.folder), self.folder / WEIGHTS):
                old.unlink(missing_ok=True)
            write(self.folder / "history.csv", table([]).encode())
            save_checkpoint(self.folder, self.net, Place(), steps, [])
            describe(self.folder, self.net, self.plan, source, note, engine, mark)

    def take(self, event: Event) -> None:
        """Looks at an event of the training and saves when it is time to."""
        if event.outcome is not None and event.outcome.failed:
            self.history.append(event)
            return
        if event.ends_epoch and (event.test_cost is not None or not self.tests):
            self.history.append(event)
            self.checkpoint(event)
        elif self.due(event):
            self.checkpoint(event)

    def due(self, event: Event) -> bool:
        """Whether so many seconds, or steps, have passed since the last checkpoint."""
        if self.every.seconds is not None and monotonic() - self.at >= self.every.seconds:
            return True
        before = self.saved.step if self.saved and self.saved.epoch == event.epoch else 0
        return self.every.steps is not None and event.step - before >= self.every.steps

    def checkpoint(self, event: Event) -> None:
        """Saves here, if the weights are sound; what went wrong stands in `trouble`."""
        if self.saved == event.place or not finite(self.net):
            return
        self.at = monotonic()
        try:
            save_checkpoint(self.folder, self.net, event.place, event.steps, self.history)
            if event.ends_epoch:
                write(self.folder / "history.csv", table(self.history).encode())
            self.saved, self.trouble = event.place, None
        except OSError as error:
            self.trouble = f"{self.folder}: checkpoint not written ({error.strerror or error})"

    def finish(self, event: Event) -> None:
        """Ends the run with its last event. Raises RunError, the weights saved elsewhere."""
        try:
            if event.outcome is None or not event.outcome.failed:
                self.checkpoint(event)
            write(self.folder / "history.csv", table(self.history).encode())
            if event.outcome is Outcome.FINISHED:
                save_weights(self.net, self.folder / WEIGHTS)
            trouble = self.trouble
        except OSError as error:
            trouble = f"{self.folder}: could not be written ({error.strerror or error})"
        if trouble is not None:
            raise RunError(f"{trouble}; {self.rescued()}")

    def rescued(self) -> str:
        """Writes the weights where there may be room yet, and says where they are."""
        try:
            where = Path(tempfile.mkdtemp(prefix="spusk-rescued-")) / WEIGHTS
            save_weights(self.net, where)
        except OSError as error:
            return (
                f"nor could {tempfile.gettempdir()} ({error.strerror}); the last checkpoint is safe"
            )
        return f"the weights are saved in {where} instead, and the last checkpoint is safe"


class told:  # noqa: N801 - reads as a verb
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
            raise RunError(
                f"{self.folder}: cannot be written ({error.strerror or error}); "
                "make room there, or choose another folder with --out"
            ) from error


def locked(folder: Path) -> "BaseFileLock":
    """The lock of a run folder, made and held; orphans swept. Raises RunError."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock", timeout=0, thread_local=False)
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:
            raise RunError(
                f"{folder}: another training is writing this run; wait for it, or choose "
                "another folder"
            ) from error
        os.makedirs(folder / "checkpoints", exist_ok=True)
        sweep([folder, folder / "checkpoints"])
    return lock
