"""Examples that count more than others: the cost, the gradient, the steps and the verdicts."""

import numpy as np
import pytest

import spusk
from spusk import Network, Sample
from spusk.analysis.measure import gradient_noise
from spusk.engines import native
from spusk.training.evaluate import evaluate
from spusk.training.events import Event
from spusk.training.health import Saturation, constant_cost
from spusk.training.nothing_learned import largest_class, learned_nothing, no_better
from spusk.training.plan import Plan
from tests.conftest import blobs

RANDOM = np.random.default_rng(7)
TIMES = RANDOM.integers(0, 4, 23)  # an example of weight 2 is the same example twice
X = RANDOM.normal(0, 1, (23, 4))
CLASSES = Sample(X, labels=RANDOM.integers(0, 3, 23), classes=3, weights=TIMES)
TARGETS = Sample(X, RANDOM.normal(0, 1, (23, 3)), weights=TIMES)
BUILT = pytest.mark.skipif(not native.available(), reason="native part not built")
ENGINES = ["reference", pytest.param("native", marks=BUILT)]


def repeated(V):
    """Each example as often as its weight says."""
    return V.with_weights(None).take(np.repeat(np.arange(len(V)), V.weights.astype(int)))


@pytest.mark.parametrize(
    ("V", "kind"),
    [
        (CLASSES, {}),
        (CLASSES, {"output": "softmax", "error": "categorical-cross-entropy"}),
        (CLASSES, {"error": "cross-entropy", "activation": "tanh"}),
        (TARGETS, {"output": "identity", "activation": "relu"}),
    ],
)
def test_a_weight_of_two_is_the_same_example_twice(V, kind):
    D, net = repeated(V), Network((4, 5, 3), seed=1, dtype=np.float64, **kind)
    assert net.cost(V) == pytest.approx(net.cost(D), rel=1e-12)
    np.testing.assert_allclose(net.gradients(V).theta, net.gradients(D).theta, atol=1e-14)
    each = net.each_gradient(V)
    np.testing.assert_allclose(each[0].W.mean(axis=0), net.gradients(D).layers[0].W, atol=1e-14)
    surface, theta = net.surface(V), net.theta + 0.1
    np.testing.assert_allclose(surface.gradient(theta), net.surface(D).gradient(theta), atol=1e-14)
    assert surface.value(theta) == pytest.approx(float(net.surface(D).value(theta)))
    assert gradient_noise(net, V).norm == pytest.approx(gradient_noise(net, D).norm)
    assert constant_cost(net, V) == pytest.approx(constant_cost(net, D), rel=1e-12)
    assert largest_class(V) == pytest.approx(largest_class(D))
    score, twice = evaluate(net, V, weighted=True), evaluate(net, D)
    assert score.cost == pytest.approx(twice.cost)
    assert V.labels is None or score.accuracy == pytest.approx(twice.accuracy)
    twin, plan = net.copy(), {"rate": 0.5, "batch": "all", "epochs": 5, "engine": "reference"}
    met, told = spusk.train(net, V, **plan), spusk.train(twin, D, **plan)
    np.testing.assert_allclose(net.theta, twin.theta, atol=1e-13)
    assert met.last.cost == pytest.approx(told.last.cost, rel=1e-12)


def test_right_answers_are_counted_without_weights():
    net = Network((4, 5, 3), seed=1)
    assert net.accuracy(CLASSES) == net.accuracy(CLASSES.with_weights(None))
    assert evaluate(net, CLASSES).accuracy == net.accuracy(CLASSES)
    assert evaluate(net, CLASSES, weighted=True).accuracy != pytest.approx(net.accuracy(CLASSES))
    event = spusk.train(net.copy(), CLASSES, rate=1e-9, epochs=1).last
    assert event.accuracy == net.accuracy(CLASSES)
    assert event.cost == pytest.approx(net.cost(CLASSES), rel=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("V", [CLASSES, TARGETS], ids=["classes", "targets"])
def test_a_step_goes_by_the_mean_of_weighted_gradients_of_its_sub_sample(V, engine):
    net = Network((4, 5, 3), seed=1)
    weights, each = V.weights / V.weights.mean(), net.each_gradient(V.with_weights(None))
    wanted = net.copy()
    for layer, part in zip(wanted.layers, each, strict=True):
        layer.W[:] -= 0.5 * np.tensordot(weights[:7], part.W[:7], 1) / 7
        layer.b[:] -= 0.5 * weights[:7] @ part.b[:7] / 7
    session = spusk.engines.engine(engine).open(net, V, 7, 1)
    met = session.steps(np.arange(23), 0, 1, 0.5)
    np.testing.assert_allclose(net.theta, wanted.theta, atol=3e-7)
    assert met.seen == 7


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_that_are_alike_change_no_bit_and_their_scale_changes_none_either(engine):
    def trained(weights, **more):
        net = Network((4, 5, 3), seed=1)
        result = spusk.train(net, X, CLASSES.labels, rate=0.5, batch=7, epochs=3, engine=engine,
                             sample_weight=weights, **more)  # fmt: skip
        return net.theta, result.last.cost, net.cost(CLASSES.with_weights(weights))

    plain, alike = trained(None), trained([0.1] * 23)
    assert np.array_equal(plain[0], alike[0])
    assert plain[1:] == alike[1:]
    once, eight = trained(TIMES), trained(8 * TIMES)
    assert np.array_equal(once[0], eight[0])
    assert once[1:] == eight[1:]
    assert not np.array_equal(plain[0], once[0])
    balanced = trained(CLASSES.with_weights(None).weighted("balanced").weights)
    assert np.array_equal(balanced[0], trained(None, class_weight="balanced")[0])
    both = CLASSES.weighted({2: 5.0}).weights
    assert np.array_equal(trained(both)[0], trained(TIMES, class_weight={2: 5.0})[0])


def test_weights_given_to_train_take_the_place_of_the_samples():
    nets = [Network((4, 5, 3), seed=1) for _ in range(2)]
    spusk.train(nets[0], CLASSES, rate=0.5, epochs=1, sample_weight=TIMES + 1)
    spusk.train(nets[1], CLASSES.with_weights(TIMES + 1), rate=0.5, epochs=1)
    assert np.array_equal(nets[0].theta, nets[1].theta)


@BUILT
@pytest.mark.parametrize("isa", native.instruction_sets())
@pytest.mark.parametrize(("sizes", "batch", "resident", "kind"), [
    ((784, 30, 10), 10, -1, {}), ((20, 33, 2000, 10), 7, -1, {}), ((70, 33, 5), 7, 0, {}),
    ((40, 70, 131), 40, -1, {"output": "softmax", "error": "categorical-cross-entropy"}),
])  # fmt: skip
def test_weights_are_the_references_and_no_thread_changes_a_bit(
    sizes, batch, resident, kind, isa, monkeypatch
):
    monkeypatch.setenv("SPUSK_ISA", isa)
    random = np.random.default_rng(3)
    K, net = 4 * batch + 2, Network(sizes, seed=2, **kind)
    x = random.integers(1, 256, (K, sizes[0])) * (random.random((K, sizes[0])) < 0.4)
    labels, weights = random.integers(0, sizes[-1], K), random.random(K) ** 3
    V = Sample(x.astype(np.uint8), labels=labels, classes=sizes[-1], weights=weights)
    exact, order = Network(sizes, dtype=np.float64, **kind), random.permutation(K)
    exact.theta[:] = net.theta
    wanted = spusk.engines.engine("reference").open(exact, V, batch).steps(order, 0, 5, 0.5)
    found = []
    for threads in (1, 2, 3):
        twin = net.copy()
        met = native.Steps(twin, V, batch, threads, resident=resident).steps(order, 0, 5, 0.5)
        found.append((twin.theta, met))
    assert np.abs(found[0][0] - exact.theta).max() < 2e-5
    assert found[0][1].cost == pytest.approx(wanted.cost, rel=1e-4)
    for theta, met in found[1:]:
        assert np.array_equal(theta, found[0][0])
        assert met == found[0][1]


def test_a_look_meets_only_examples_that_count():
    V = blobs(400).with_weights(np.arange(400) % 40 == 0)
    look = Saturation(V, Plan(3.0), Network((6, 5, 3), dtype=np.float64))
    assert sorted(look.index) == list(range(0, 400, 40))
    D = V.with_weights(None).take(look.index)
    same = Saturation(D, Plan(3.0, batch=1), look.net)
    square = [
        sum(float(np.sum(delta**2)) for delta in trace.delta)
        for each in (look, same)
        for _, trace in each.probes()
    ]
    assert square[0] == pytest.approx(1600 * square[1])  # w = 40 where one in forty counts
    assert look.share == 1 / 40
    # 40 steps at η = 3 by the root of the mean of squares over all of V
    assert look.reach(1600.0, 1) == pytest.approx(40 * 3 * 40**0.5)


@pytest.mark.parametrize(("weights", "nothing"), [(None, False), ("balanced", True)])
def test_a_rare_class_that_counts_is_no_excuse(weights, nothing):
    """Unweighted, a constant answer is hard to beat; where both classes count alike, it is not."""
    random = np.random.default_rng(0)
    V = Sample(random.normal(0, 1, (400, 2)), labels=np.arange(400) % 20 == 0)
    V = V if weights is None else V.weighted(weights)
    net = Network((2, 5, 2), seed=0)
    result = spusk.train(net, V, rate=1e-6, epochs=1)
    assert (result.outcome == "learned nothing") is nothing
    assert learned_nothing(result.last, net, V) is nothing


def test_what_is_right_where_it_counts_has_learned():
    """All the weight lies on examples that are answered right: that is no constant's doing."""
    V = Sample(RANDOM.normal(0, 1, (90, 2)), labels=RANDOM.integers(0, 3, 90))
    net = Network((2, 3), seed=0)
    right = (net.predict(V) == V.labels).astype(float)
    event = Event(1, 1, 1, 9.0, None, 0.0, 1.0)
    net.theta[:] *= 0.01  # the same answers at a cost no better than a constant's
    assert no_better(event, net, V)
    assert len(set(V.labels[right > 0].tolist())) > 1
    assert not no_better(event, net, V.with_weights(right))


def test_a_validation_part_keeps_the_examples_weights_and_has_none_of_its_classes(monkeypatch):
    seen = []
    monkeypatch.setattr("spusk.training.loop.begun", lambda net, sets, *more: seen.append(sets))
    spusk.train_events(Network((4, 3)), CLASSES, rate=1, validation=0.3, class_weight="balanced")
    (sets,) = seen
    every = dict(zip(map(tuple, X), TIMES, strict=True))
    assert sets.validation.weights.tolist() == [every[tuple(x)] for x in sets.validation.x]
    plain = sets.train.with_weights([every[tuple(x)] for x in sets.train.x])
    assert sets.train.weights.tolist() == plain.weighted("balanced").weights.tolist()
