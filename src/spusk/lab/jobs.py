"""Work off the event loop: at most so many at once, each with an end in sight."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread
from typing import TypeVar

Result = TypeVar("Result")


class BusyError(Exception):
    """All places are taken: ask again in a moment."""


class Jobs:
    """Runs functions in daemon threads; a place is free again when its thread has really ended."""

    def __init__(self, limit: int = 2, seconds: float = 5.0) -> None:
        self.places, self.seconds = BoundedSemaphore(limit), seconds

    async def run(self, work: Callable[[], Result]) -> Result:
        """What `work` gives or raises; BusyError when full, TimeoutError when it takes too long."""
        if not self.places.acquire(blocking=False):
            raise BusyError
        outcome: Future[Result] = Future()
        outcome.set_running_or_notify_cancel()  # who stops waiting does not stop the thread
        outcome.add_done_callback(lambda _: self.places.release())
        Thread(target=settle, args=(outcome, work), name="lab job", daemon=True).start()
        return await asyncio.wait_for(asyncio.wrap_future(outcome), self.seconds)


def settle(outcome: Future[Result], work: Callable[[], Result]) -> None:
    """Does the work and puts what came of it, good or bad, where it is waited for."""
    try:
        result = work()
    except BaseException as error:
        outcome.set_exception(error)
    else:
        outcome.set_result(result)
