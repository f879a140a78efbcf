"""The two measurements: they measure what they say."""

import numpy as np
import pytest

from spusk import Network, train
from spusk.analysis.experiments import gradient_times, work_curve, work_curves
from spusk.training import Plan


def test_a_work_curve_is_the_training_it_stands_for(small):
    net = Network([6, 4, 3], seed=1, dtype=np.float64)
    curve = work_curve(net, small, Plan(0.9, 7, 3, 5))
    assert curve.seen[0] == 0
    assert curve.seen[-1] == 3 * 60
    assert curve.seen == sorted(set(curve.seen))
    assert curve.cost[0] == pytest.approx(net.cost(small))
    trained = net.copy()
    train(trained, small, rate=0.9, batch=7, epochs=3, seed=5)
    assert curve.cost[-1] == pytest.approx(trained.cost(small), rel=1e-12)
    assert net.cost(small) == pytest.approx(curve.cost[0])  # the network itself is untouched


def test_each_batch_gets_its_best_rate(small):
    curves = list(work_curves(Network([6, 3]), small, ("all", 5), (0.01, 1.0), passes=4))
    assert [curve.batch for curve in curves] == [60, 5]
    assert [curve.rate for curve in curves] == [1.0, 1.0]


def test_differences_agree_and_count_their_passes(small):
    (row,) = gradient_times(small, [(6, 4, 3)])
    assert row.passes == 6 * 4 + 4 * 3 + 7
    assert row.disagreement < 1e-3
    assert row.differences > row.backprop > 0
