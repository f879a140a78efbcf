"""`scaling=`: raw numbers are made fit for the network, which keeps how."""

import numpy as np
import pytest

import spusk
from spusk import Network, Sample, data
from spusk.errors import DataError, InputError

RNG = np.random.default_rng(5)
RAW = RNG.normal(0, 1, (240, 2)) * [1e4, 1e-3] + [5e5, 2]
SIDE = (RAW[:, 0] > 5e5).astype(int)
HEIGHT = 300 + 2e-2 * RAW[:, :1]


def test_raw_numbers_are_learned_and_predicted_raw():
    net = Network([2, 8, 2], 0)
    result = spusk.train(net, RAW, SIDE, rate=1.0, scaling="auto", engine="reference")
    assert result.outcome == "finished"
    assert net.preparation == data.prepare(Sample(RAW, SIDE), "standardise")
    assert np.mean(net.predict(RAW) == SIDE) > 0.95


def test_targets_are_scaled_for_an_output_without_bounds():
    net = Network([2, 8, 1], 0, output="identity")
    spusk.train(net, RAW, HEIGHT, rate=0.3, scaling="minmax", engine="reference", epochs=30)
    assert net.preparation.scaling == "minmax"
    assert np.abs(net.answer(RAW) - HEIGHT).mean() < 0.2 * HEIGHT.std()


def test_without_it_the_network_is_as_it_was():
    net, V = Network([2, 4, 2], 0), Sample(RNG.normal(0, 1, (50, 2)), SIDE[:50])
    next(spusk.train_events(net, V, rate=0.1))
    assert net.preparation is None


def test_a_network_keeps_the_preparation_that_it_has():
    V = Sample(RAW, SIDE)
    own = data.prepare(V[:100], "minmax")
    for asked in ("auto", "minmax", None):
        net = Network([2, 4, 2], 0, preparation=own)
        next(spusk.train_events(net, V, rate=1.0, scaling=asked))
        assert net.preparation is own
    with pytest.raises(
        InputError, match="minmax, which belongs to it; leave scaling='standardise'"
    ):
        spusk.train(net, V, rate=1.0, scaling="standardise")
    with pytest.raises(DataError, match="scaling"):
        spusk.train(net, V, rate=1.0, scaling="z")


def test_a_refused_training_leaves_the_network_as_it_was():
    net = Network([2, 4, 2], 0)
    with pytest.raises(InputError, match="epochs"):
        spusk.train(net, RAW, SIDE, rate=1.0, scaling="auto", epochs=0)
    assert net.preparation is None
