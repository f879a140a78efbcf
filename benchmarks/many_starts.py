"""262,144 starts × 200 steps on Himmelblau: spusk beside JAX's jit + vmap, interleaved.

    python benchmarks/many_starts.py [--starts N] [--steps N] [--rounds N]

Medians over the rounds, in seconds. JAX is optional; its compile time is measured afresh each
round, spusk's (reading the formula, writing the tape) likewise. No one may stop early: the
tolerance is 0, so both make all the steps.
"""

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from spusk.descent import descend_many
from spusk.functions import function

FORMULA = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
RATE = 0.01
Run = Callable[[], tuple[Any, dict[str, float]]]


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and how long it took."""
    before = perf_counter()
    result = call()
    return result, perf_counter() - before


def ours(starts: np.ndarray[Any, Any], steps: int) -> Run:
    """spusk, from the text of the formula; then once more with the function at hand."""

    def run() -> tuple[Any, dict[str, float]]:
        f, reading = timed(lambda: function(FORMULA))
        _, first = timed(lambda: descend_many(f, starts, RATE, steps, tolerance=0))
        many, again = timed(lambda: descend_many(f, starts, RATE, steps, tolerance=0))
        settled, early = timed(lambda: descend_many(f, starts, RATE, steps))
        del settled
        return many.x, {"with preparation": reading + first, "again": again, "may settle": early}

    return run


def theirs(starts: np.ndarray[Any, Any], steps: int) -> Run | None:
    """JAX jit + vmap over the starts, compiled afresh; None where JAX is not installed."""
    try:
        import jax
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)

    def f(x: Any) -> Any:  # noqa: ANN401
        return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2

    def run() -> tuple[Any, dict[str, float]]:
        jax.clear_caches()

        def one(x: Any) -> Any:  # noqa: ANN401
            return jax.lax.fori_loop(0, steps, lambda _, x: x - RATE * jax.grad(f)(x), x)

        descend = jax.jit(jax.vmap(one))
        x = jax.device_put(starts)
        _, first = timed(lambda: descend(x).block_until_ready())
        ends, again = timed(lambda: descend(x).block_until_ready())
        return np.asarray(ends), {"with preparation": first, "again": again}

    return run


class Measured(NamedTuple):
    """One precision: median seconds by who and what, and the largest difference of the ends."""

    dtype: str
    seconds: dict[str, dict[str, float]]
    gap: float | None


def measure(count: int = 262_144, steps: int = 200, rounds: int = 5) -> list[Measured]:
    """Interleaved rounds in float32 and float64."""
    found = []
    for dtype in (np.float32, np.float64):
        starts = np.random.default_rng(0).uniform(-5, 5, (count, 2)).astype(dtype)
        runs = {"spusk": ours(starts, steps), "JAX jit+vmap": theirs(starts, steps)}
        present = {name: run for name, run in runs.items() if run is not None}
        times: dict[str, dict[str, list[float]]] = {name: {} for name in present}
        ends = {}
        for _ in range(rounds):
            for name, run in present.items():
                ends[name], took = run()
                for what, time in took.items():
                    times[name].setdefault(what, []).append(time)
        medians = {n: {w: median(row) for w, row in kinds.items()} for n, kinds in times.items()}
        gap = float(np.abs(np.subtract(*ends.values())).max()) if len(ends) == 2 else None
        found.append(Measured(np.dtype(dtype).name, medians, gap))
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=262_144)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    for dtype, seconds, gap in measure(asked.starts, asked.steps, asked.rounds):
        for name, kinds in seconds.items():
            for what, time in kinds.items():
                print(f"{dtype}  {name:12}  {what:16}  {time:.3f} s")
        if gap is not None:
            print(f"{dtype}  largest difference of ends: {gap:.2g}")


if __name__ == "__main__":
    main()
