"""What is watched while training: a validation part, so that the test set is looked at once."""

import numpy as np
import pytest

from spusk import Network, Sample, train
from spusk.errors import DataError
from spusk.training import verdicts
from spusk.training.best import Best
from tests.conftest import blobs
from tests.reliability.helpers import fresh

V, TEST = blobs(80, seed=1), blobs(30, seed=1)
HOW = {"rate": 4.0, "batch": 7, "seed": 5, "engine": "reference"}


def test_the_best_epochs_weights_are_kept_and_the_test_is_looked_at_once(monkeypatch):
    looked = []
    monkeypatch.setattr(
        verdicts,
        "evaluate",
        lambda net, part, stop: looked.append(part) or evaluate(net, part, stop),
    )
    net = fresh()
    result = train(net, V, **HOW, epochs=8, validation=0.25, test=TEST, keep="best")
    left, held = V.split(0.25)
    assert [len(part) for part in looked] == [len(held)] * 8 + [len(TEST)]
    epoch = Best(result.history).event.epoch
    assert epoch < 8
    again = fresh()
    train(again, left, **HOW, epochs=epoch)
    np.testing.assert_array_equal(net.theta, again.theta)
    last = result.last
    assert last.test_cost == pytest.approx(net.cost(TEST))
    assert last.test_accuracy == net.accuracy(TEST)
    assert [e.test_cost for e in result.history[:-1]] == [None] * 7
    assert result.history[epoch - 1].validation_cost == pytest.approx(net.cost(held))
    assert result.best_accuracy == net.accuracy(held)


evaluate = verdicts.evaluate


def test_patience_waits_on_the_validation_part():
    """On the test set, whose answers are wrong, the first epoch would be the best."""
    wrong = Sample(V.x, labels=(V.labels + 1) % 3, classes=3)
    watched = {"validation": 0.25, "test": wrong, "patience": 2}
    result = train(fresh(), V, **HOW | {"rate": 2.0}, epochs=30, **watched)
    best = Best(result.history).event
    assert result.outcome.complete
    assert 5 < result.last.epoch == best.epoch + 2 < 30
    assert result.last.validation_accuracy > 0.5 + result.last.test_accuracy


def test_a_share_is_split_off_class_by_class():
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [40, 20, 10]))
    x = np.arange(70.0)[:, None] / 70
    many = Sample(x, labels=labels)
    held = many.split(0.1)[1]
    assert np.bincount(held.labels).tolist() == [4, 2, 1]
    given, shared = Network([1, 4, 3]), Network([1, 4, 3])
    train(shared, x, labels, rate=0.5, epochs=2, validation=0.1)
    left = np.flatnonzero(~np.isin(x[:, 0], held.x[:, 0]))
    result = train(given, x[left], labels[left], rate=0.5, epochs=2, validation=held)
    np.testing.assert_array_equal(given.theta, shared.theta)
    assert result.last.test_cost is None
    assert result.last.watched_cost == pytest.approx(given.cost(held))
    with pytest.raises(DataError, match="6 examples are too few to split 10% off for validation"):
        train(given, x[:6], labels[:6], rate=0.5, validation=0.1)
