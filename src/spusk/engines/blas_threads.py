"""NumPy's threads beside the engine's.

After a product on several threads, BLAS keeps them spinning for some 20 ms, in case another comes.
Just then the engine's threads want the cores: short looks between epochs go on one thread.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController

SHORT = 4e9  # operations that one thread does in about as long as the others would spin


@cache
def controller() -> ThreadpoolController:
    """The pools of this process; they are looked for once."""
    return ThreadpoolController()


class Held:
    """BLAS on one thread while anybody holds it: the first sets it, the last sets it back."""

    def __init__(self) -> None:
        self.lock, self.holders, self.back = Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        with self.lock:
            if not self.holders:
                self.back.enter_context(controller().limit(limits=1, user_api="blas"))
            self.holders += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.holders -= 1
            if not self.holders:
                self.back.close()


HELD = Held()


@contextmanager
def limited(operations: float) -> Iterator[None]:
    """Holds BLAS to one thread for a short piece of work; a long one has them all."""
    if operations > SHORT:
        yield
        return
    with HELD:
        yield
