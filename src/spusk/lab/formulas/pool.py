"""Who reads formulas for the page: a few processes, for a whole class that opens the lab at once.

What was read is kept, and what is being read is waited for by all who ask for the same.
"""

import asyncio
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread

from spusk.lab.formulas.worker import Reader, Said
from spusk.lab.jobs import BusyError

PLACES = 2
SECONDS = 5.0  # for one formula
PATIENCE = 10.0  # seconds that one waits for its turn
KEPT = 200  # formulas whose reading is kept
FIRST = ("lecture", "himmelblau")  # as many as places: what the page opens with, and one more


class Formulas:
    """Reads formulas; used from any thread."""

    def __init__(
        self, places: int = PLACES, seconds: float = SECONDS, patience: float = PATIENCE
    ) -> None:
        self.seconds, self.patience = seconds, patience
        self.lock, self.known = Lock(), OrderedDict[str, Future[Said]]()
        self.pool = ThreadPoolExecutor(places, "lab formula")
        self.readers: SimpleQueue[Reader | None] = SimpleQueue()  # those that do nothing
        for _ in range(places):
            self.readers.put(None)  # not started before it is needed
        self.running, self.closed = set[Reader](), False

    async def described(self, text: str) -> Said:
        """A formula as the page gets it. BusyError: no turn; TimeoutError: it takes too long."""
        return await self.answer(self.reading(text))

    async def exported(self, text: str) -> Said:
        """The page as one file, with this formula in use where it is not empty. The same errors."""
        return await self.answer(self.pool.submit(self.ask, {"export": text}))

    async def answer(self, coming: Future[Said]) -> Said:
        """What is coming, unless its turn does not come."""
        here = asyncio.wrap_future(coming)
        await asyncio.wait([here], timeout=self.patience)
        if not coming.running() and (coming.cancel() or coming.cancelled()):
            raise BusyError
        return await asyncio.shield(here)

    def reading(self, text: str) -> Future[Said]:
        """The reading of a formula: the one that was, the one under way, or a new one."""
        with self.lock:
            found = self.known.get(text)
            if found is None or lost(found):
                found = self.known[text] = self.pool.submit(self.ask, {"formula": text})
            self.known.move_to_end(text)
            if len(self.known) > KEPT:
                self.known.popitem(last=False)
            return found

    def ask(self, question: Said) -> Said:
        """In the pool: asks a reader that does nothing; there is one for each of its threads."""
        reader = self.readers.get()
        try:
            if reader is None or not reader.lives:
                reader = self.started()
            return reader.ask(question, self.seconds)
        finally:
            self.readers.put(reader)

    def started(self) -> Reader:
        """One more process, unless the lab is closing."""
        reader = Reader()
        with self.lock:
            self.running = {one for one in self.running if one.lives} | {reader}
            if self.closed:
                reader.kill()
        return reader

    def warm(self) -> None:
        """Starts the readers, one after the other: the page must not wait for both."""
        Thread(target=self.read_first, daemon=True).start()

    def read_first(self) -> None:
        """Has all readers read something."""
        with suppress(Exception):  # the lab may be closed meanwhile
            for text in FIRST:
                self.reading(text).result()

    def close(self) -> None:
        """Ends the readers."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        with self.lock:
            self.closed = True
            for reader in self.running:
                reader.kill()


def lost(reading: "Future[Said]") -> bool:
    """Whether a reading came to nothing; it may be tried again."""
    return reading.done() and (reading.cancelled() or reading.exception() is not None)
