"""Fingerprints of trained weights: SHA-256 of θ after some steps, of networks of every kind.

    python -m tests.engines.fingerprints

writes them anew into spec/fingerprints.json, for every instruction set that this machine runs. They
hold for the compiler and flags written beside them. Inputs and weights are plain integer
arithmetic, so that no library's generator matters.
"""

import hashlib
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from spusk.data import Sample
from spusk.engines import native
from spusk.nn.network import Network

FILE = Path(__file__).parents[2] / "spec" / "fingerprints.json"
ABOUT = (
    "SHA-256 of θ (float32, little-endian) after training; tests/engines/fingerprints.py "
    "makes and writes them"
)


class Case(NamedTuple):
    """One training: two epochs of K examples, cut in chunks, by two threads."""

    sizes: tuple[int, ...]
    batch: int
    K: int
    activation: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "squared"
    floats: bool = False  # inputs; pixels otherwise
    targets: bool = False  # y; labels otherwise
    resident: int = -1  # bytes of a first layer that stays packed: 0 makes it lazy
    rate: float = 0.25

    @property
    def name(self) -> str:
        """All that it is, in one line."""
        parts = [
            "-".join(map(str, self.sizes)),
            f"batch {self.batch} of {self.K}",
            f"{self.activation}, {self.output}, {self.loss}",
            *(["floats"] if self.floats else []),
            *(["targets"] if self.targets else []),
            *(["lazy"] if self.resident == 0 else []),
        ]
        return " · ".join(parts)


FORMS = (
    Case((784, 30, 10), 10, 60),
    Case((784, 100, 10), 10, 45),
    Case((784, 100, 10), 97, 200),
    Case((784, 100, 10), 1, 9),
    Case((300, 400, 10), 31, 100),
    Case((5, 3), 2, 9),
    Case((1, 1), 1, 5),
    Case((3, 40), 4, 10),
    Case((20, 17, 33), 5, 23),
    Case((40, 300, 100, 17), 20, 50),
    Case((50, 600, 300, 16), 33, 80),
    Case((30, 70, 65, 64, 3), 9, 30),
    Case((30, 70, 65, 64, 3), 40, 90),
    Case((61, 53, 47, 43, 41, 37), 7, 30),
    Case((64, 128, 96, 256, 48), 64, 128),
    Case((31, 70, 600, 40), 7, 40),
    Case((13, 11, 1031, 10), 6, 23),  # fused: wide over small, under a narrow output
    Case((13, 11, 1031, 10), 40, 90),
    Case((13, 11, 9001, 10), 6, 13),
    Case((89, 23, 2048, 7), 37, 74),
    Case((300, 531, 10), 10, 275, resident=0),
    Case((400, 500, 90, 20), 31, 260, resident=0),
    Case((500, 300, 7), 130, 300, resident=0),
    Case((70, 33, 5), 7, 291, resident=0),
    Case((90, 130, 5), 3, 95, floats=True, resident=0),
    Case((33, 70, 10), 13, 60, floats=True),
    Case((33, 70, 10), 20, 60, floats=True, targets=True),
    Case((31, 70, 65, 64, 3), 9, 30, targets=True),
    Case((20, 17, 33), 19, 57, targets=True),
    Case((13, 11, 331, 10), 23, 46, floats=True, targets=True),
)
FORMULAS = tuple(
    Case(sizes, 8, 40, activation, output, loss, rate=0.03125)
    for sizes in ((20, 30, 10), (20, 30, 23, 33))
    for activation in ("sigmoid", "tanh", "relu", "identity")
    for output, loss in (
        ("sigmoid", "squared"),
        ("sigmoid", "cross-entropy"),
        ("tanh", "squared"),
        ("relu", "squared"),
        ("identity", "squared"),
    )
)
CASES = FORMS + FORMULAS


def noise(count: int, seed: int) -> np.ndarray:
    """Numbers of [0, 1), multiples of 2⁻²⁴, by splitmix64 (Steele, Lea, Flood 2014)."""
    h = np.arange(1, count + 1, dtype=np.uint64) + np.uint64(seed << 32)
    h *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        h = (h ^ (h >> np.uint64(shift))) * np.uint64(factor)
    return (h >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)


def network(case: Case) -> Network:
    """Its start: W of ±2 / √n or so, b of ±1/2."""
    net = Network(case.sizes, activation=case.activation, output=case.output, error=case.loss)
    net.theta[:] = noise(net.theta.size, 1) - np.float32(0.5)
    for (n, _), layer in zip(pairwise(case.sizes), net.layers, strict=True):
        layer.W[:] *= np.float32(2.0 ** (2 - n.bit_length() // 2))
    return net


def examples(case: Case) -> Sample:
    """Its examples: two inputs in three are zero."""
    n, m = case.sizes[0], case.sizes[-1]
    some = (noise(case.K * n, 2) < np.float32(1 / 3)).reshape(case.K, n)
    x = noise(case.K * n, 3).reshape(case.K, n) * some
    if not case.floats:
        x = (x * 256).astype(np.uint8)
    answers = noise(case.K * m, 4)
    if case.targets:
        return Sample(x, y=answers.reshape(case.K, m))
    return Sample(x, labels=(answers[: case.K] * m).astype(np.int64), classes=m)


def fingerprint(case: Case) -> str:
    """SHA-256 of the weights after two epochs."""
    net, V = network(case), examples(case)
    session = native.Steps(net, V, case.batch, 2, resident=case.resident)
    steps, window = -(-case.K // case.batch), session.window
    middle = steps // 2 // window * window
    for epoch in range(2):
        order = np.argsort(noise(case.K, 5 + epoch), kind="stable")
        for first, last in ((0, middle), (middle, steps)):
            session.steps(order, first, last, case.rate)
    assert np.isfinite(net.theta).all(), case.name
    return hashlib.sha256(net.theta.astype("<f4").tobytes()).hexdigest()


def stored() -> list[dict]:
    """The records of the file: isa, compiled, weights by the name of the case."""
    return json.loads(FILE.read_text(encoding="utf-8"))["records"] if FILE.exists() else []


def main() -> None:
    """Writes what this machine computes; records of other compilers and machines stay."""
    records = {(record["isa"], record["compiled"]): record for record in stored()}
    for isa in native.instruction_sets():
        os.environ["SPUSK_ISA"] = isa
        weights = {case.name: fingerprint(case) for case in CASES}
        compiled = native.compiled(isa)
        records[isa, compiled] = {"isa": isa, "compiled": compiled, "weights": weights}
    text = json.dumps(
        {"about": ABOUT, "records": [records[key] for key in sorted(records)]},
        indent=1,
        ensure_ascii=False,
    )
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
