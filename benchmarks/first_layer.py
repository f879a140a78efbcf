"""The first layer, packed or lazy: where each wins (docs/engine.md).

    python -m benchmarks.first_layer [--rounds N]

784-N-10 on MNIST's images, both ways in turns, medians of the rounds, µs a step. A packed layer
stays in memory as a copy and is visited once or twice a step; a lazy one is visited where
it lies, once in a window of 128 precedents.
"""

import argparse
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.report import table
from spusk import data
from spusk.data import Sample
from spusk.engines import native
from spusk.nn.network import Network
from spusk.training import order

WIDTHS = (400, 800, 1600, 2500, 4000, 6000, 12594)
BATCHES = (10, 32, 100)
WAYS = {"packed": 1 << 40, "lazy": 0}  # bytes up to which a first layer stays packed
WORK = 3_000_000  # precedents × neurons in one timing


def raced(V: Sample, width: int, batch: int, rounds: int) -> dict[str, float]:
    """µs a step of each way."""
    count = max(20, WORK // (width * batch))
    rows = order(len(V), 0, 1)
    sessions = {
        way: native.Steps(Network([784, width, 10], seed=1), V, batch, 0, resident=resident)
        for way, resident in WAYS.items()
    }
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    for turn in range(rounds + 1):
        for way, session in sessions.items():
            began = perf_counter()
            session.steps(rows, 0, count, 1 / width)
            if turn:
                times[way].append(1e6 * (perf_counter() - began) / count)
    return {way: median(each) for way, each in times.items()}


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_layer", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    V = data.load("mnist").train
    lines = []
    for width in WIDTHS:
        found = [raced(V, width, batch, asked.rounds) for batch in BATCHES]
        pairs = [f"{each['packed']:,.0f} / {each['lazy']:,.0f}" for each in found]
        lines.append([f"{width:,}", f"{784 * width * 4 / 2**20:.1f} MiB", *pairs])
        print(" ".join(lines[-1]), flush=True)
    head = ["neurons", "W", *(f"batch {batch}" for batch in BATCHES)]
    print(table(head, lines))


if __name__ == "__main__":
    np.seterr(all="raise")
    main()
