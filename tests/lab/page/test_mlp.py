"""The page's networks and its neuron are Python's: forward, back, one step, and their curvature."""

import numpy as np
import pytest

import spusk
from tests.lab.modules import answers, call, calls

SIZES = [2, 5, 4, 3]


def job_of(net, x, y, activation="sigmoid"):
    V = [{"x": list(a), "y": list(b)} for a, b in zip(x, y, strict=True)]
    sizes = [layer.W.shape[0] for layer in net.layers] + [net.layers[-1].W.shape[1]]
    return {"kind": "network", "sizes": sizes, "theta": net.theta.tolist(), "V": V,
            "rate": 0.7, "activation": activation}  # fmt: skip


def differences(slope, at, h=1e-5):
    """The Hessian of a cost by differences of its gradient."""
    rows = [(slope(at + h * e) - slope(at - h * e)) / (2 * h) for e in np.eye(len(at))]
    return np.array(rows)


def slope_of(net, V):
    def slope(theta):
        net.theta[:] = theta
        return net.gradients(V).theta.copy()

    return slope


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_network_is_pythons(activation):
    net = spusk.Network(SIZES, seed=3, dtype=np.float64, activation=activation)
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(9, SIZES[0])), rng.uniform(size=(9, SIZES[-1]))
    V = spusk.Sample(x, y)
    [found] = answers([job_of(net, x, y, activation)])
    expected = net.gradients(V).theta
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found["slopes"], expected, rtol=1e-12, atol=1e-15 * scale)
    np.testing.assert_allclose(found["slopes"], found["measured"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found["answers"], net.answer(x), rtol=1e-13)
    assert found["cost"] == pytest.approx(net.cost(V), rel=1e-13)
    np.testing.assert_allclose(found["stepped"], net.theta - 0.7 * expected, rtol=1e-12)


def test_its_curvature_is_pythons():
    rng = np.random.default_rng(2)
    net = spusk.Network([2, 2, 1], seed=4, dtype=np.float64)
    x, y = rng.normal(size=(4, 2)), rng.uniform(size=(4, 1))
    [found] = answers([job_of(net, x, y)])
    hessian = differences(slope_of(net, spusk.Sample(x, y)), net.theta.copy())
    order = [0, 1, 2, 3, 6, 7, 4, 5, 8]  # the page has each layer's weights, then its biases
    pages = np.reshape(found["hessian"], (9, 9))
    np.testing.assert_allclose(pages, hessian[np.ix_(order, order)], rtol=1e-4, atol=1e-7)
    assert found["top"] == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-5)


def test_highest_eigenvalues_are_numpys():
    rng = np.random.default_rng(2)
    noise = [rng.normal(size=(n, n)) for n in (2, 5, 9)]
    matrices = [m + m.T for m in noise] + [-np.eye(3), np.zeros((2, 2))]
    found = calls([("math/eigen.js", "highest", m.ravel().tolist(), len(m)) for m in matrices])
    tops = [np.linalg.eigvalsh(m)[-1] for m in matrices]
    np.testing.assert_allclose(found, tops, rtol=1e-6, atol=1e-12)


def test_eigenvalues_of_two_variables_come_with_the_steepest_direction():
    matrix = np.array([[2.0, -1.5], [-1.5, 0.5]])
    two, one = calls([
        ("math/eigen.js", "eigen", matrix.ravel().tolist(), 2),
        ("math/eigen.js", "eigen", [-3], 1),
    ])  # fmt: skip
    values, vectors = np.linalg.eigh(matrix)
    assert [two["low"], two["top"]] == pytest.approx(values.tolist())
    assert abs(np.dot(two["along"], vectors[:, 1])) == pytest.approx(1)
    assert one == {"low": -3, "top": -3, "along": [1]}


@pytest.fixture(scope="module")
def mixed():
    """The points of the neuron's tab: as the page has them, and as a Sample."""
    rows = call("math/point_sets.js", "examplesOf", POINTS)
    return rows, spusk.Sample([r["x"] for r in rows], np.array([r["y"] for r in rows], float))


POINTS = [
    [1.6, 0.4, 1],
    [0.7, 1.8, 1],
    [-0.8, 0.9, 1],
    [-1.4, -0.3, 0],
    [-0.4, -1.6, 0],
    [0.9, 0.5, 0],
]


def test_the_neurons_surface_is_descended_as_spusk_descends(mixed):
    rows, V = mixed
    net = spusk.Network([2, 1], dtype=np.float64)

    def slope(w):
        net.w[:], net.b[:] = w, 0
        return net.gradients(V).w.copy()

    path, cost, gradient = calls([
        ("math/neuron.js", "path", rows, [-5, 4], 10, 50),
        ("math/neuron.js", "cost", rows, 1.5, -2),
        ("math/neuron.js", "gradient", rows, 1.5, -2),
    ])  # fmt: skip
    w = np.array([-5.0, 4.0])
    for point in path:
        np.testing.assert_allclose(point, w, rtol=1e-11)
        w = w - 10 * slope(w)
    np.testing.assert_allclose(gradient, slope([1.5, -2]), rtol=1e-12)
    assert cost == pytest.approx(net.cost(V), rel=1e-13)


def test_the_neurons_hessian_bounds_its_steps(mixed):
    rows, V = mixed
    [exact] = calls([("math/neuron.js", "hessian", rows, 0.5, -1.2)])
    slope = slope_of(spusk.Network([2, 1], dtype=np.float64), V)
    both = differences(slope, np.array([0.5, -1.2, 0]))
    np.testing.assert_allclose(np.reshape(exact, (2, 2)), both[:2, :2], rtol=1e-5)
    w = call("math/neuron.js", "path", rows, [0, 0], 10, 3000)[-1]
    bound = (
        2 / np.linalg.eigvalsh(np.reshape(call("math/neuron.js", "hessian", rows, *w), (2, 2)))[-1]
    )
    start = [part + 1e-3 for part in w]
    below, above = calls([
        ("math/neuron.js", "path", rows, start, share * bound, 400) for share in (0.97, 1.03)
    ])  # fmt: skip
    assert np.linalg.norm(np.subtract(below[-1], w)) < 1e-7
    assert np.linalg.norm(np.subtract(above[-1], w)) > 1e-3


def test_the_neurons_surface_is_its_cost_row_by_row(mixed):
    rows, _ = mixed
    surface, low, high = calls([
        ("math/neuron.js", "surface", rows, 2, 5),
        ("math/neuron.js", "cost", rows, -2, -2),
        ("math/neuron.js", "cost", rows, 2, -1),
    ])  # fmt: skip
    assert len(surface) == 25
    assert (surface[0], surface[9]) == (low, high)


def test_weights_are_read_back_as_they_are_written():
    layers = call("math/mlp.js", "network", [2, 2, 1])
    assert [(row["n"], row["m"], len(row["W"])) for row in layers] == [(2, 2, 4), (2, 1, 2)]
