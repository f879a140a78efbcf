"""The same training from several seeds: each as if it were alone; median, range, what failed."""

import pickle
from statistics import median

import numpy as np
import pytest

from spusk import Network, Sample, train, train_seeds
from spusk.analysis.metrics import r_squared
from spusk.analysis.seeds import spread
from spusk.errors import InputError
from spusk.training import TrainingOutcome
from tests.conftest import blobs

V, TEST = blobs(150, seed=1).split(0.4)
HOW = {"rate": 3.0, "epochs": 10, "test": TEST}


def made(seed):
    return Network([6, 4, 3], seed)


def test_each_seed_trains_as_if_it_were_alone():
    result = train_seeds(made, V, seeds=[4, 0, 9], **HOW)
    alone = [train(made(seed), V, seed=seed, **HOW) for seed in (4, 0, 9)]
    for one, other in zip(result.trainings, alone, strict=True):
        np.testing.assert_array_equal(one.net.theta, other.net.theta)
    scores = [one.last.test_accuracy for one in alone]
    assert list(result.scores) == scores
    assert len(set(scores)) > 1  # the seeds differ
    assert (result.median, result.range) == (median(scores), (min(scores), max(scores)))
    assert result.best.last.test_accuracy == max(scores)
    assert result.failed == ()
    assert "3 seeds: median accuracy" in repr(result)
    again = pickle.loads(pickle.dumps(result))
    assert again == result
    assert repr(again) == repr(result)


def test_targets_are_scored_by_r_squared_and_x_and_y_do():
    X = np.random.default_rng(0).normal(size=(50, 2))
    y = X @ [0.3, 0.1] + 0.5
    result = train_seeds(lambda seed: Network([2, 1], seed), X, y, seeds=2, rate=1.0, epochs=50)
    nets = [one.net for one in result.trainings]
    assert result.measure == "r2"
    assert result.seeds == (0, 1)
    expected = [r_squared(net.answer(Sample(X, y)), y[:, None]) for net in nets]
    assert result.scores == pytest.approx(expected)
    assert result.median > 0.9


def test_what_goes_wrong_has_no_score_and_is_named():
    def at(seed):
        net = made(seed)
        net.theta[:] *= np.nan if seed == 1 else 1
        return net

    result = train_seeds(at, V, seeds=3, **HOW)
    assert result.trainings[1].outcome is TrainingOutcome.NOT_FINITE
    assert result.failed == (1,)
    assert np.isnan(result.scores[1])
    assert result.spread.scored == 2
    assert result.best.outcome is TrainingOutcome.FINISHED
    assert repr(result).endswith(", 1 failed)")
    assert np.isnan(spread([np.nan]).median)


@pytest.mark.parametrize("seeds", [0, -1, 2.5, True, [], [1, 1], [-1], "12", [0.5], None])
def test_seeds_are_a_number_or_different_numbers(seeds):
    with pytest.raises(InputError, match="seeds: expected"):
        train_seeds(made, V, seeds=seeds, **HOW)


def test_make_makes_a_network_for_each():
    net = made(0)
    with pytest.raises(InputError, match="function of the seed"):
        train_seeds(net, V, **HOW)
    with pytest.raises(InputError, match="the same network again for seed 1"):
        train_seeds(lambda seed: net, V, **HOW)


def test_the_best_is_chosen_on_the_validation_part():
    result = train_seeds(made, V, seeds=6, **HOW | {"epochs": 20}, validation=0.3, keep="best")
    part = V.split(0.3)[1]
    expected = [one.net.accuracy(part) for one in result.trainings]
    assert list(result.validated) == pytest.approx(expected)
    assert result.best is result.trainings[int(np.argmax(expected))]
    assert result.best.net.accuracy(TEST) < result.range[1]  # so that it is not chosen by the test
    without = train_seeds(made, V, seeds=2, **HOW | {"test": None}, validation=0.3)
    assert without.scores == without.validated
