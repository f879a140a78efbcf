"""No cliff from one width to the next: odd widths, batches and depths beside their neighbours.

    python -m benchmarks.widths [--rounds N] [--out docs]

Each width, a prime, and the next multiple of 16 train the same network in turns; the table
shows the time of the odd one ÷ that of its even neighbour, each per weight, medians of the rounds.
Batches and depths are compared by GF/s. MNIST's images.
"""

import argparse
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import table
from spusk import data
from spusk.data import Sample
from spusk.engines import native
from spusk.nn.network import Network
from spusk.runs import write
from spusk.training import order

ODD = (31, 61, 97, 127, 251, 509, 1021, 2039)  # the largest primes below 32, 64 … 2048, and 97
BATCHES = (1, 7, 10, 32, 97, 100, 1000)
DEEP = tuple((784, *[width] * depth, 10) for width in (100, 512) for depth in (1, 2, 3, 6))
WORK = 2e9  # operations in one timing


class Timed:
    """A session that is timed in turns with others; FLOPs as in the benchmark of peers."""

    def __init__(
        self, V: Sample, sizes: tuple[int, ...], batch: int, rows: NDArray[np.int64]
    ) -> None:
        self.net, self.rows = Network(sizes, seed=1), rows
        self.session = native.Steps(self.net, V, batch, 0)
        self.flops = batch * (6 * self.net.Q - 2 * sizes[0] * sizes[1])
        self.steps = min(max(3, round(WORK / self.flops)), len(V) // batch)
        self.seconds: list[float] = []

    def turn(self) -> None:
        """Runs its steps once more."""
        began = perf_counter()
        self.session.steps(self.rows, 0, self.steps, 1e-3)
        self.seconds.append((perf_counter() - began) / self.steps)

    @property
    def rate(self) -> float:
        """GF/s, by the median; the first turn warmed up."""
        return self.flops / median(self.seconds[1:]) / 1e9


def raced(timed: list[Timed], rounds: int) -> list[Timed]:
    """All of them in turns."""
    for _ in range(rounds + 1):
        for each in timed:
            each.turn()
    return timed


def neighbours(V: Sample, rows: NDArray[np.int64], rounds: int) -> list[list[str]]:
    """Each odd width, as the only hidden layer and as the second, beside an even one."""
    lines = []
    for odd in ODD:
        even = -(-odd // 16) * 16
        cells = [f"{odd:,} / {even:,}"]
        for shape in ((784, 0, 10), (784, 100, 0, 10)):
            for batch in (10, 100):
                pair = [
                    Timed(V, tuple(each or width for each in shape), batch, rows)
                    for width in (odd, even)
                ]
                first, second = raced(pair, rounds)
                cells.append(f"{second.rate / first.rate:.2f}")
        lines.append(cells)
        print(" ".join(cells), flush=True)
    return lines


def shapes(V: Sample, rows: NDArray[np.int64], rounds: int) -> list[list[str]]:
    """GF/s of deep networks over batches."""
    lines = []
    for sizes in DEEP:
        found = raced([Timed(V, sizes, batch, rows) for batch in BATCHES], rounds)
        lines.append(["-".join(map(str, sizes)), *(f"{each.rate:,.0f}" for each in found)])
        print(" ".join(lines[-1]), flush=True)
    return lines


def page(V: Sample, rounds: int) -> str:
    """Both tables."""
    rows = order(len(V), 0, 1)
    head = ["widths", "784-N-10 · 10", "784-N-10 · 100", "784-100-N-10 · 10", "784-100-N-10 · 100"]
    return "\n".join(
        [
            "# Odd widths, batches and depths\n",
            f"Written by `python -m benchmarks.widths --rounds {rounds} --out docs`.\n",
            "Time per weight of a width that is prime ÷ that of the next multiple of 16 "
            "(1.10 is a tenth slower):\n",
            table(head, neighbours(V, rows, rounds)),
            "A width of 97 works on 112 lanes: 1.15 is what padding alone costs.\n",
            "GF/s over batches and depths (a first layer skips zeros, and may pass the machine's "
            "best product). Where two cores are at times one, as virtual ones are, rows of two "
            "threads come in two sorts, of which the slow one is no cliff:\n",
            table(["layers", *map(str, BATCHES)], shapes(V, rows, rounds)),
        ]
    )


def main() -> None:
    """Measures, prints, and writes where `--out` says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.widths", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    text = page(data.load("mnist").train, asked.rounds)
    print(text)
    if asked.out is not None:
        write(asked.out / "widths.md", text.encode())


if __name__ == "__main__":
    main()
