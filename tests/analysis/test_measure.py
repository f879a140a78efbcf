"""The spread of the gradients, and the confusion matrix, beside their slow oracles."""

import numpy as np
import pytest

from spusk import Network, Sample
from spusk.analysis.measure import confusion, gradient_noise
from spusk.errors import InputError


def test_spread_equals_the_spread_of_every_gradient(small):
    net = Network([6, 5, 3], seed=2, dtype=np.float64)
    each = np.concatenate(
        [np.concatenate([W.reshape(60, -1), b], axis=1) for W, b in net.each_gradient(small)],
        axis=1,
    )
    mean = each.mean(axis=0)
    noise = gradient_noise(net, small)
    assert noise.norm == pytest.approx(np.linalg.norm(mean))
    spread = np.sqrt(np.mean(np.sum((each - mean) ** 2, axis=1)))
    assert noise.spread == pytest.approx(spread)
    assert noise.scale == pytest.approx(spread**2 / np.sum(mean**2))


def test_one_precedent_has_no_spread(small):
    noise = gradient_noise(Network([6, 3], dtype=np.float64), small.take(np.array([4])))
    assert noise.spread == pytest.approx(0, abs=1e-8 * noise.norm)


def test_confusion_counts(small):
    net = Network([6, 4, 3], seed=1)
    counts, said = confusion(net, small), net.predict(small)
    assert counts.sum() == 60
    for right in range(3):
        for answer in range(3):
            assert counts[right, answer] == np.sum((small.labels == right) & (said == answer))
    with pytest.raises(InputError, match="no class labels"):
        confusion(Network([2, 1]), Sample(x=np.zeros((2, 2)), y=np.zeros((2, 1))))
