"""Shapes, views, starts, and what a network refuses."""

import pickle
from copy import copy, deepcopy
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spusk import Network, Sample, train
from spusk.errors import InputError, NetworkError
from tests.conftest import examples


@examples(30)
@given(sizes=st.lists(st.integers(1, 12), min_size=2, max_size=6))
def test_counts_and_views(sizes):
    net = Network(sizes)
    assert sum(n * m for n, m in pairwise(sizes)) == net.Q == len(net.w)
    assert sum(sizes[1:]) == net.P == len(net.b)
    for (n, m), (W, b) in zip(pairwise(sizes), net.layers, strict=True):
        assert W.shape == (n, m)
        assert b.shape == (m,)
        assert W.flags.c_contiguous
    net.w[:], net.b[:] = 7, 8
    assert all((W == 7).all() and (b == 8).all() for W, b in net.layers)
    net.layers[-1].W[-1, -1] = 9
    assert net.w[-1] == 9
    assert np.shares_memory(net.theta, net.layers[0].W)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_begin_with_a_cache_line(dtype):
    nets = [Network((n, 3, 2), dtype=dtype) for n in (1, 5, 31, 784, 20_000)]
    assert [net.theta.ctypes.data % 64 for net in nets] == [0] * 5
    assert all(net.theta.flags.c_contiguous and net.theta.flags.writeable for net in nets)


def test_the_lectures_size():
    net = Network([784, 89, 100306, 10])
    assert (net.Q, net.P) == (10_000_070, 100_405)


def test_starts_have_the_promised_spread():
    scaled, normal = (Network([400, 300, 10], seed=3, init=init) for init in ("scaled", "normal"))
    assert scaled.layers[0].W.std() == pytest.approx(400**-0.5, rel=0.02)
    assert scaled.layers[1].W.std() == pytest.approx(300**-0.5, rel=0.05)
    assert scaled.layers[0].b.std() == pytest.approx(1, rel=0.1)
    assert normal.layers[0].W.std() == pytest.approx(1, rel=0.02)
    np.testing.assert_array_equal(normal.layers[0].b, scaled.layers[0].b)


def test_gain_multiplies_each_layers_weights():
    plain, louder = Network([8, 5, 3], seed=1), Network([8, 5, 3], seed=1, gain=[4, 0.5])
    np.testing.assert_allclose(louder.layers[0].W, 4 * plain.layers[0].W, rtol=1e-6)
    np.testing.assert_allclose(louder.layers[1].W, plain.layers[1].W / 2, rtol=1e-6)
    np.testing.assert_array_equal(louder.b, plain.b)


def test_same_seed_same_start_in_both_precisions():
    a, b = Network([9, 4, 2], seed=5), Network([9, 4, 2], seed=5, dtype=np.float64)
    np.testing.assert_array_equal(a.theta, b.theta.astype(np.float32))
    assert (Network([9, 4, 2], seed=6).theta != a.theta).any()


@pytest.mark.parametrize("copied", [
    Network.copy, copy, deepcopy, lambda net: pickle.loads(pickle.dumps(net)),
    lambda net: deepcopy({"net": net})["net"],
])  # fmt: skip
def test_a_copy_is_a_whole_network_of_its_own(copied):
    V = Sample(np.eye(6, dtype=np.float32), labels=np.arange(6) % 3)
    net = Network([6, 5, 3], seed=4, init="he", activation="relu")
    twin = copied(net)
    assert vars(twin).keys() == vars(net).keys()
    assert (twin.theta == net.theta).all()
    assert not np.shares_memory(twin.theta, net.theta)
    assert twin.theta.ctypes.data % 64 == 0
    before = twin.cost(V)
    train(twin, V, rate=1.0, epochs=3)
    assert twin.cost(V) < before == net.cost(V)
    twin.theta[:] = 0
    assert not any(W.any() or b.any() for W, b in twin.layers)
    assert net.w.any()


def test_answers_of_one_of_many_and_of_pictures(small):
    net = Network([6, 4, 3])
    many = net.answer(small.x)
    assert many.shape == (60, 3)
    np.testing.assert_allclose(net.answer(small.x[0]), many[0], rtol=1e-6)
    np.testing.assert_allclose(net.answer(small.x.reshape(60, 2, 3)), many, rtol=1e-6)
    np.testing.assert_allclose(net.answer(small.x[0].reshape(2, 3)), many[0], rtol=1e-6)
    np.testing.assert_allclose(net.answer(small), many, rtol=1e-6)
    np.testing.assert_allclose(net.answer(small.x / np.float32(255)), many, rtol=1e-5)
    assert net.predict(small.x[0]) == np.argmax(many[0])
    np.testing.assert_array_equal(net.predict(small), np.argmax(many, axis=1))
    assert net.accuracy(small) == np.mean(np.argmax(many, axis=1) == small.labels)


@pytest.mark.parametrize(
    "bad", [[5], [], [3, 0], [3, -1], [3.5, 2], "ab", [3, None], [99999, 99999]]
)
def test_layers_that_make_no_network(bad):
    with pytest.raises(NetworkError, match="layers"):
        Network(bad)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("init", "xavier"),
        ("activation", "__class__"),
        ("output", "eval"),
        ("error", "L3"),
        ("dtype", np.int32),
        ("gain", [1, 2, 3]),
        ("gain", float("nan")),
    ],
)
def test_unknown_words_are_refused_with_what_there_is(word, value):
    with pytest.raises(NetworkError, match=f"{word}: expected"):
        Network([3, 2], **{word: value})


def test_cross_entropy_wants_sigmoids():
    with pytest.raises(NetworkError, match="sigmoid"):
        Network([3, 2], output="tanh", error="cross-entropy")


def test_wrong_set_and_wrong_input(small):
    with pytest.raises(NetworkError, match="first has 5"):
        Network([5, 3]).cost(small)
    with pytest.raises(NetworkError, match="last has 4"):
        Network([6, 4]).gradients(small)
    with pytest.raises(InputError, match="expected 6 numbers"):
        Network([6, 3]).answer(np.zeros(7))
    with pytest.raises(InputError, match="no class labels"):
        Network([2, 1]).accuracy(Sample(x=np.zeros((2, 2)), y=np.zeros((2, 1))))


def test_each_hidden_layer_may_have_an_activation_of_its_own(small):
    net = Network([6, 5, 4, 3], activation=["relu", "tanh"], dtype=np.float64)
    assert (net.activation, net.activations) == ("relu,tanh", ["relu", "tanh", "sigmoid"])
    x = small.inputs(slice(0, 4), np.float64)
    (W1, b1), (W2, b2), (W3, b3) = net.layers
    a = np.tanh(np.maximum(x @ W1 + b1, 0) @ W2 + b2)
    np.testing.assert_allclose(net.answer(small)[:4], 1 / (1 + np.exp(-(a @ W3 + b3))), rtol=1e-12)
    same = Network([6, 5, 4, 3], activation="relu,relu")
    assert same.activation == "relu"
    for wrong in ("relu,tanh,relu", "relu,softmax", "relu,", ["relu", "swish"]):
        with pytest.raises(NetworkError, match="activation"):
            Network([6, 5, 4, 3], activation=wrong)
