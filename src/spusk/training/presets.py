"""Networks with everything that training them takes: sizes, start, rate, batch, epochs."""

from typing import NamedTuple

from spusk.training import Plan


class Preset(NamedTuple):
    """A network and its plan, for examples of the first layer's size."""

    sizes: tuple[int, ...]
    init: str
    plan: Plan


PRESETS = {
    # 10 million weights, 100 thousand biases (row L8); docs/wide.md says how it was found
    "lecture": Preset((784, 89, 100_306, 10), "wide", Plan(rate=0.012, batch=10, epochs=10)),
}
