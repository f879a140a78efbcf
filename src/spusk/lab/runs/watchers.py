"""Who watches a training, and what waits to be sent to each: nobody's slowness holds up another.

The training's thread only hands a text to the event loop, once for all who watch; there it joins
each page's own outbox. Of progress an outbox keeps the newest alone; of all else, everything.
News go out a few times a second, all that wait in one frame, a line each: a training with a hundred
epochs a second wants the cores for itself. Answers wait for nothing.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from threading import Lock

from spusk.i18n import LANGUAGES

BREATH = 0.1  # seconds between two frames of news
MOST_WAITING = 3000  # all epochs of two trainings and more: who is that far behind comes anew


class Outbox:
    """What waits to be sent to one page; used on its event loop alone."""

    def __init__(self, lang: str) -> None:
        self.lang, self.loop = lang, asyncio.get_running_loop()
        self.waiting: deque[str] = deque()
        self.progress: dict[str, str] = {}  # a run's id -> its newest progress
        self.wake, self.hurry, self.rested = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.sent, self.lost = -BREATH, False

    def put(self, text: str, run: str | None = None) -> None:
        """A message that must arrive; what its run's progress was before is old news."""
        if run is not None:
            self.progress.pop(run, None)
        else:  # an answer: somebody waits for it
            self.rested.clear()
            self.hurry.set()
        self.lost = self.lost or len(self.waiting) >= MOST_WAITING
        if self.lost:
            self.waiting.clear()
            self.progress.clear()
        else:
            self.waiting.append(text)
        self.wake.set()

    def replace(self, text: str, run: str) -> None:
        """Progress of a run, instead of the one that was not sent yet."""
        if not self.lost:
            self.progress[run] = text
        self.wake.set()

    def hush(self, run: str) -> None:
        """No more of this run's progress."""
        self.progress.pop(run, None)

    async def next(self) -> str | None:
        """What to send next, a line each; None where too much has been waiting for too long."""
        if not self.hurry.is_set():
            self.rested.set()
        while not (lines := await self.due()):
            if self.lost:
                return None
        self.hurry.clear()
        self.rested.clear()
        self.sent = self.loop.time()
        self.waiting.clear()
        self.progress.clear()
        return "\n".join(lines)

    async def due(self) -> list[str]:
        """What waits when its time has come: at once where it is an answer, or the end."""
        while not (self.waiting or self.progress or self.lost):
            self.wake.clear()
            await self.wake.wait()
        if not self.lost:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.hurry.wait(), self.sent + BREATH - self.loop.time())
        return [*self.waiting, *self.progress.values()]


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
