"""Update rules of the native engine against the same rules on θ in float64."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spusk.engines import native
from spusk.errors import EngineError
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.backprop import mean_gradient
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.nn.parameters import Parameters
from spusk.optim.rules import RULES, Adam, AdamW, GradientDescent, Momentum, Nesterov
from tests.conftest import examples
from tests.engines.test_native import SETS, pair, parts

pytestmark = pytest.mark.skipif(not native.available(), reason="native part not built")

STATEFUL = [name for name in native.NAMES["updates"] if RULES[name].states]
MOMENTUM = Momentum(1.0, 0.9)
# a step of Adam by a gradient of mere rounding is η long all the same: ε stands above the rounding
NAMED = {
    "plain": GradientDescent(1.0),
    "momentum": MOMENTUM,
    "nesterov": Nesterov(1.0, 0.8),
    "adam": Adam(1.0, epsilon=1e-3),
    "adamw": AdamW(1.0, epsilon=1e-3, decay=0.1),
}
HIDDEN = [name for name, sigma in ACTIVATIONS.items() if not sigma.coupled]
LAST = [
    (output, error)
    for error, loss in LOSSES.items()
    for output in loss.cancels or ("sigmoid", "identity", "softmax")
]
SHAPES = [
    ((784, 30, 10), 10),
    ((784, 100, 10), 97),
    ((5, 3), 2),
    ((3, 40), 4),
    ((20, 17, 33), 5),
    ((30, 70, 65, 64, 3), 9),
    ((30, 70, 65, 64, 3), 40),
    ((61, 53, 47, 43, 41, 37), 7),
    ((13, 11, 1031, 10), 6),  # wide over small, narrow output: fused
    ((13, 11, 1031, 10), 40),  # the same by tiles
    ((31, 70, 600, 40), 7),  # row by row, several panels at once
    ((50, 600, 300, 16), 33),
    ((700, 1201, 10), 3),
    ((1, 1), 1),
]


def oracle(net, V, order, batch, rule, rates):
    """θ and states after an epoch by the lecture's gradient and the rule's own step, in float64."""
    twin = Network(net.sizes, dtype=np.float64, activation=net.activation, output=net.output,
                   error=net.error)  # fmt: skip
    twin.theta[:] = net.theta
    gradient = Parameters(net.sizes, twin.dtype)
    state, w = rule.start(twin.theta), V.scaled_weights
    for i, rate in enumerate(rates):
        rows = order[i * batch : (i + 1) * batch]
        x, y = twin.pair(V, rows)
        _, a, delta = twin.propagate(x, y, None if w is None else w[rows])
        mean_gradient(a, delta, gradient.layers)
        twin.theta[:], state = rule.at(float(rate)).step(twin.theta, gradient.theta, state, i)
    return twin.theta, dict(zip(rule.states, state, strict=True))


def trained(net, V, order, batch, rule, rates, threads=1, cuts=(), engine=None):
    """The same by an engine, the native one; at each cut another session goes on."""
    twin, engine = net.copy(), engine or native.Native()
    session = engine.open(twin, V, batch, threads, rule)
    marks = [0, *cuts, len(rates)]
    for first, last in pairwise(marks):
        if first:
            state = session.state()
            session = engine.open(twin, V, batch, threads, rule)
            session.restore(state)
        session.steps(order, first, last, rates[first:last])
    return twin.theta, session.state()


def agree(net, V, batch, rule, rates, seed=0, threads=1, engine=None, slack=2e-3):
    order = np.random.default_rng(seed).permutation(len(V))
    theta, state = trained(net, V, order, batch, rule, rates, threads, engine=engine)
    wanted, right = oracle(net, V, order, batch, rule, rates)
    for part, (before, reached, exact) in parts(net, theta, wanted).items():
        way, size = np.abs(exact - before).max(), np.abs(exact).max()
        rounding = max(1e-6, len(rates) * 2.0**-24)  # maybe always one way
        assert np.abs(reached - exact).max() <= slack * way + rounding * size, part
    for name, exact in right.items():
        assert np.abs(state[name] - exact).max() <= slack * np.abs(exact).max() + 1e-6, name


def schedule(steps, rate=0.3):
    """Rates that fall: one for each step."""
    return (rate / (1 + np.arange(steps) / 3)).astype(np.float32)


@pytest.mark.parametrize("isa", SETS)
@pytest.mark.parametrize("rule", STATEFUL)
@pytest.mark.parametrize(("sizes", "batch"), SHAPES)
def test_every_rule_agrees_with_float64(sizes, batch, rule, isa, monkeypatch):
    monkeypatch.setenv("SPUSK_ISA", isa)
    net, V = pair(sizes, 4 * batch + batch // 2, seed=3)
    agree(net, V, batch, NAMED[rule], schedule(-(-len(V) // batch)))


@pytest.mark.parametrize("error", ["squared", "categorical-cross-entropy"])
@pytest.mark.parametrize(("sizes", "batch"), [
    ((784, 30, 10), 10), ((20, 17, 33), 5), ((5, 3), 2), ((300, 531, 10), 10), ((40, 70, 131), 40),
])  # fmt: skip
def test_a_softmax_changes_no_bit_by_threads(sizes, batch, error):
    net, V = pair(sizes, 3 * batch + 2, seed=5, output="softmax", error=error)
    order, rates = np.random.default_rng(0).permutation(len(V)), schedule(4)
    for resident in (-1, 0):  # 0: the first layer is lazy
        theta = []
        for threads in (1, 2, 3):
            twin = net.copy()
            native.Steps(twin, V, batch, threads, resident=resident).steps(order, 0, 4, rates)
            theta.append(twin.theta)
        exact, _ = oracle(net, V, order, batch, NAMED["plain"], rates)
        assert np.abs(theta[0] - exact).max() <= 1e-5
        assert np.array_equal(theta[0], theta[1])
        assert np.array_equal(theta[0], theta[2])


@given(
    hidden=st.lists(st.integers(1, 70), max_size=4),
    ends=st.tuples(st.integers(1, 130), st.integers(1, 70)),
    batch=st.integers(1, 97),
    K=st.integers(1, 120),
    seed=st.integers(0, 1000),
    kind=st.sampled_from(["pixels", "floats"]),
    targets=st.booleans(),
    threads=st.integers(1, 3),
    rule=st.sampled_from([Momentum(1.0, 0.0), Momentum(1.0, 0.5), *NAMED.values()]),
    isa=st.sampled_from(SETS or ("none",)),
)
@example([53, 3, 33], (1, 1), 1, 58, 0, "pixels", False, 1, MOMENTUM, SETS[0] if SETS else "none")
@examples(80)
def test_odd_sizes(hidden, ends, batch, K, seed, kind, targets, threads, rule, isa):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPUSK_ISA", isa)
        net, V = pair((ends[0], *hidden, ends[1]), K, seed, kind, targets)
        batch = min(batch, K)
        rates = schedule(-(-K // batch), 0.2)
        agree(net, V, batch, rule, rates, seed, threads)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize(("output", "error"), LAST)
@pytest.mark.parametrize("sizes", [(20, 30, 10), (20, 30, 30)])
def test_every_rule_with_every_activation_and_loss(activation, output, error, sizes, rule):
    net, V = pair(sizes, 24, seed=1, activation=activation, output=output, error=error)
    agree(net, V, 8, NAMED[rule], schedule(3, 0.02))


@pytest.mark.parametrize("sizes", [(20, 30, 17, 10), (20, 30, 300, 10), (20, 30, 17, 33)])
def test_layers_with_activations_of_their_own(sizes):
    net, V = pair(sizes, 24, seed=1, activation="relu,tanh", output="identity")
    agree(net, V, 8, NAMED["plain"], schedule(3, 0.02))


@pytest.mark.parametrize("rule", STATEFUL)
@pytest.mark.parametrize(("sizes", "batch"), [
    ((784, 100, 10), 7), ((20, 33, 2000, 10), 7), ((90, 300, 200, 100, 50), 40), ((9, 5), 3),
])  # fmt: skip
def test_threads_and_cuts_change_no_bit(sizes, batch, rule):
    net, V = pair(sizes, 3 * batch + 2, seed=5)
    order, rates = np.random.default_rng(0).permutation(len(V)), schedule(4)
    rule = RULES[rule](1.0)
    theta, state = trained(net, V, order, batch, rule, rates)
    for threads, cuts in ((2, ()), (3, (1,)), (1, (1, 2, 3)), (2, (3,))):
        other, told = trained(net, V, order, batch, rule, rates, threads, cuts)
        assert np.array_equal(theta, other)
        assert told.keys() == state.keys() == {*rule.states, *(["n"] if rule.counts else [])}
        assert all(np.array_equal(state[name], told[name]) for name in state)


def test_a_state_has_the_shape_of_theta_and_lies_where_its_weights_do():
    """After one step from v = 0, v is the way that θ went, number by number."""
    for sizes, batch in (((784, 30, 10), 4), ((30, 70, 65, 64, 3), 9), ((20, 33, 2000, 10), 40)):
        net, V = pair(sizes, batch, seed=1)
        before = net.theta.copy()
        session = native.Native().open(net, V, batch, 2, MOMENTUM)
        session.steps(np.arange(batch), 0, 1, 0.5)
        [v] = session.state().values()
        assert v.shape == net.theta.shape
        assert np.abs(net.theta - before).max() > 1e-4
        assert np.abs((net.theta - before) - v).max() <= 2.0**-22 * np.abs(net.theta).max()


def test_without_beta_momentum_is_plain_descent():
    net, V = pair((784, 30, 10), 40, seed=2)
    order, rates = np.arange(40), schedule(4)
    still, _ = trained(net, V, order, 10, Momentum(1.0, 0.0), rates)
    plain, state = trained(net, V, order, 10, native.PLAIN, rates)
    assert state == {}
    assert np.abs(still - plain).max() <= 1e-6 * np.abs(plain).max()


def test_each_step_has_its_own_rate():
    net, V = pair((784, 30, 10), 40, seed=2)
    order = np.arange(40)
    for rule in (native.PLAIN, MOMENTUM):
        whole, _ = trained(net, V, order, 10, rule, np.array([0.1, 0.2, 0.4, 0.3], np.float32))
        twin = net.copy()
        session = native.Native().open(twin, V, 10, 1, rule)
        for step, rate in enumerate((0.1, 0.2, 0.4, 0.3)):
            session.steps(order, step, step + 1, rate)
        assert np.array_equal(whole, twin.theta)


def test_rates_or_states_that_do_not_fit_are_refused():
    net, V = pair((5, 3), 4, seed=0)
    session = native.Native().open(net, V, 2, 1, MOMENTUM)
    with pytest.raises(ValueError, match="shape"):
        session.steps(np.arange(4), 0, 2, np.ones(3, np.float32))
    for state in ({"v": np.zeros(3)}, {}, {"v": np.zeros(18, np.float32), "n": np.array(1)}):
        with pytest.raises(EngineError, match=r"momentum \(v: float32 \(18,\)\), found"):
            session.restore(state)


def test_a_rule_that_is_not_linear_visits_every_weight():
    """v moves a weight whose input has become zero: nothing is skipped, nothing is lazy."""
    net = Network((3, 4, 2), seed=0)
    x = np.array([[1, 0, 1], [0, 0, 1], [0, 0, 1]], np.float32)
    _, V = pair((3, 4, 2), 3, seed=0)
    V = type(V)(x, labels=V.labels, classes=2)
    session = native.Steps(net, V, 1, 1, MOMENTUM, resident=0)
    assert session.window == 1
    session.steps(np.arange(3), 0, 1, 1.0)
    before = net.layers[0].W.copy()
    session.steps(np.arange(3), 1, 2, 1.0)
    moved = before != net.layers[0].W
    assert moved[0].all()
    assert not moved[1].any()
