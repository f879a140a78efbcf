"""Metrics against scikit-learn's."""

import numpy as np
import pytest

from spusk.analysis.metrics import (
    auc,
    class_aucs,
    class_scores,
    mean_absolute_error,
    r_squared,
)

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def metrics():
    return pytest.importorskip("sklearn.metrics", reason="this system has no scikit-learn")


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_scores_of_each_class(metrics, classes):
    for _ in range(20):
        right, said = RANDOM.integers(0, classes, (2, 60))
        counts = metrics.confusion_matrix(right, said, labels=range(classes))
        expected = metrics.precision_recall_fscore_support(
            right, said, labels=range(classes), zero_division=0
        )
        for ours, theirs in zip(class_scores(counts), expected, strict=True):
            np.testing.assert_allclose(ours, theirs)


def test_a_class_that_is_neither_there_nor_answered_scores_nothing():
    scores = class_scores(np.array([[3, 0, 1], [0, 0, 0], [0, 0, 2]]))
    assert [float(part[1]) for part in scores] == [0, 0, 0, 0]


@pytest.mark.parametrize("levels", [2, 5, 1000])
def test_the_area_under_the_roc_curve(metrics, levels):
    for _ in range(30):
        scores = RANDOM.integers(0, levels, 40) / levels
        positive = RANDOM.random(40) < 0.3
        positive[:2] = True, False
        assert auc(scores, positive) == pytest.approx(metrics.roc_auc_score(positive, scores))


def test_an_area_needs_both_kinds(metrics):
    assert np.isnan(auc(np.arange(4.0), np.ones(4, bool)))
    answers, labels = RANDOM.random((50, 3)), RANDOM.integers(0, 2, 50)
    found = class_aucs(answers, labels)
    assert np.isnan(found[2])
    assert found[0] == pytest.approx(metrics.roc_auc_score(labels == 0, answers[:, 0]))


@pytest.mark.parametrize("targets", [1, 3])
def test_regression(metrics, targets):
    y = RANDOM.normal(size=(40, targets)) * 30 + 5
    answers = y + RANDOM.normal(size=y.shape)
    assert r_squared(answers, y) == pytest.approx(metrics.r2_score(y, answers))
    assert mean_absolute_error(answers, y) == pytest.approx(metrics.mean_absolute_error(y, answers))
    assert r_squared(np.broadcast_to(y.mean(0), y.shape), y) == pytest.approx(0)


def test_targets_that_never_vary_have_no_share():
    y = np.full((5, 2), 3.0)
    assert np.isnan(r_squared(y, y))
    y[:, 1] = range(5)
    assert r_squared(y, y) == 1
