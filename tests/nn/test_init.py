"""The wide start: what it promises of weighted inputs, and that it trains where others do not."""

import numpy as np
import pytest

from spusk import data
from spusk.errors import NetworkError
from spusk.nn.init import CALM, KEEN
from spusk.nn.network import Network
from spusk.training import train


@pytest.fixture(scope="module")
def digits():
    return data.load("sample")


def weighted_inputs(net, V):
    a, found = V.inputs(np.arange(len(V)), np.float64), []
    for W, b in net.layers:
        found.append(a @ W + b)
        a = 1 / (1 + np.exp(-found[-1]))
    return found, a


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weighted_inputs_have_the_promised_mean_and_spread(digits, dtype):
    V = digits.train.take(slice(0, 1000))
    net = Network([784, 23, 301, 10], seed=4, init="wide", dtype=dtype, V=V)
    (first, last, out), answer = weighted_inputs(net, V)
    for z, (r, t) in ((first, CALM), (last, KEEN)):
        np.testing.assert_allclose(z.std(axis=0), r, rtol=1e-4)
        np.testing.assert_allclose(z.mean(axis=0), -t * r, atol=1e-4 * r)
    np.testing.assert_allclose(out, -np.log(9), rtol=1e-6)
    np.testing.assert_allclose(answer, 0.1, rtol=1e-5)


def test_gains_widen_the_weighted_inputs(digits):
    V = digits.train.take(slice(0, 500))
    net = Network([784, 23, 301, 10], seed=4, init="wide", gain=[2, 0.5, 1], V=V)
    (first, last, _), _ = weighted_inputs(net, V)
    np.testing.assert_allclose(first.std(axis=0), 2 * CALM[0], rtol=1e-3)
    np.testing.assert_allclose(last.std(axis=0), KEEN[0] / 2, rtol=1e-3)


def test_the_start_is_random_and_its_seed_decides(digits):
    V = digits.train
    one, same, other = (Network([784, 9, 40, 10], s, "wide", V=V) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.theta, same.theta)
    assert np.abs(one.w - other.w).max() > 0.1


def test_a_silent_pixel_and_no_data_are_no_trouble(digits):
    black = data.Sample(np.zeros((20, 6), np.uint8), labels=np.arange(20) % 2)
    net = Network([6, 4, 2], init="wide", V=black)
    assert np.isfinite(net.theta).all()
    with pytest.raises(NetworkError, match="looks at the data"):
        Network([784, 30, 10], init="wide")
    with pytest.raises(NetworkError, match="start the layers with 784"):
        Network([700, 30, 10], init="wide", V=digits.train)


def test_a_wide_layer_learns_from_it_and_not_from_a_plain_start(digits):
    sizes, width = [784, 20, 2000, 10], 2000
    reached = {}
    for init, rate in (("wide", 1200 / width), ("scaled", 300 / width)):
        net = Network(sizes, 0, init, V=digits.train)
        reached[init] = train(
            net, digits.train, rate=rate, batch=10, epochs=3, test=digits.test
        ).best_accuracy
    assert reached["wide"] > 0.85
    assert reached["wide"] > reached["scaled"] + 0.1
