"""The native engine: the fused step in C++, on the network's own memory (L8, L12).

`SPUSK_ISA` forces one of the compiled instruction sets, `SPUSK_THREADS` the number of threads;
neither threads nor chunks change a bit of the result.
"""

import os
import warnings
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.data import Sample
from spusk.engines.base import COUNT, PLAIN, State, StepTotals, checked_state, fits
from spusk.engines.session_lock import SessionLock
from spusk.errors import EngineError, SpuskWarning
from spusk.i18n.reasons import Reason
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.optim.rules import RULES, NamedRule

if TYPE_CHECKING:
    from spusk._native import Session

Names = dict[str, dict[str, list[str]]]  # kind -> name -> names of parameters, in their order
TABLES: dict[str, Mapping[str, object]] = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "updates": RULES,
}
MOST_THREADS = 256


class ThreadsWarning(SpuskWarning):
    """The system has fewer threads to give than were asked for."""


def loaded() -> tuple[ModuleType | None, Names, str]:
    """The native module and its names; without it, or with another version's, None and why."""
    try:
        module = import_module("spusk._native")
    except ImportError as error:  # built without a compiler: the reference engine still works
        return None, {kind: {} for kind in TABLES}, str(error)
    names: Names = module.names() if hasattr(module, "names") else {}
    for kind, table in TABLES.items():
        strange = [name for name in names.get(kind, [""]) if name not in table]
        if strange:
            return None, {kind: {} for kind in TABLES}, f"built from another version: {kind}"
    return module, names, ""


_native, NAMES, _reason = loaded()


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
    """C++, float32; activations, losses and update rules as the module names them."""

    name = "native"

    def supports(self, net: Network, rule: NamedRule = PLAIN) -> str | None:
        """Why this engine can't train this network by this rule; None where it can."""
        why = refusal(net, rule)
        return None if why is None else str(refused(why))

    def open(
        self,
        net: Network,
        V: Sample,
        batch: int,
        threads: int | None = None,
        rule: NamedRule = PLAIN,
    ) -> "Steps":
        """A session on this network and set. Raises EngineError, NetworkError, DataError."""
        why = refusal(net, rule)
        if why is not None:
            raise refused(why)
        fits(net, V)
        return Steps(net, V, batch, wanted_threads(threads), rule)


def refusal(net: Network | None, rule: NamedRule) -> EngineError | None:
    """Why an `open` with them is refused, if it is; why any is, where no network is given."""
    if _native is None:
        return EngineError.keyed("network.native_missing", reason=_reason)
    if net is None:
        return None
    if net.dtype != np.float32:
        return EngineError.keyed("network.native_dtype", found=net.dtype)
    needed = (
        *(("activations", name) for name in net.activations), ("losses", net.error),
    )  # fmt: skip
    for kind, found in needed:
        if found not in NAMES[kind]:
            return EngineError.keyed(f"network.native_{kind}", found=found, names=listed(kind))
    if type(rule) is not RULES.get(rule.name) or rule.name not in NAMES["updates"]:
        return EngineError.keyed("network.native_updates", found=rule.name, names=listed("updates"))
    return None


def refused(why: EngineError) -> EngineError:
    """The error of such an `open`: why, and what to do."""
    return EngineError.keyed("network.native", why=why)


def listed(kind: str) -> str:
    """The names of one kind, for a sentence."""
    return ", ".join(NAMES[kind])


def number(kind: str, name: str) -> int:
    """Where the native table has it."""
    return list(NAMES[kind]).index(name)


def opened(
    net: Network,
    V: Sample,
    batch: int,
    threads: int,
    rule: NamedRule = PLAIN,
    resident: int = -1,
) -> "Session":
    """The native session; `resident`: bytes of a first layer that stays packed, −1 by the batch."""
    assert _native is not None
    weights = V.scaled_weights
    session: Session = _native.Session(
        list(net.sizes),
        net.theta,
        [number("activations", sigma) for sigma in net.activations],
        number("losses", net.error),
        *examples(net, V),
        min(batch, len(V)),
        threads,
        isa(),
        resident,
        number("updates", rule.name),
        [float(getattr(rule, each)) for each in NAMES["updates"][rule.name]],
        None if weights is None else weights.astype(np.float32),
    )
    return session


def examples(net: Network, V: Sample) -> tuple[NDArray[Any], NDArray[Any]]:
    """Inputs (K, n₀), bytes that mean v/255 or float32, and targets (K, m) or classes (K,)."""
    if net.preparation is not None:
        x = net.preparation.matrix(V)
    elif V.pixels and V.x.dtype == np.uint8:
        x = V.x
    else:
        x = V.inputs(slice(None), np.float32)
    if V.labels is not None:
        return np.ascontiguousarray(x), np.ascontiguousarray(V.labels, np.int64)
    assert V.y is not None
    y = V.y if net.preparation is None else net.preparation.targets(V.y, np.float32)
    return np.ascontiguousarray(x), np.ascontiguousarray(y, np.float32)


class Steps:
    """Steps on one network, one set, one batch size, by one rule."""

    def __init__(
        self,
        net: Network,
        V: Sample,
        batch: int,
        threads: int,
        rule: NamedRule = PLAIN,
        resident: int = -1,
    ) -> None:
        self.net, self.rule = net, rule
        self.session = opened(net, V, batch, threads, rule, resident)
        if self.threads < threads:
            fewer = {"wanted": threads, "found": self.threads}
            warnings.warn(ThreadsWarning.keyed("network.fewer_threads", **fewer), stacklevel=3)
        self.n = 0  # steps taken: the means of a rule that counts are over so many gradients
        self.turn = SessionLock(net)

    @property
    def window(self) -> int:
        """Steps after which a wide first layer is written back; chunks end at its multiples."""
        return int(self.session.window)

    @property
    def threads(self) -> int:
        """Threads at work: chosen by the size of a step where none were asked for."""
        return int(self.session.threads)

    def steps(
        self, order: NDArray[np.int64], first: int, last: int, rates: ArrayLike
    ) -> StepTotals:
        """Lines 4–8 of L11 for sub-samples V_first … V_last−1; rates (last − first,), or one."""
        with np.errstate(over="ignore"):  # a rate beyond float32 is infinite: the cost will tell
            single = np.asarray(rates, np.float32)
        each = np.ascontiguousarray(np.broadcast_to(single, last - first))
        rows = np.ascontiguousarray(order)
        with self.turn:
            totals = StepTotals(*self.session.steps(rows, first, last, each, self.n))
            self.n += last - first
        return totals

    def state(self) -> dict[str, NDArray[Any]]:
        """The rule's arrays by name, each of θ's shape, and `n` where it counts."""
        found: dict[str, NDArray[Any]] = {}
        with self.turn:
            for at, name in enumerate(self.rule.states):
                found[name] = np.empty_like(self.net.theta)
                self.session.read_state(at, found[name])
            return found | ({COUNT: np.array(self.n)} if self.rule.counts else {})

    def restore(self, state: State) -> None:
        """Takes up a state that `state` gave. Raises EngineError for any other."""
        checked_state(state, self.net, self.rule)
        with self.turn:
            for at, name in enumerate(self.rule.states):
                self.session.write_state(at, np.ascontiguousarray(state[name]))
            self.n = int(state.get(COUNT, 0))
