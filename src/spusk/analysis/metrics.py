"""How good answers are, beyond cost and accuracy: per class, and for targets that are numbers.

Pure functions of answers and truth; `nan` stands where a number has no meaning.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]


class ClassScores(NamedTuple):
    """What is right in each class; TP, FP, FN: its true positives, false positives and negatives.

    Attributes:
        precision: TP/(TP + FP) (m,), 0 where the class is never answered.
        recall: TP/(TP + FN) (m,), 0 where the class does not occur.
        f1: 2·precision·recall/(precision + recall) (m,), 0 where both are.
        support: how often the class occurs (m,).

    Source: van Rijsbergen, Information Retrieval, 1979, chapter 7.
    """

    precision: Numbers
    recall: Numbers
    f1: Numbers
    support: NDArray[np.int64]


def confusion_counts(
    labels: NDArray[np.integer], said: NDArray[np.integer], classes: int
) -> NDArray[np.int64]:
    """How often each class was taken for each.

    Args:
        labels: the right classes (K,).
        said: the classes answered (K,).
        classes: how many there are, m.

    Returns:
        Counts (m, m): class i (row) answered as class j (column).
    """
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (labels, said), 1)
    return counts


def class_scores(counts: NDArray[np.integer]) -> ClassScores:
    """Precision, recall and F1 of each class.

    Args:
        counts: class i (row) answered as class j (column), (m, m), as `confusion` gives it.

    Returns:
        Each (m,).

    Source: van Rijsbergen, Information Retrieval, 1979, chapter 7.
    """
    right = np.diagonal(counts).astype(np.float64)
    answered, occurring = counts.sum(axis=0), counts.sum(axis=1)
    precision, recall = ratio(right, answered), ratio(right, occurring)
    f1 = ratio(2 * right, answered + occurring)  # 2PR/(P + R), TP drawn out
    return ClassScores(precision, recall, f1, occurring.astype(np.int64))


def ratio(part: Numbers, whole: NDArray[np.number]) -> Numbers:
    """part/whole, 0 where there is nothing."""
    return np.asarray(np.divide(part, whole, out=np.zeros(len(part)), where=whole != 0))


def auc(scores: NDArray[np.number], positive: NDArray[np.bool_]) -> float:
    """The area under the ROC curve: how often a positive has a higher score than a negative.

    AUC = (R₊ − n₊(n₊ + 1)/2)/(n₊·n₋), R₊ the sum of the positives' ranks, ties sharing theirs.

    Args:
        scores: the higher, the likelier positive, (K,).
        positive: which are, (K,).

    Returns:
        0…1; nan where all are positive, or none.

    Source: Hanley and McNeil, Radiology 143, 1982; Mann and Whitney 1947.
    """
    ups = int(positive.sum())
    downs = len(positive) - ups
    if not ups or not downs:
        return float("nan")
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(count) - (count - 1) / 2  # of each score, from 1, the mean of those tied
    rank_sum = float(ranks[place.reshape(-1)][positive].sum())
    return (rank_sum - ups * (ups + 1) / 2) / (ups * downs)


def class_aucs(answers: Numbers, labels: NDArray[np.integer]) -> Numbers:
    """The AUC of each class against all others.

    Args:
        answers: α(x) of each example, (K, m).
        labels: the right classes, (K,).

    Returns:
        (m,), nan where a class does not occur or is the only one.

    Source: as for `auc`.
    """
    classes = range(answers.shape[1])
    return np.array([auc(answers[:, k], labels == k) for k in classes])


def r_squared(answers: Numbers, y: Numbers) -> float:
    """The share of the targets' variance that is explained, R² = 1 − Σ(y − a)²/Σ(y − ȳ)².

    Args:
        answers: α(x) of each example, (K, m).
        y: the targets, (K, m).

    Returns:
        At most 1; 0 is a constant answer's, the targets' mean. The mean over the m targets; nan
        where none of them varies.

    Source: Wright, Correlation and causation, 1921; Draper and Smith, Applied Regression Analysis.
    """
    y = y.astype(np.float64)
    left = np.square(y - answers).sum(axis=0)  # (m,)
    spread = np.square(y - y.mean(axis=0)).sum(axis=0)
    varies = spread > 0
    return float(np.mean(1 - left[varies] / spread[varies])) if varies.any() else float("nan")


def mean_absolute_error(answers: Numbers, y: Numbers) -> float:
    """How far answers are off, MAE = 1/(K·m) Σ|y − a|, in the units of the targets.

    Args:
        answers: α(x) of each example, (K, m).
        y: the targets, (K, m).

    Returns:
        0 and up.

    Source: Willmott and Matsuura, Climate Research 30, 2005.
    """
    return float(np.mean(np.abs(y.astype(np.float64) - answers)))
