"""Whose turn it is to step on a network: one session at a time, in the process that opened it."""

import os
from threading import Lock
from types import TracebackType
from weakref import WeakKeyDictionary

from spusk.errors import EngineError
from spusk.nn.network import Network

locks: WeakKeyDictionary[Network, Lock] = WeakKeyDictionary()
if hasattr(os, "register_at_fork"):  # in a forked child: another thread may have held one
    os.register_at_fork(after_in_child=locks.clear)


class SessionLock:
    """A session's turn, as a context; threads that step on one network wait for one another.

    Raises EngineError in a forked child: the engine's threads, and whoever was at work on the
    weights, have stayed in the parent.
    """

    def __init__(self, net: Network) -> None:
        self.process = os.getpid()
        self.lock = locks.setdefault(net, Lock())

    def __enter__(self) -> None:
        if os.getpid() != self.process:
            raise EngineError.keyed("engine.forked", process=self.process, fork=os.getpid())
        self.lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.lock.release()
