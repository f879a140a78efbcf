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
from typing import Any

import numpy as np

from spusk.descent import descend_many
from spusk.functions import function

FORMULA = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
RATE = 0.01
Run = Callable[[], tuple[Any, dict[str, float]]]


def seconds(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and how long it took."""
    before = perf_counter()
    result = call()
    return result, perf_counter() - before


def ours(starts: np.ndarray[Any, Any], steps: int) -> Run:
    """spusk, from the text of the formula; then once more with the function at hand."""

    def run() -> tuple[Any, dict[str, float]]:
        f, reading = seconds(lambda: function(FORMULA))
        _, first = seconds(lambda: descend_many(f, starts, RATE, steps, tolerance=0))
        many, again = seconds(lambda: descend_many(f, starts, RATE, steps, tolerance=0))
        settled, early = seconds(lambda: descend_many(f, starts, RATE, steps))
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
        _, first = seconds(lambda: descend(x).block_until_ready())
        ends, again = seconds(lambda: descend(x).block_until_ready())
        return np.asarray(ends), {"with preparation": first, "again": again}

    return run


def main() -> None:
    """Interleaved rounds, a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=262_144)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    for dtype in (np.float32, np.float64):
        starts = np.random.default_rng(0).uniform(-5, 5, (asked.starts, 2)).astype(dtype)
        runs = {"spusk": ours(starts, asked.steps), "jax": theirs(starts, asked.steps)}
        times: dict[str, dict[str, list[float]]] = {name: {} for name in runs}
        ends = {}
        for _ in range(asked.rounds):
            for name, run in runs.items():
                if run is None:
                    continue
                ends[name], found = run()
                for what, time in found.items():
                    times[name].setdefault(what, []).append(time)
        for name, kinds in times.items():
            for what, row in kinds.items():
                print(f"{np.dtype(dtype)}  {name:5}  {what:16}  {median(row):.3f} s")
        if len(ends) == 2:
            gap = np.abs(ends["spusk"] - ends["jax"]).max()
            print(f"{np.dtype(dtype)}  largest difference of ends: {gap:.2g}")


if __name__ == "__main__":
    main()
