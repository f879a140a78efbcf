"""Sums over blocks of neurons are one binary tree, whatever owns the blocks."""

import numpy as np
import pytest

from spusk.data import Sample
from spusk.engines import native
from spusk.nn.network import Network

pytestmark = pytest.mark.skipif(not native.available(), reason="native part not built")

SETS = native.instruction_sets()
COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 19, 27, 31, 33, 47, 50, 63, 64]


def tree(values):
    """The sum by its definition: node i of height h holds ⌊i·n/2ʰ⌋ … ⌊(i+1)·n/2ʰ⌋ − 1."""
    n = len(values)

    def node(i, parts):
        first, last = i * n // parts, (i + 1) * n // parts
        if last - first == 1:
            return values[first]
        return node(2 * i, 2 * parts) + node(2 * i + 1, 2 * parts)

    return node(0, 1)


def shares(count, seed):
    """Numbers of many sizes, which another order of summing rounds otherwise."""
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(count) * 2.0 ** rng.integers(-6, 7, count)).astype(np.float32)


def linear(sizes):
    """A network without weights, whose answers are its weighted inputs."""
    net = Network(sizes, activation="identity", output="identity")
    net.theta[:] = 0
    return net


def firsts(net, V, layer, blocks, wide):
    """The first neuron of every block of a layer; wide: neurons in its panels."""
    panels, width, found = native.opened(net, V, len(V), 1).layout[layer]
    assert (found, width) == (blocks, wide)
    return [k * panels // blocks * width for k in range(blocks)]


def panel(sizes, V, layer):
    """Neurons in a panel of this layer where it has many."""
    return native.opened(linear(sizes), V, len(V), 1).layout[layer][1]


@pytest.mark.parametrize("isa", SETS)
def test_answers_are_a_tree_of_blocks(isa, monkeypatch):
    monkeypatch.setenv("SPUSK_ISA", isa)
    V = Sample(np.ones((1, 1), np.float32), y=np.zeros((1, 1), np.float32))
    wide = panel((1, 6400, 1), V, 0)
    told = 0
    for count in (*COUNTS, 65, 100, 129):  # panels; blocks have several where there are over 64
        net, blocks = linear((1, count * wide, 1)), min(count, 64)
        values = shares(blocks, seed=count)
        net.layers[0].W[0, firsts(net, V, 0, blocks, wide)] = values
        net.layers[1].W[:] = 1
        cost = native.Steps(net, V, 1, 1).steps(np.arange(1), 0, 1, 0.0).cost
        assert cost == float(tree(values)) ** 2 / 2, count  # exact: C = z²/2 in double
        told += tree(values) != sum(values)
    assert told > len(COUNTS) // 2  # a sum from left to right would have been seen


@pytest.mark.parametrize("batch", [1, 40])  # row by row, and tile by tile
@pytest.mark.parametrize("isa", SETS)
def test_errors_below_a_fused_layer_are_a_tree_of_blocks(isa, batch, monkeypatch):
    monkeypatch.setenv("SPUSK_ISA", isa)
    y = np.zeros((batch, 1), np.float32)
    y[0] = -1  # α(0) = 0, so δ is 1 for this precedent and 0 for the others
    V = Sample(np.zeros((batch, 1), np.float32), y=y)
    small = 5
    wide = panel((1, small, 6400, 1), V, 1)
    told = 0
    for count in (c for c in COUNTS if c * wide >= 8 * small):
        net = linear((1, small, count * wide, 1))
        values = [shares(count, seed=100 * count + i) for i in range(small)]
        net.layers[1].W[:, firsts(net, V, 1, count, wide)] = values
        net.layers[2].W[:] = 1
        native.Steps(net, V, batch, 2).steps(np.arange(batch), 0, 1, float(batch))
        sums = [tree(v) for v in values]
        assert (-net.layers[0].b).tolist() == [float(s) for s in sums], count
        told += any(s != sum(v) for s, v in zip(sums, values, strict=True))
    assert told > len(COUNTS) // 2
