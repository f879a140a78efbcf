"""The machine's own limits: the best big matrix product, and a copy's bandwidth by size.

The limit of a step is a time: max(FLOPs ÷ best rate, 3 × weight bytes ÷ bandwidth of a working
set as large as the weights). A step reads the weights forward, reads them back, and writes them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.task import Task

SIZES = tuple(1 << k for k in range(16, 29))  # bytes of a working set, 64 KiB … 256 MiB
SIDES = (1024, 2048)


class Limits(NamedTuple):
    """FLOP/s of the best product, and byte/s of a copy by the size of its working set."""

    product: float
    copy: tuple[tuple[int, float], ...]

    def better(self, other: "Limits") -> "Limits":
        """The best of both, size by size."""
        seen = dict(other.copy)
        copy = tuple((size, max(rate, seen.get(size, 0.0))) for size, rate in self.copy)
        return Limits(max(self.product, other.product), copy)

    def bandwidth(self, working_set: int) -> float:
        """byte/s for weights of that many bytes; between two sizes on a straight line in log.

        A smaller set is never slower: where a measurement says so, the call's overhead spoke.
        """
        sizes, rates = zip(*self.copy, strict=True)
        envelope = np.maximum.accumulate(rates[::-1])[::-1]
        return float(np.interp(np.log(working_set), np.log(sizes), envelope))

    def seconds(self, task: Task) -> tuple[float, float]:
        """Of one step: by arithmetic, by memory. The limit is the larger."""
        weights = 4 * task.Q
        return task.flops / self.product, 3 * weights / self.bandwidth(weights)


def measure(threads: int, quick: bool) -> Limits:
    """On so many threads; NumPy's own pool is limited by the environment."""
    sides = SIDES[:1] if quick else SIDES
    repeats = 3 if quick else 8
    product = max(2.0 * side**3 / best(work, repeats) for side in sides for work in products(side))
    return Limits(product, tuple((size, copy_rate(size, threads, quick)) for size in SIZES))


def products(side: int) -> list[Callable[[], object]]:
    """float32 matrix products by NumPy, and by PyTorch where it is installed."""
    A, B = np.random.default_rng(0).standard_normal((2, side, side), np.float32)
    C = np.empty_like(A)
    found: list[Callable[[], object]] = [lambda: np.matmul(A, B, out=C)]
    if find_spec("torch"):
        torch = import_module("torch")
        tensors = [torch.from_numpy(each) for each in (A, B, C)]
        found.append(lambda: torch.mm(*tensors[:2], out=tensors[2]))
    return found


def kernels() -> list[str]:
    """The BLAS libraries that are loaded, each with the kernels it chose for this processor."""
    for name in ("numpy", "scipy.linalg.blas", "torch"):
        if find_spec(name.partition(".")[0]):
            import_module(name)
    if not find_spec("threadpoolctl"):
        return []
    found = import_module("threadpoolctl").threadpool_info()
    blas = (each for each in found if each.get("user_api") == "blas")
    names = {
        f"{b['internal_api']} {b['version']} {b.get('architecture', '')}".strip() for b in blas
    }
    return sorted(names)


def copy_rate(size: int, threads: int, quick: bool) -> float:
    """byte/s read and written; source and target together are `size`, shared among threads."""
    part = size // (2 * threads)
    pairs = [(np.ones(part, np.uint8), np.zeros(part, np.uint8)) for _ in range(threads)]
    times = max(1, (1 << (22 if quick else 25)) // size)  # copies between two looks at the clock
    repeats = 3 if quick else 7
    with ThreadPoolExecutor(threads) as pool:

        def work() -> None:
            list(pool.map(copies, pairs, [times] * threads))

        return threads * part * 2 * times / best(work, repeats)


def copies(pair: tuple[NDArray[np.uint8], NDArray[np.uint8]], times: int) -> None:
    """The same copy many times; NumPy lets other threads run meanwhile."""
    source, target = pair
    for _ in range(times):
        np.copyto(target, source)


def best(work: Callable[[], object], repeats: int) -> float:
    """The shortest of several runs, after one to warm up."""
    work()
    seconds = []
    for _ in range(repeats):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return min(seconds)
