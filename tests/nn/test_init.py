"""The wide start: what it promises of weighted inputs, and that it trains where others do not."""

import numpy as np
import pytest

from spusk import data
from spusk.errors import NetworkError
from spusk.nn.init import CALM, KEEN, SQUARES, by_shape, quieting
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


@pytest.mark.parametrize(("init", "spread"), [
    ("he", lambda n, m: (2 / n) ** 0.5), ("glorot", lambda n, m: (2 / (n + m)) ** 0.5),
])  # fmt: skip
def test_he_and_glorot_draw_weights_by_the_layers_size(init, spread):
    net = Network([300, 200, 100], seed=2, init=init, gain=[1, 3])
    for (W, b), gain in zip(net.layers, (1, 3), strict=True):
        assert W.std() == pytest.approx(gain * spread(*W.shape), rel=0.02)
        assert abs(W.mean()) < 0.02 * gain
        assert not b.any()


@pytest.mark.parametrize("neurons", [1, 90, 150, 300, 2000, 100_000])
def test_a_quiet_layer_has_the_squares_of_a_hundred_neurons_at_most(neurons):
    t = quieting(neurons)
    z = np.random.default_rng(0).normal(-t, 1, 400_000)
    squares = neurons * np.mean((1 + np.exp(-z)) ** -2)
    # 400,000 draws of σ², of a deviation below 8 times the mean: 0.013 of it is what is left
    assert squares <= SQUARES * 1.02
    assert t == 0 or squares >= SQUARES * 0.98


def test_a_quiet_start_answers_every_class_alike_and_few_examples_a_neuron(digits):
    net = Network([784, 40, 600, 10], seed=1, init="quiet")
    (_, z, out), answer = weighted_inputs(net, digits.train.take(slice(0, 500)))
    assert z.mean() < -1
    assert np.abs(out + np.log(9)).max() < 2
    assert answer.mean() == pytest.approx(0.1, rel=0.3)


@pytest.mark.parametrize(("sizes", "activation", "start"), [
    ((784, 10), "sigmoid", "scaled"), ((784, 100, 10), "sigmoid", "scaled"),
    ((784, 100, 30, 10), "relu", "scaled"), ((784, 101, 10), "sigmoid", "quiet"),
    ((4, 5, 5, 5, 3), "sigmoid", "quiet"), ((4, 200, 3), "relu", "he"),
    ((4, 200, 3), "leaky-relu", "he"), ((4, 200, 3), "tanh", "glorot"),
    ((4, 200, 9, 3), "relu,tanh", "glorot"), ((4, 200, 9, 3), "relu,leaky-relu", "he"),
])  # fmt: skip
def test_the_start_follows_the_shape(sizes, activation, start):
    net = Network(sizes, activation=activation)
    assert net.init == by_shape(sizes, activation) == start
    again = Network(sizes, activation=activation, init=start)
    np.testing.assert_array_equal(net.theta, again.theta)


@pytest.mark.more
@pytest.mark.parametrize(("sizes", "least"), [
    ((784, 10, 10), 0.88), ((784, 200, 10), 0.9), ((784, 300, 10), 0.9), ((784, 1024, 10), 0.9),
    ((784, 100, 100, 10), 0.9), ((784, 100, 100, 100, 10), 0.9), ((784, 50, 50, 50, 50, 10), 0.9),
])  # fmt: skip
def test_a_network_of_any_width_learns_at_the_lectures_rate(digits, sizes, least):
    """Ten epochs each: half a minute together, so `make test` runs the next one alone."""
    net = Network(sizes, seed=5)
    train(net, digits.train, rate=3.0)
    assert net.accuracy(digits.test) >= least


def test_a_wide_network_learns_at_the_lectures_rate(digits):
    net = Network([784, 300, 10], seed=5)
    train(net, digits.train, rate=3.0, epochs=3)
    assert net.accuracy(digits.test) > 0.85
