"""A look at a network is taken once for all who ask, and again only when there is news to see."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import Protocol
from weakref import ref

from spusk.nn.network import Network

AT_ONCE = 2
FRESH = 1.0  # seconds that a look at a network in training is good for, at least
WORTH = 10  # so many times as long as it took: looking costs a training a tenth of a core at most
PATIENCE = 60.0  # seconds in which a look is taken


class Look:
    """A text about one copy of a run's weights, there or soon to be there."""

    def __init__(self, net: Network) -> None:
        self.of, self.text = ref(net), Future[str]()
        self.text.set_running_or_notify_cancel()  # who stops waiting does not stop it
        self.taken, self.took = monotonic(), 0.0

    def take(self, net: Network, look: Callable[[Network], str]) -> None:
        """Looks, and remembers how long that took."""
        began = monotonic()
        try:
            text = look(net)
        except BaseException as error:
            self.text.set_exception(error)
        else:
            self.took = monotonic() - began
            self.text.set_result(text)

    def serves(self, run: "Seen") -> bool:
        """Whether it shows the run as it is or, while it trains, as it was a moment ago."""
        if self.text.done() and self.text.exception() is not None:
            return False
        if self.of() is run.seen:
            return True
        young = monotonic() - self.taken < max(FRESH, WORTH * self.took)
        return run.state == "running" and (young or not self.text.done())


class Seen(Protocol):
    """What is looked at: a run with a copy of its weights that nobody writes to."""

    @property
    def seen(self) -> Network: ...
    @property
    def state(self) -> str: ...
    @property
    def looks(self) -> dict[str, Look]: ...


class Looks:
    """Takes looks, a few at a time; used from any thread."""

    def __init__(self) -> None:
        self.lock, self.slow = Lock(), ThreadPoolExecutor(AT_ONCE, "lab look")
        self.quick = ThreadPoolExecutor(AT_ONCE, "lab drawing")  # what waits for no slow look

    def at(self, run: Seen, kind: str, look: Callable[[Network], str]) -> Future[str]:
        """What a look of this kind at a run says; it is the same for everybody."""
        with self.lock:
            found = run.looks.get(kind)
            if found is None or not found.serves(run):
                net = run.seen
                found = run.looks[kind] = Look(net)
                self.slow.submit(found.take, net, look)
            return found.text

    def close(self) -> None:
        """Takes no more of them."""
        for pool in (self.slow, self.quick):
            pool.shutdown(wait=False, cancel_futures=True)
