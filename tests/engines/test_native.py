"""The native engine against the lecture's formulas in float64."""

import os
import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spusk.data import Sample, sample
from spusk.engines import native
from spusk.engines.reference import Reference
from spusk.errors import EngineError
from spusk.nn.network import Network
from tests.conftest import examples

pytestmark = pytest.mark.skipif(not native.available(), reason="native part not built")

SETS = native.instruction_sets()


def pair(sizes, K, seed, kind="pixels", targets=False, **kind_of_net):
    """A network and a set of K precedents to go with it."""
    rng = np.random.default_rng(seed)
    net = Network(sizes, seed=seed, **kind_of_net)
    x = (rng.integers(1, 256, (K, sizes[0])) * (rng.random((K, sizes[0])) < 0.4)).astype(np.uint8)
    if kind == "floats":
        x = rng.standard_normal((K, sizes[0])).astype(np.float32)
    if targets:
        return net, Sample(x, y=rng.random((K, sizes[-1])).astype(np.float32))
    return net, Sample(x, labels=rng.integers(0, sizes[-1], K), classes=sizes[-1])


def clock(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def oracle(net, V, order, batch, first, last, rate):
    """The same steps by the reference engine in float64."""
    from spusk.engines.reference import Reference

    twin = Network(net.sizes, dtype=np.float64, activation=net.activation, output=net.output,
                   error=net.error)  # fmt: skip
    twin.theta[:] = net.theta
    tally = Reference().open(twin, V, batch).steps(order, first, last, rate)
    return twin.theta, tally


def run(net, V, order, batch, first, last, rate, threads=1, resident=-1):
    """The same steps by the native engine, on a copy."""
    twin = net.copy()
    session = native.Steps(twin, V, batch, threads, resident=resident)
    return twin.theta, session.steps(order, first, last, rate)


def parts(net, *thetas):
    """W and b of each layer, before and in each of thetas: a missing step of one would be seen."""
    twins = [net]
    for theta in thetas:
        twins.append(Network(net.sizes, dtype=theta.dtype))
        twins[-1].theta[:] = theta
    return {
        f"{name} of layer {at}": tuple(each.layers[at][which] for each in twins)
        for at in range(len(net.layers))
        for which, name in enumerate("Wb")
    }


def agree(net, V, batch, rate, seed=0, threads=1, steps=None, resident=-1):
    order = np.random.default_rng(seed).permutation(len(V))
    last = -(-len(V) // batch) if steps is None else steps
    theta, tally = run(net, V, order, batch, 0, last, rate, threads, resident)
    wanted, told = oracle(net, V, order, batch, 0, last, rate)
    for part, (before, reached, right) in parts(net, theta, wanted).items():
        way, size = np.abs(right - before).max(), np.abs(right).max()
        rounding = max(
            1e-6, last * 2.0**-24
        )  # each step rounds a weight once, maybe always one way
        assert np.abs(reached - right).max() <= 1e-3 * way + rounding * size, part
    assert tally.cost == pytest.approx(told.cost, rel=1e-4, abs=1e-5)
    assert tally.seen == told.seen
    return tally, told


SHAPES = [
    ((784, 30, 10), 10),
    ((784, 100, 10), 7),
    ((5, 3), 2),
    ((3, 40), 4),
    ((20, 17, 33), 5),
    ((30, 70, 65, 64, 3), 9),
    ((13, 11, 1031, 10), 6),  # wide over small, narrow output: fused
    ((13, 11, 1031, 10), 40),  # the same by tiles
    ((13, 11, 9001, 10), 6),  # several panels a block
    ((31, 70, 600, 40), 7),  # row by row, several panels at once
    ((50, 600, 300, 16), 33),
    ((40, 300, 100, 17), 20),
    ((700, 1201, 10), 3),  # a ragged last panel
    ((1, 1), 1),
]


@pytest.mark.parametrize("isa", SETS)
@pytest.mark.parametrize(("sizes", "batch"), SHAPES)
def test_agrees_with_float64(sizes, batch, isa, monkeypatch):
    monkeypatch.setenv("SPUSK_ISA", isa)
    net, V = pair(sizes, 2 * batch + batch // 2, seed=3)
    tally, told = agree(net, V, batch, rate=0.5)
    assert tally.correct == told.correct


@given(
    hidden=st.lists(st.integers(1, 70), max_size=4),
    ends=st.tuples(st.integers(1, 130), st.integers(1, 70)),
    batch=st.integers(1, 97),
    K=st.integers(1, 120),
    seed=st.integers(0, 1000),
    kind=st.sampled_from(["pixels", "floats"]),
    targets=st.booleans(),
    threads=st.integers(1, 3),
    isa=st.sampled_from(SETS or ("none",)),
)
@example([53, 3, 33], (1, 1), 1, 58, 0, "pixels", False, 1, SETS[0] if SETS else "none")
@examples(80)
def test_odd_sizes(hidden, ends, batch, K, seed, kind, targets, threads, isa):
    before = os.environ.get("SPUSK_ISA")
    os.environ["SPUSK_ISA"] = isa
    try:
        net, V = pair((ends[0], *hidden, ends[1]), K, seed, kind, targets)
        agree(net, V, min(batch, K), rate=0.3, seed=seed, threads=threads)
    finally:
        os.environ.pop("SPUSK_ISA") if before is None else os.environ.update(SPUSK_ISA=before)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity"])
@pytest.mark.parametrize(("output", "error"), [
    ("sigmoid", "squared"), ("sigmoid", "cross-entropy"), ("identity", "squared"),
])  # fmt: skip
@pytest.mark.parametrize("sizes", [(20, 30, 10), (20, 30, 30)])
def test_every_activation_and_cost(activation, output, error, sizes):
    net, V = pair(sizes, 24, seed=1, activation=activation, output=output, error=error)
    agree(net, V, 8, rate=0.05)


@pytest.mark.parametrize("sizes", [(784, 100, 10), (20, 33, 2000, 10), (90, 300, 200, 100, 50)])
def test_threads_change_no_bit(sizes):
    net, V = pair(sizes, 50, seed=5)
    order = np.random.default_rng(0).permutation(50)
    alone, tally = run(net, V, order, 7, 0, 8, 0.5, threads=1)
    for threads in (2, 3, 5):
        together, told = run(net, V, order, 7, 0, 8, 0.5, threads=threads)
        assert np.array_equal(alone, together)
        assert tally == told


def test_chunks_change_no_bit():
    net, V = pair((784, 100, 10), 64, seed=5)
    order = np.random.default_rng(0).permutation(64)
    whole, _ = run(net, V, order, 4, 0, 16, 0.5, threads=2)
    twin = net.copy()
    session = native.Native().open(twin, V, 4, 2)
    for i in range(16):
        session.steps(order, i, i + 1, 0.5)
    assert np.array_equal(whole, twin.theta)


LAZY = 0  # bytes of a first layer that stays packed: none, so that small sizes are enough


@pytest.mark.parametrize("isa", SETS)
@pytest.mark.parametrize(
    ("sizes", "batch", "K"),
    [
        ((400, 531, 10), 10, 275),
        ((400, 500, 90, 20), 31, 260),
        ((500, 300, 7), 130, 300),
        ((70, 33, 5), 7, 291),  # several windows, the last one short
    ],
)
def test_lazy_first_layer(sizes, batch, K, isa, monkeypatch):
    """A lazy first layer steps once in a window: the same descent, whatever threads and chunks."""
    monkeypatch.setenv("SPUSK_ISA", isa)
    net, V = pair(sizes, K, seed=2)
    window = native.Steps(net.copy(), V, batch, 1, resident=LAZY).window
    assert window == max(1, 128 // batch)
    tally, told = agree(net, V, batch, rate=0.5, resident=LAZY)
    assert tally.correct == told.correct
    order, steps = np.random.default_rng(0).permutation(K), -(-K // batch)
    whole, _ = run(net, V, order, batch, 0, steps, 0.5, 1, LAZY)
    twin = net.copy()
    session = native.Steps(twin, V, batch, 3, resident=LAZY)
    for first in range(0, steps, window):
        session.steps(order, first, min(first + window, steps), 0.5)
    assert np.array_equal(whole, twin.theta)


@pytest.mark.parametrize(("width", "batch", "lazy"), [(5400, 16, True), (5200, 16, False)])
def test_a_first_layer_is_lazy_where_that_pays(width, batch, lazy):
    net, V = pair((784, width, 3), 20, seed=0)
    assert (native.opened(net, V, batch, 1).window > 1) == lazy


def test_denormal_and_lost_weights_take_no_longer():
    """Numbers below 1e-38 cost a hundred times more where the processor has to be exact."""
    net, V = pair((784, 100, 10), 400, seed=5)
    tiny = net.copy()
    tiny.layers[0].W[:] *= np.float32(1e-39)
    lost = net.copy()
    lost.theta[:] = np.nan
    order = np.arange(400)
    sessions = [native.Native().open(each, V, 10, 1) for each in (net, tiny, lost)]
    rounds = [
        [clock(lambda s=session: s.steps(order, 0, 40, 1e-30)) for session in sessions]
        for _ in range(15)  # in turns, for another's work on this processor to fall on all three
    ]
    usual, *odd = np.min(rounds, axis=0)
    assert max(odd) < 2 * usual


def test_the_caller_keeps_its_denormals():
    net, V = pair((5, 3), 4, seed=0)
    native.Native().open(net, V, 2).steps(np.arange(4), 0, 2, 0.1)
    assert np.float32(1e-39) * np.float32(0.5) > 0


def test_nan_is_not_hidden():
    net, V = pair((784, 30, 10), 20, seed=5)
    net.layers[0].W[400, 3] = np.nan
    _, tally = run(net, V, np.arange(20), 10, 0, 2, 0.5)
    assert np.isnan(tally.cost)


def test_refusals(monkeypatch):
    net, V = pair((5, 3), 4, seed=0)
    with pytest.raises(EngineError, match="float64"):
        native.Native().open(Network((5, 3), dtype=np.float64), V, 2)
    with pytest.raises(EngineError, match="threads"):
        native.Native().open(net, V, 2, threads=0)
    monkeypatch.setenv("SPUSK_THREADS", "many")
    with pytest.raises(EngineError, match="SPUSK_THREADS"):
        native.Native().open(net, V, 2)
    monkeypatch.setenv("SPUSK_ISA", "mmx")
    with pytest.raises(EngineError, match=SETS[0]):
        native.Native().open(net, V, 2, threads=1)


def test_an_order_that_is_none_is_refused():
    net, V = pair((5, 3), 4, seed=0)
    session = native.Native().open(net, V, 2)
    with pytest.raises(ValueError, match="not there"):
        session.steps(np.array([0, 1, 2, 4]), 0, 2, 0.1)
    with pytest.raises(ValueError, match="not in the epoch"):
        session.steps(np.arange(4), 0, 3, 0.1)


def test_rounding_stays_numpys_over_many_steps():
    """A gradient summed into its weight term by term would be rounded B times: 30 times worse."""
    V = sample().train
    exact = Network([784, 30, 10], seed=0, dtype=np.float64)
    fast = Network([784, 30, 10], seed=0)
    exact.theta[:] = fast.theta
    began = exact.theta.copy()
    rows = np.arange(len(V))
    Reference().open(exact, V, 100).steps(rows, 0, 40, 3.0)
    native.Native().open(fast, V, 100).steps(rows, 0, 40, 3.0)
    way = np.abs(exact.theta - began).max()
    assert np.abs(fast.theta - exact.theta).max() < 5e-6 * way


def test_rows_too_long_to_list_are_refused():
    net = Network([1 << 24, 1])
    V = Sample(np.full((1, 1 << 24), 255, np.uint8), y=np.zeros((1, 1), np.float32))
    with pytest.raises(ValueError, match="float32"):
        native.Native().open(net, V, 1)


@pytest.mark.parametrize("sizes", [(20, 30, 10), (20, 30, 40)])
@pytest.mark.parametrize(("output", "error"), [
    ("sigmoid", "squared"), ("softmax", "categorical-cross-entropy"),
])  # fmt: skip
def test_an_example_that_counts_twice_is_two_of_it(sizes, output, error):
    """Of the native part alone: who calls it with weights has the gradient of a weighted mean."""
    net, V = pair(sizes, 6, seed=2, output=output, error=error)
    twice, order = V.take([0, 1, 2, 3, 4, 5, 5, 2]), np.arange(8)
    wanted, met = run(net, twice, order, 8, 0, 1, 0.5)
    weights = np.array([1, 1, 2, 1, 1, 2], np.float32)
    theta = np.ascontiguousarray(net.theta.copy())
    labels = np.ascontiguousarray(V.labels, np.int64)
    session = native._native.Session(
        list(net.sizes), theta, [native.number("activations", name) for name in net.activations],
        native.number("losses", error), np.ascontiguousarray(V.x), labels, 6, 1, native.isa(), -1,
        native.number("updates", "plain"), [], weights,
    )  # fmt: skip
    # the mean is over six examples here, over eight there
    rates = np.array([0.5 * 6 / 8], np.float32)
    cost, _, seen = session.steps(np.arange(6), 0, 1, rates, 0)
    assert seen == 6
    assert cost == pytest.approx(met.cost, rel=1e-6)
    np.testing.assert_allclose(theta, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("wrong", "why"), [
    ({"sizes": [5]}, "sizes"), ({"sizes": [5, 0, 3]}, "sizes"), ({"batch": 0}, "batch"),
    ({"activations": [0]}, "activation"), ({"activations": [0, 99]}, "activation"),
    ({"loss": -1}, "loss"), ({"theta": np.zeros(7, np.float32)}, "theta"),
    ({"x": np.zeros((4, 6), np.uint8)}, "x is not"), ({"x": np.zeros((0, 5), np.uint8)}, "rows"),
    ({"answers": np.arange(4)}, "label"), ({"answers": np.array([0, 1, -1, 2])}, "label"),
    ({"answers": np.zeros((4, 2), np.float32)}, "y is not"),
    ({"weights": np.ones(3, np.float32)}, "weights"), ({"parameters": [0.9]}, "parameters"),
])  # fmt: skip
def test_the_binding_itself_checks_all_that_indexes_memory(wrong, why):
    good = {
        "sizes": [5, 4, 3], "theta": np.zeros(39, np.float32), "activations": [0, 0], "loss": 0,
        "x": np.zeros((4, 5), np.uint8), "answers": np.arange(4) % 3, "batch": 2, "threads": 1,
        "isa": SETS[0], "resident": -1, "update": 0, "parameters": [],
    }  # fmt: skip
    native._native.Session(**good)
    with pytest.raises(ValueError, match=why):
        native._native.Session(**(good | wrong))
