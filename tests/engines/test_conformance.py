"""Every engine × activation × output × cost × rule × instruction set, with weights and without.

Steps against the lecture's gradient and the rule's own step in float64. `make test` has some of the
weighted ones here, and all without weights for the best instruction set in test_native_rules; `make
soak` has the whole product, after one step and after a hundred.
"""

from itertools import product

import numpy as np
import pytest

from spusk import engines
from spusk.engines import native
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.losses import LOSSES
from spusk.optim.rules import RULES
from tests.engines.test_native import SETS, pair
from tests.engines.test_native_rules import HIDDEN, LAST, NAMED, agree, schedule

pytestmark = pytest.mark.skipif(not native.available(), reason="native part not built")

SHAPES = ((20, 30, 10), (20, 30, 30))  # a narrow output, and one of panels
OUTPUTS = [(output, error) for error, loss in LOSSES.items()
           for output in loss.cancels or ACTIVATIONS]  # fmt: skip
ENGINES = [*(("native", isa) for isa in SETS), ("reference", "")]


def conforms(engine, activation, output, error, rule, sizes, weighted=True, steps=3):
    """So many steps of eight examples agree with float64."""
    net, V = pair(sizes, 8 * steps, seed=1, activation=activation, output=output, error=error)
    if weighted:  # and some count for nothing
        V = V.with_weights(np.random.default_rng(9).integers(0, 5, len(V)) / 4)
    slack = 2e-3 if steps < 10 else 0.05  # at a kink float32 may go one way and float64 the other
    rates = schedule(steps, 0.02)
    agree(net, V, 8, NAMED[rule], rates, engine=engines.engine(engine), slack=slack)


@pytest.mark.parametrize(("engine", "isa"), ENGINES)
@pytest.mark.parametrize("at", range(len(LAST)))
def test_weights_go_into_every_cost_by_every_rule(at, engine, isa, monkeypatch):
    if isa:
        monkeypatch.setenv("SPUSK_ISA", isa)
    rules = list(RULES)
    for turn, sizes in enumerate(SHAPES):
        activation, rule = HIDDEN[(at + turn) % len(HIDDEN)], rules[(at + 2 * turn) % len(rules)]
        conforms(engine, activation, *LAST[at], rule, sizes)


@pytest.mark.soak
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize(("engine", "isa"), ENGINES)
def test_every_pair_conforms(engine, isa, activation, rule, monkeypatch):
    if isa:
        monkeypatch.setenv("SPUSK_ISA", isa)
    last = [(activation, *each, rule) for each in OUTPUTS]
    for each, sizes, weighted, steps in product(last, SHAPES, (False, True), (1, 100)):
        conforms(engine, *each, sizes, weighted, steps)


def test_the_product_is_all_that_engines_know():
    assert set(HIDDEN) | {"softmax"} == set(native.NAMES["activations"]) == set(ACTIVATIONS)
    assert set(RULES) == set(NAMED) == set(native.NAMES["updates"])
    assert {error for _, error in OUTPUTS} == {error for _, error in LAST} == set(LOSSES)
