"""Who watches a training, and what waits to be sent to each: nobody's slowness holds up another.

The training's thread only hands a text to the event loop, once for all who watch; there it joins
each page's own outbox. Of progress an outbox keeps the newest alone; of all else, everything.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from threading import Lock

from spusk.words import LANGUAGES

MOST_WAITING = 3000  # all epochs of two trainings and more: who is that far behind comes anew


class Outbox:
    """What waits to be sent to one page; used on its event loop alone."""

    def __init__(self, lang: str) -> None:
        self.lang, self.loop = lang, asyncio.get_running_loop()
        self.waiting: deque[str] = deque()
        self.progress: dict[str, str] = {}  # a run's id -> its newest progress
        self.wake, self.rested = asyncio.Event(), asyncio.Event()
        self.lost = False

    def put(self, text: str, run: str | None = None) -> None:
        """A message that must arrive; what its run's progress was before is old news."""
        if run is not None:
            self.progress.pop(run, None)
        self.lost = self.lost or len(self.waiting) >= MOST_WAITING
        if self.lost:
            self.waiting.clear()
        else:
            self.waiting.append(text)
        self.stir()

    def replace(self, text: str, run: str) -> None:
        """Progress of a run, instead of the one that was not sent yet."""
        self.progress[run] = text
        self.stir()

    def hush(self, run: str) -> None:
        """No more of this run's progress."""
        self.progress.pop(run, None)

    def stir(self) -> None:
        """Something is waiting."""
        self.rested.clear()
        self.wake.set()

    async def next(self) -> str | None:
        """What to send next; None where too much has been waiting for too long."""
        while not (self.waiting or self.progress or self.lost):
            self.rested.set()
            self.wake.clear()
            await self.wake.wait()
        if self.lost:
            return None
        if self.waiting:
            return self.waiting.popleft()
        return self.progress.pop(next(iter(self.progress)))


class Watchers:
    """The outboxes of those who watch one run."""

    def __init__(self, run: str) -> None:
        self.run, self.lock = run, Lock()
        self.boxes: frozenset[Outbox] = frozenset()

    def add(self, box: Outbox) -> None:
        """One more, or the same again."""
        with self.lock:
            self.boxes |= {box}

    def drop(self, boxes: Iterable[Outbox]) -> None:
        """These watch no longer."""
        with self.lock:
            self.boxes -= frozenset(boxes)

    def tell(self, texts: Mapping[str, str], progress: bool = False) -> None:
        """A text in each language, from any thread and without waiting for anyone."""
        boxes = self.boxes
        for loop in {box.loop for box in boxes}:
            here = [box for box in boxes if box.loop is loop]
            try:
                loop.call_soon_threadsafe(self.deliver, here, texts, progress)
            except RuntimeError:  # that loop has ended, and its pages with it
                self.drop(here)

    def deliver(self, boxes: Iterable[Outbox], texts: Mapping[str, str], progress: bool) -> None:
        """Puts the text into each outbox that still watches, on their loop."""
        for box in self.boxes.intersection(boxes):
            if progress:
                box.replace(texts[box.lang], self.run)
            else:
                box.put(texts[box.lang], self.run)


def everywhere(text: str) -> dict[str, str]:
    """A text without words: the same in each language."""
    return dict.fromkeys(LANGUAGES, text)
