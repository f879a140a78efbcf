"""The native engine: the fused step in C++, on the network's own memory (L8, L12).

`SPUSK_ISA` forces one of the compiled instruction sets, `SPUSK_THREADS` the number of threads;
neither threads nor chunks change a bit of the result.
"""

import os
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spusk.data import Sample
from spusk.engines.base import StepTotals, fits
from spusk.engines.session_lock import SessionLock
from spusk.errors import EngineError
from spusk.i18n.reasons import Reason
from spusk.nn.arrays import Floats
from spusk.nn.network import Network

if TYPE_CHECKING:
    from spusk._native import Session

_native: ModuleType | None
try:
    _native, _reason = import_module("spusk._native"), ""
except ImportError as error:  # built without a compiler: the reference engine still works
    _native, _reason = None, str(error)

ACTIVATIONS = ("sigmoid", "tanh", "relu", "identity")  # in the order of native/session/plan.hpp
COSTS = ("squared", "cross-entropy")
MOST_THREADS = 256


def available() -> bool:
    """Whether the native part is built and loads."""
    return _native is not None


def reason() -> str:
    """Why it is not available; empty where it is."""
    return _reason


def instruction_sets() -> tuple[str, ...]:
    """The compiled instruction sets that this machine runs, best first."""
    return tuple(_native.instruction_sets()) if _native is not None else ()


def compiled(isa: str) -> str:
    """By which compiler, with which flags, the steps of this instruction set were built."""
    assert _native is not None
    return str(_native.compiled(isa))


def isa() -> str:
    """The instruction set in use. Raises EngineError where SPUSK_ISA names one that is not."""
    sets = instruction_sets()
    wanted = os.environ.get("SPUSK_ISA", "") or next(iter(sets), "")
    if wanted not in sets:
        names = ", ".join(sets) or Reason("not_built")
        raise EngineError.keyed("network.isa", names=names, found=wanted)
    return wanted


def wanted_threads(threads: int | None) -> int:
    """`threads`, else SPUSK_THREADS, else 0: as many as pay for this network."""
    found = os.environ.get("SPUSK_THREADS", "") if threads is None else str(threads)
    if found == "":
        return 0
    number = int(str(found)) if str(found).isdecimal() else -1
    if not 1 <= number <= MOST_THREADS:
        where = "SPUSK_THREADS" if threads is None else "threads"
        raise EngineError.keyed("network.threads", where=where, most=MOST_THREADS, found=found)
    return number


class Native:
    """C++, float32, every activation and cost of the reference."""

    name = "native"

    def open(self, net: Network, V: Sample, batch: int, threads: int | None = None) -> "Steps":
        """A session on this network and set. Raises EngineError, NetworkError, DataError."""
        if _native is None:
            raise EngineError(
                f"engine: native is not built here ({_reason}); use engine='reference', or install "
                "with a C++20 compiler at hand"
            )
        if net.dtype != np.float32:
            raise EngineError(
                f"engine: native computes in float32, found a {net.dtype} network; use "
                "engine='reference', or Network(…, dtype='float32')"
            )
        fits(net, V)
        return Steps(net, V, batch, wanted_threads(threads))


def opened(net: Network, V: Sample, batch: int, threads: int, resident: int = -1) -> "Session":
    """The native session; `resident`: bytes of a first layer that stays packed, −1 by the batch."""
    assert _native is not None
    acts = [ACTIVATIONS.index(net.activation)] * (len(net.layers) - 1)
    answers = V.y if V.labels is None else V.labels
    session: Session = _native.Session(
        list(net.sizes),
        net.theta,
        [*acts, ACTIVATIONS.index(net.output)],
        COSTS.index(net.error),
        np.ascontiguousarray(V.x, V.x.dtype if V.x.dtype == np.uint8 else np.float32),
        np.ascontiguousarray(answers, np.float32 if V.labels is None else np.int64),
        min(batch, len(V)),
        threads,
        isa(),
        resident,
    )
    return session


class Steps:
    """Steps on one network, one set, one batch size."""

    def __init__(self, net: Network, V: Sample, batch: int, threads: int) -> None:
        self.net = net
        self.session = opened(net, V, batch, threads)
        self.turn = SessionLock(net)

    @property
    def window(self) -> int:
        """Steps after which a wide first layer is written back; chunks end at its multiples."""
        return int(self.session.window)

    @property
    def threads(self) -> int:
        """Threads at work: chosen by the size of a step where none were asked for."""
        return int(self.session.threads)

    def steps(self, order: NDArray[np.int64], first: int, last: int, rate: float) -> StepTotals:
        """Lines 4–8 of L11 for the sub-samples V_first … V_last−1."""
        with self.turn:
            return StepTotals(*self.session.steps(np.ascontiguousarray(order), first, last, rate))

    def answer(self, x: NDArray[Any]) -> Floats:
        """α(x) of rows (K, n)."""
        return self.net.answer(x)
