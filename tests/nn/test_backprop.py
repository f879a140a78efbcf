"""The gradient is right: finite differences, another's automatic differentiation, by hand."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spusk import Network, Sample
from spusk.nn.activations import ACTIVATIONS, Activation, sigmoid
from spusk.nn.losses import LOSSES
from tests.conftest import examples

COMBINATIONS = [
    (activation, output, error)
    for activation in ACTIVATIONS
    for output in ACTIVATIONS
    for error in LOSSES
    if output in (LOSSES[error].cancels or ACTIVATIONS) and not ACTIVATIONS[activation].coupled
]

DIRECT = {  # written again, apart from the engine
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.maximum(z, 0),
    "leaky-relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}


def a_network(sizes, activation, output, error, seed=1):
    return Network(
        sizes, seed=seed, dtype=np.float64, activation=activation, output=output, error=error
    )


def a_set(n, m, count=5, seed=2):
    rng = np.random.default_rng(seed)
    return Sample(x=rng.normal(size=(count, n)), y=rng.uniform(0.05, 0.95, (count, m)))


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize(("activation", "output", "error"), COMBINATIONS)
def test_gradient_equals_central_differences(activation, output, error, depth):
    sizes = [4, 5, 3, 6, 2][: depth + 1]
    net, V = a_network(sizes, activation, output, error), a_set(4, sizes[-1])
    found = net.gradients(V).theta
    surface, h = net.surface(V), 6e-6
    expected = np.empty_like(found)
    for i in range(len(found)):
        step = np.zeros_like(found)
        step[i] = h
        up, down = surface.value(net.theta + step), surface.value(net.theta - step)
        expected[i] = (up - down) / (2 * h)
    assert np.linalg.norm(found - expected) <= 1e-6 * np.linalg.norm(expected)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize(("activation", "output", "error"), COMBINATIONS)
def test_gradient_equals_automatic_differentiation(activation, output, error, depth):
    sizes = [4, 5, 3, 6, 2][: depth + 1]
    net, V = a_network(sizes, activation, output, error), a_set(4, sizes[-1])

    def cost(layers):
        a = V.x
        for W, b in layers[:-1]:
            a = DIRECT[activation](a @ W + b)
        W, b = layers[-1]
        a = DIRECT[output](a @ W + b)
        if error == "squared":
            return anp.sum((a - V.y) ** 2) / 2 / len(V)
        if error == "categorical-cross-entropy":
            return -anp.sum(V.y * anp.log(a)) / len(V)
        return -anp.sum(V.y * anp.log(a) + (1 - V.y) * anp.log(1 - a)) / len(V)

    expected, slopes = autograd.value_and_grad(cost)([tuple(layer) for layer in net.layers])
    assert net.cost(V) == pytest.approx(expected, rel=1e-12)
    for layer, slope in zip(net.gradients(V).layers, slopes, strict=True):
        for ours, theirs in zip((layer.W, layer.b), slope, strict=True):
            assert np.linalg.norm(ours - theirs) <= 1e-10 * (1e-30 + np.linalg.norm(theirs))


@pytest.mark.parametrize("output", ["silu", "sigmoid"])
def test_a_slope_may_ask_for_the_weighted_input(monkeypatch, output):
    """SiLU, z·σ(z): it falls and rises, so its slope is no function of its output alone."""

    def slope(z, a):
        share = sigmoid(z)
        return share + a * (1 - share)

    silu = Activation(lambda z: z * sigmoid(z), slope, needs_z=True)
    monkeypatch.setitem(ACTIVATIONS, "silu", silu)
    test_gradient_equals_central_differences("silu", output, "squared", 3)


def test_one_neuron_by_hand():
    net = Network([2, 1], dtype=np.float64)
    net.theta[:] = [0.5, -0.25, 0.1]  # w1, w2, b
    V = Sample(x=np.array([[1.0, 2.0]]), y=np.array([[1.0]]))
    a = 1 / (1 + np.exp(-0.1))  # z = 0.5 − 0.5 + 0.1
    delta = (a - 1) * a * (1 - a)
    assert net.answer([1.0, 2.0])[0] == pytest.approx(a)
    assert net.cost(V) == pytest.approx((a - 1) ** 2 / 2)
    np.testing.assert_allclose(net.gradients(V).theta, [delta, 2 * delta, delta])


@examples(25)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    count=st.integers(1, 13),
    seed=st.integers(0, 99),
)
def test_mean_of_each_precedents_gradient_is_the_gradient(sizes, count, seed):
    net = Network(sizes, seed=seed, dtype=np.float64)
    V = a_set(sizes[0], sizes[-1], count, seed)
    for each, mean in zip(net.each_gradient(V), net.gradients(V).layers, strict=True):
        assert each.W.shape == (count, *mean.W.shape)
        np.testing.assert_allclose(each.W.mean(axis=0), mean.W, atol=1e-14)
        np.testing.assert_allclose(each.b.mean(axis=0), mean.b, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_is_exact_and_never_overflows(dtype):
    z = np.array([-1e4, -90, -3, 0, 3, 90, 1e4], dtype)
    a = sigmoid(z)
    assert a.dtype == dtype
    with np.errstate(over="ignore"):
        exact = 1 / (1 + np.exp(-z.astype(np.float64)))
    np.testing.assert_allclose(a, exact, atol=2 * np.finfo(dtype).eps)
    assert np.isnan(sigmoid(np.array([np.nan], dtype)))[0]
