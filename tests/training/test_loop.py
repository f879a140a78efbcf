"""The lecture's algorithm, to the letter; the loop's promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from spusk import Network, Sample, data, engines, train, train_events
from spusk.engines import blas_threads, native
from spusk.engines.blas_threads import limited
from spusk.errors import DataError, EngineError, InputError, NetworkError, RateError
from spusk.training import SortedSetWarning, TrainingOutcome, order
from spusk.training.events import round_seconds
from spusk.training.pace import Pace
from tests.conftest import blobs, examples


def by_hand(net, V, rate, batch, epochs, seed):
    """L11 with loops over precedents and no batches of anything: the slow oracle."""
    K = len(V)
    for epoch in range(epochs):
        rows = order(K, seed, epoch)
        for first in range(0, K, batch):
            part = rows[first : first + batch]
            gradients = [net.gradients(V.take(np.array([i]))).theta for i in part]
            net.theta -= rate * np.mean(gradients, axis=0)


@examples(20)
@given(
    count=st.integers(1, 23),
    batch=st.integers(1, 30),
    hidden=st.integers(1, 7),
    seed=st.integers(0, 9),
)
def test_training_is_the_lectures_loop(count, batch, hidden, seed):
    V = blobs(count, seed=seed)
    V = V if not V.sorted_by_class else blobs(count, seed=seed + 100)
    fast = Network([6, hidden, 3], seed=seed, dtype=np.float64)
    slow = fast.copy()
    if V.sorted_by_class and batch < count:
        return
    train(fast, V, rate=0.7, batch=batch, epochs=3, seed=seed, engine="reference")
    by_hand(slow, V, 0.7, batch, epochs=3, seed=seed)
    np.testing.assert_allclose(fast.theta, slow.theta, rtol=1e-11, atol=1e-13)


def test_first_epoch_takes_V_as_given_and_shuffles_after():
    assert (order(50, 3, 0) == np.arange(50)).all()
    orders = [order(50, 3, epoch) for epoch in range(1, 4)]
    for rows in orders:
        assert sorted(rows) == list(range(50))
        assert (rows != np.arange(50)).any()
    assert (orders[0] != orders[1]).any()
    assert (orders[1] == order(50, 3, 2)).all()
    assert (order(50, 4, 1) != orders[0]).any()


def test_all_is_full_batch_descent(small):
    net = Network([6, 4, 3], dtype=np.float64)
    expected = net.theta - 2 * net.gradients(small).theta
    train(net, small, rate=2, batch="all", epochs=1)
    np.testing.assert_allclose(net.theta, expected, rtol=1e-13, atol=1e-15)


def test_events_tell_what_happened(small):
    net = Network([6, 4, 3])
    before = net.copy()
    events = list(train_events(net, small, rate=1.0, batch=60, epochs=2, test=small))
    assert [(e.epoch, e.step, e.steps, e.ends_epoch) for e in events] == [
        (1, 1, 1, True),
        (2, 1, 1, True),
    ]
    first, last = events
    assert first.cost == pytest.approx(before.cost(small), rel=1e-5)  # met before the update
    assert first.accuracy == pytest.approx(before.accuracy(small))
    assert last.test_cost == pytest.approx(net.cost(small))
    assert last.test_accuracy == net.accuracy(small)
    assert first.outcome is None
    assert last.outcome is TrainingOutcome.LEARNED_NOTHING  # by two steps
    assert last.seconds > first.seconds > 0
    assert first.speed > 0


def test_mid_epoch_events_come_and_their_last_has_all(small):
    events = list(train_events(Network([6, 4, 3]), small, rate=1.0, batch=1, epochs=1))
    assert len(events) > 1
    assert [e.step for e in events] == sorted({e.step for e in events})
    assert events[-1].step == 60


def test_it_learns_and_the_same_seed_is_the_same_run(small):
    runs = []
    for _ in range(2):
        net = Network([6, 8, 3], seed=4)
        result = train(net, small, rate=3.0, batch=5, epochs=30, seed=4, test=small)
        runs.append(net.theta)
    assert result.outcome is TrainingOutcome.FINISHED
    assert result.best_accuracy > 0.9
    assert result.history[-1].cost < result.history[0].cost / 3
    np.testing.assert_array_equal(*runs)


def test_general_targets_have_no_accuracy():
    V = Sample(x=np.eye(4), y=np.eye(4)[:, :2])
    result = train(Network([4, 2]), V, rate=0.5, batch=2, epochs=2, test=V)
    assert result.last.accuracy is None
    assert result.last.test_accuracy is None
    assert result.last.test_cost > 0


def test_a_cost_that_is_not_finite_ends_the_run(small):
    net = Network([6, 4, 3], activation="relu", output="identity")
    with np.errstate(all="ignore"):
        result = train(net, small, rate=1e30, batch=10, epochs=9)
    assert result.outcome is TrainingOutcome.NOT_FINITE
    assert result.last.epoch == 1


def test_a_sorted_set_gets_a_warning_and_full_batch_none(small):
    V = small.take(np.argsort(small.labels, kind="stable"))
    assert V.sorted_by_class
    with pytest.warns(SortedSetWarning, match="sorted by class"):
        train(Network([6, 3]), V, rate=1.0, epochs=1)
    train(Network([6, 3]), V, rate=1.0, batch="all", epochs=1)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_rates_that_cannot_work(small, rate):
    with pytest.raises(RateError, match="rate must be positive"):
        train(Network([6, 3]), small, rate=rate)


@pytest.mark.parametrize("batch", [0, -3, 2.5, "some", True])
def test_batches_that_cannot_work(small, batch):
    with pytest.raises(InputError, match="batch"):
        train(Network([6, 3]), small, rate=1.0, batch=batch)


@pytest.mark.parametrize("epochs", [0, -1, 1.5])
def test_epochs_that_cannot_work(small, epochs):
    with pytest.raises(InputError, match="epochs"):
        train(Network([6, 3]), small, rate=1.0, epochs=epochs)


def test_arguments_are_looked_at_before_the_first_event(small):
    with pytest.raises(NetworkError, match="first has 5"):
        train_events(Network([5, 3]), small, rate=1.0)
    with pytest.raises(NetworkError, match="has 2 numbers in each answer"):
        train_events(Network([6, 3]), small, rate=1.0, test=blobs(classes=2))
    with pytest.raises(EngineError, match="auto, reference"):
        train_events(Network([6, 3]), small, rate=1.0, engine="magic")


@pytest.mark.filterwarnings("ignore::spusk.training.NothingLearnedWarning")
@pytest.mark.parametrize("engine", ["reference", "auto"])
@pytest.mark.parametrize("what", ["input", "target"])
def test_numbers_beyond_the_networks_own_are_refused(engine, what):
    """They would become infinite, and the rate would be blamed."""
    x, y = np.eye(4), np.eye(4)[:, :2]
    (x if what == "input" else y)[2, 1] = -1e39
    V, fine = Sample(x=x, y=y, name="mine"), Sample(x=np.eye(4), y=np.eye(4)[:, :2])
    said = rf"mine: {what} 2 \(from 0\) holds -1e\+39, beyond the largest float32 .* scale the set"
    for sets in ({"V": V}, {"V": fine, "test": V}):
        with pytest.raises(DataError, match=said):
            train_events(Network([4, 2]), rate=0.5, engine=engine, **sets)
    with pytest.raises(DataError, match=said):
        engines.engine(engine).open(Network([4, 2]), V, 2)
    wide = Network([4, 2], dtype=np.float64)
    assert next(train_events(wide, V, rate=1e-90, engine="reference")).cost > 0
    largest = Sample(x=np.full((2, 4), np.finfo(np.float32).max), labels=[0, 1])
    assert list(
        train_events(Network([4, 2]), largest, rate=0.5, batch="all", epochs=1, engine=engine)
    )


@pytest.mark.skipif(not native.available(), reason="the native part is not built")
def test_the_native_cost_curve_is_the_references_within_one_percent():
    """An epoch of 784-30-10 on real digits: float32 and fused beside float64 and the formulas."""
    V = data.sample().train
    nets = Network([784, 30, 10], seed=1), Network([784, 30, 10], seed=1, dtype=np.float64)
    nets[1].theta[:] = nets[0].theta
    names = ("native", "reference")
    fast, slow = (engines.engine(n).open(net, V, 10) for n, net in zip(names, nets, strict=True))
    for first in range(0, 400, 20):  # 200 precedents a point
        ours, theirs = (
            each.steps(np.arange(4000), first, first + 20, 3.0) for each in (fast, slow)
        )
        assert ours.cost == pytest.approx(theirs.cost, rel=0.01)
    assert ours.cost < 0.2 * 200  # it has learned
    assert nets[0].cost(V) == pytest.approx(nets[1].cost(V), rel=0.01)


@pytest.mark.parametrize(
    ("window", "chunk", "steps", "took", "grown"),
    [(1, 1, 1, 1e-9, 4), (1, 100, 100, 0.05, 100), (1, 100, 100, 0.5, 10), (8, 8, 8, 10.0, 8),
     (8, 16, 16, 0.04, 16), (1, 100, 3, 0.05, 100)],
)  # fmt: skip
def test_chunks_grow_towards_their_time_in_whole_windows(window, chunk, steps, took, grown):
    pace = Pace(window, None)
    pace.chunk = chunk
    pace.took(steps, took)
    assert pace.chunk == grown
    assert pace.after(2 * window + window // 2) == 2 * window + grown


def test_chunks_keep_to_the_most_that_was_asked_and_to_their_pace_from_epoch_to_epoch(small):
    pace = Pace(4, 10)
    pace.took(4, 1e-9)
    assert pace.chunk == 8
    events = list(train_events(Network([6, 3]), small, rate=0.1, batch=1, epochs=5))
    first = sum(event.epoch == 1 for event in events)
    assert first > sum(event.epoch == 5 for event in events) == 1


@pytest.mark.parametrize(("operations", "held"), [(1e6, True), (1e11, False)])
def test_short_looks_between_epochs_go_on_one_thread(operations, held):
    """BLAS keeps its other threads spinning after a product; the engine's want the cores."""

    def threads():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    assert before, "NumPy has no pool that is known"
    with limited(operations):
        assert threads() == ([1] * len(before) if held else before)
    assert threads() == before


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0289, 0.03), (0.96, 1.0), (1.24, 1.2), (134.94, 134.9), (2e3, 2000)]
)
def test_a_time_is_told_with_the_digits_that_tell_something(seconds, said):
    assert round_seconds(seconds) == said


def test_who_leaves_first_sets_nothing_back_and_who_leaves_last_all():
    def threads():
        found = blas_threads.controller().info()
        return [pool["num_threads"] for pool in found if pool["user_api"] == "blas"]

    with blas_threads.controller().limit(limits=2, user_api="blas"):
        before, one, other = threads(), blas_threads.limited(1), blas_threads.limited(1)
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        assert set(threads()) == {1}
        other.__exit__(None, None, None)
        assert threads() == before
        assert before != [1] * len(before)
