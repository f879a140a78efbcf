"""NumPy's threads beside the engine's.

After a product on several threads, BLAS keeps them spinning for some 20 ms, in case another comes.
Just then the engine's threads want the cores: short looks between epochs go on one thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

SHORT = 4e9  # operations that one thread does in about as long as the others would spin


@cache
def controller() -> ThreadpoolController:
    """The pools of this process; they are looked for once."""
    return ThreadpoolController()


@contextmanager
def one_thread(operations: float) -> Iterator[None]:
    """Holds BLAS to one thread for a short piece of work; a long one has them all."""
    if operations > SHORT:
        yield
        return
    with controller().limit(limits=1, user_api="blas"):
        yield
