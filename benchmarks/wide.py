"""Why the start `wide` is as it is: a narrower network of the lecture's shape from several starts.

    python -m benchmarks.wide [--width 4000] [--epochs 3]

Prints the accuracy on MNIST's test set after each epoch. `t` is how many deviations below zero the
weighted inputs of the wide layer lie; the rate is c/width, near the largest that each start bears.
"""

import argparse
from typing import NamedTuple

import numpy as np

from spusk import data
from spusk.data import Data
from spusk.nn.init import CALM, KEEN, draw, settle
from spusk.nn.network import Network
from spusk.training import train


class Variant(NamedTuple):
    """A start: r and t of the wide layer, None for the plain start `scaled`; and c = η·width."""

    r: float | None
    t: float
    c: float

    @property
    def name(self) -> str:
        """How the table calls it."""
        if self.r is None:
            return f"scaled, c = {self.c:g}"
        return f"r = {self.r:g}, t = {self.t:g}, c = {self.c:g}"


VARIANTS = (
    Variant(None, 0, 300),
    Variant(4, 0, 300),
    Variant(4, 0, 600),
    Variant(4, 1, 600),
    Variant(KEEN[0], KEEN[1], 1200),
    Variant(4, 1.5, 2400),
    Variant(2, 1.5, 1200),
)


def net_of(variant: Variant, width: int, sets: Data) -> Network:
    """784-89-width-10 from this start."""
    if variant.r is None:
        return Network([784, 89, width, 10])
    net = Network([784, 89, width, 10], init="wide", V=sets.train)
    rng = np.random.default_rng(0)
    x = sets.train.inputs(np.linspace(0, len(sets.train) - 1, 2000).astype(np.intp), np.float64)
    first, second, _ = net.layers
    draw(first.W, rng, 1.0)
    settle(first, x, *CALM)
    draw(second.W, rng, 1.0)
    settle(second, net.sigmas[0].value(x @ first.W + first.b), variant.r, variant.t)
    return net


def main() -> None:
    """A line per variant."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--width", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=3)
    asked = parser.parse_args()
    sets = data.load("mnist")
    for variant in VARIANTS:
        net = net_of(variant, asked.width, sets)
        done = train(
            net,
            sets.train,
            rate=variant.c / asked.width,
            batch=10,
            epochs=asked.epochs,
            test=sets.test,
        )
        shares = [f"{event.test_accuracy:.2%}" for event in done.history if event.ends_epoch]
        print(f"{variant.name:28} {'  '.join(shares)}  {done.outcome}", flush=True)


if __name__ == "__main__":
    main()
