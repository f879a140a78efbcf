"""The lecture, row by row: one test at least for each promise (docs/lecture.md)."""

import numpy as np
import pytest

import spusk
from spusk import Network, Sample, data, train, train_events
from spusk.analysis.experiments import differences, work_curve
from spusk.analysis.measure import gradient_noise
from spusk.optim.stopping import OUTCOMES
from spusk.training import Plan, order
from tests.conftest import blobs

LECTURE = "x1**2 - 10*x1 + 2*x2**2 - 20*x2 + 75"


def test_L1_a_function_and_its_gradient_exactly():
    f = spusk.function("sin(x)*y^2")
    assert f.n == 2
    assert f.formulas().gradient == ("y²·cos(x)", "2·y·sin(x)")
    points = np.random.default_rng(0).normal(size=(7, 2))
    x, y = points.T
    exact = np.stack([y**2 * np.cos(x), 2 * y * np.sin(x)], axis=-1)
    np.testing.assert_allclose(f.gradient(points), exact, rtol=1e-14)
    many = spusk.function(" + ".join(f"x{k}^2" for k in range(1, 13)))
    np.testing.assert_allclose(many.gradient(np.ones(12)), 2 * np.ones(12))


def test_L2_the_exercise_and_its_answer():
    f = spusk.function(LECTURE)
    assert f.formulas().gradient == ("2·x1 − 10", "4·x2 − 20")
    assert f.value([5, 5]) == 0
    np.testing.assert_array_equal(f.gradient([5, 5]), [0, 0])
    assert f.check(0, "2(x1 - 5)").right
    assert f.check(1, "4*x2 - 40/2").right
    assert not f.check(0, "2*x1 + 10").right


@pytest.mark.parametrize("rate", [0.05, 0.25, 1 / 3, 0.49, 0.55])
def test_L3_every_iterate_is_the_closed_form(rate):
    result = spusk.descend(LECTURE, (0, 0), rate, steps=60, tolerance=0)
    n = result.steps
    exact = np.stack([5 - 5 * (1 - 2 * rate) ** n, 5 - 5 * (1 - 4 * rate) ** n], axis=-1)
    np.testing.assert_allclose(result.iterates, exact, rtol=1e-12)
    np.testing.assert_allclose(result.iterates[0], [0, 0])


def test_L4_large_and_small_rates_and_the_bound_from_both_sides():
    found = spusk.compare_rates(LECTURE, (0, 0), [0.05, 0.3, 0.499, 0.5, 0.501], steps=6000)
    assert [str(o) for o in found.outcomes] == [
        "converged",
        "converged",
        "converged",
        "oscillating",
        "diverged",
    ]
    for result in found:
        assert result.explanation.bound == pytest.approx(0.5, rel=1e-12)
        assert "0.5" in result.explain("en")
        assert "0,5" in result.explain("ru")
    close = spusk.descend_many(LECTURE, [(0, 0)], [0.4999, 0.5001], 60_000)
    assert [str(OUTCOMES[code]) for code in close.codes.ravel()] == ["converged", "diverged"]


def test_L5_a_larger_rate_escapes_only_where_the_local_minimum_is_sharper():
    sharp = spusk.escape("escape", [0.1, 1.0], starts=2000)
    assert sharp.rows[0].share_local > 0.3
    assert sharp.rows[1].share_global == 1.0
    small = spusk.descend("escape", (5,), 0.1)
    large = spusk.descend("escape", (5,), 1.0)
    assert small.success
    assert large.success
    assert small.fun > 0.28
    assert abs(large.fun) < 1e-9
    for name, share, rates in (
        ("styblinski-tang", 0.27, [0.01, 0.02, 0.03]),
        ("six-hump-camel", 0.6, [0.02, 0.04, 0.06]),
    ):
        for row in spusk.escape(name, rates, starts=4000).rows:
            assert row.share_global == pytest.approx(share, abs=0.04)


def test_L6_descend_on_w_and_b_is_full_batch_training(small):
    net = Network([6, 4, 3], seed=3, dtype=np.float64)
    walked = spusk.descend(net.surface(small), net.theta, 0.5, steps=5, tolerance=0)
    train(net, small, rate=0.5, batch="all", epochs=5)
    np.testing.assert_allclose(walked.x, net.theta, rtol=1e-12, atol=1e-15)


def test_L6_training_minimises_the_mean_squared_error_by_the_rule(small):
    net = Network([6, 4, 3], seed=3, dtype=np.float64)
    errors = net.answer(small) - np.eye(3)[small.labels]
    assert net.cost(small) == pytest.approx(np.mean(np.sum(errors**2, axis=1) / 2))
    gradient = net.gradients(small)
    w, b = net.w - 0.5 * gradient.w, net.b - 0.5 * gradient.b
    train(net, small, rate=0.5, batch="all", epochs=1)
    np.testing.assert_allclose(net.w, w, rtol=1e-12)
    np.testing.assert_allclose(net.b, b, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "counts", "first"), [("sample", (4000, 1000), None), ("mnist", (60_000, 10_000), 5)]
)
def test_L7_images_answers_precedents_weights_and_biases(name, counts, first, request):
    folder = request.getfixturevalue("mnist_folder") if name == "mnist" else None
    V, test, *_ = data.load(name, folder)
    assert V.shape == (28, 28)
    assert (len(V), len(test), V.classes) == (*counts, 10)
    assert V.x.dtype == np.uint8
    x, y = V.inputs(np.array([0]), np.float32), V.targets(np.array([0]), np.float32)
    assert 0 <= x.min() < x.max() <= 1
    assert y.tolist() == [[float(digit == V.labels[0]) for digit in range(10)]]
    assert first in (None, V.labels[0])
    net = Network([784, 30, 10])
    gradient = net.gradients(V.take(np.arange(50)))
    assert net.w.shape == gradient.w.shape == (net.Q,) == (784 * 30 + 30 * 10,)
    assert net.b.shape == gradient.b.shape == (net.P,) == (30 + 10,)
    assert net.answer(V.x[0]).shape == (10,)


def test_L8_the_lectures_network_has_ten_million_weights():
    net = Network([784, 89, 100306, 10])
    assert (net.Q, net.P) == (10_000_070, 100_405)
    assert np.isfinite(net.answer(np.zeros(784, np.uint8))).all()


def test_L9_vector_and_matrix_form():
    net = Network([5, 4, 3], seed=1, dtype=np.float64)
    a = np.linspace(-1, 1, 5)
    for W, b in net.layers:
        z = W.T @ a + b  # the lecture's column form: z = Wᵀ a + b
        a = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(net.answer(np.linspace(-1, 1, 5)), a, rtol=1e-13)


def test_L10_the_gradient_is_the_mean_over_the_precedents(small):
    net = Network([6, 4, 3], seed=1, dtype=np.float64)
    each = [net.gradients(small.take(np.array([k]))).theta for k in range(len(small))]
    np.testing.assert_allclose(np.mean(each, axis=0), net.gradients(small).theta, atol=1e-15)
    spread = np.sqrt(np.mean(np.sum((each - np.mean(each, axis=0)) ** 2, axis=1)))
    assert gradient_noise(net, small).spread == pytest.approx(spread)


def test_L11_the_algorithm_line_by_line():
    V, net = blobs(23), Network([6, 5, 3], seed=2, dtype=np.float64)
    slow = net.copy()
    events = list(train_events(net, V, rate=0.8, batch=5, epochs=3, seed=9))
    rows = np.arange(23)  # (3) as given
    for epoch in range(3):  # (2)
        for first in range(0, 23, 5):  # (4): four sub-samples of 5 and one of 3
            part = V.take(rows[first : first + 5])
            slow.theta -= 0.8 * slow.gradients(part).theta  # (5–8) mean over its own size
        rows = order(23, 9, epoch + 1)  # (10)
        assert sorted(rows) == list(range(23))
    np.testing.assert_allclose(net.theta, slow.theta, rtol=1e-12)
    assert [e.steps for e in events if e.ends_epoch] == [5, 5, 5]
    assert Plan(3.0).epochs == 10


def test_L11_stochastic_beats_full_batch_for_the_same_work():
    V, net = data.sample().train.take(np.arange(1000)), Network([784, 10, 10])
    full, small = (work_curve(net, V, Plan(1.0, batch, 5)) for batch in ("all", 10))
    assert full.seen[-1] == small.seen[-1] == 5000
    assert small.cost[-1] < full.cost[-1] / 2


def test_L12_back_propagation_equals_one_pass_for_every_number():
    V = Sample(x=np.random.default_rng(0).random((4, 7)), y=np.eye(4)[:, :3])
    net = Network([7, 5, 3], dtype=np.float64)
    slow, fast = differences(net, V), net.gradients(V).theta
    assert np.linalg.norm(slow - fast) <= 1e-4 * np.linalg.norm(fast)


@pytest.mark.parametrize(
    ("epochs", "least"), [(3, 0.96), pytest.param(10, 0.97, marks=pytest.mark.more)]
)
def test_full_mnist_is_learned(mnist_folder, epochs, least):
    V, test, *_ = data.load("mnist", mnist_folder)
    result = train(Network([784, 100, 10], seed=0), V, rate=3.0, epochs=epochs, test=test)
    assert result.last.test_accuracy >= least


@pytest.mark.soak
def test_nielsens_network_reaches_what_he_printed(mnist_folder):
    V, test, *_ = data.load("mnist", mnist_folder)
    best = []
    for seed in range(5):
        net = Network([784, 30, 10], seed=seed, init="normal")
        best.append(train(net, V, rate=3.0, epochs=30, seed=seed, test=test).best_accuracy)
    assert 0.945 <= np.median(best) <= 0.956
