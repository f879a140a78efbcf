"""How much each example counts: what a sample accepts, keeps and makes of its classes."""

import re

import numpy as np
import pytest

from spusk import Sample
from spusk.data.weights import scaled
from spusk.errors import DataError
from tests.i18n.russian import refused

X = np.arange(12.0).reshape(6, 2)
KINDS = Sample(X, ["a", "b", "a", "a", "b", "a"], name="six")
NUMBERS = Sample(X, [1, 2, 1, 1, 5, 1], name="six")
WEIGHTS = [1, 2, 0, 4, 0.5, 3]


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([1, 2], "expected 6 weights, a number for each example, found int64 (2,)"),
        (["1"] * 6, "found <U1 (6,)"),
        (np.ones((6, 2)), "found float64 (6, 2)"),
        ([1, -1, 1, 1, 1, 1], "the weight of example 1 (from 0) is -1.0"),
        ([1, 1, 1, np.nan, 1, 1], "the weight of example 3 (from 0) is nan"),
        ([np.inf] + [1] * 5, "the weight of example 0 (from 0) is inf"),
        ([0] * 6, "all weights are 0"),
    ],
)
def test_what_is_no_weights_is_refused_in_both_languages(weights, says):
    with refused(DataError, re.escape(says), "six", "nan", "inf"):
        KINDS.with_weights(weights)
    with pytest.raises(DataError, match=re.escape(says)):
        Sample(X, np.arange(6), weights=weights)


def test_parts_of_a_sample_keep_their_weights():
    V = Sample(X, [0, 1, 0, 0, 1, 0], weights=np.array(WEIGHTS)[:, None])
    assert V.weights.tolist() == WEIGHTS
    assert not V.weights.flags.writeable
    assert V[1:4].weights.tolist() == [2, 0, 4]
    assert V[5].weights.tolist() == [3]
    assert V.take([4, 0]).weights.tolist() == [0.5, 1]
    at = {tuple(x): w for x, w in zip(V.x, V.weights, strict=True)}
    for part in V.split(0.5):
        assert part.weights.tolist() == [at[tuple(x)] for x in part.x]
    assert V.with_weights(None).weights is V.with_weights(None)[:2].weights is None
    assert V.weights.tolist() == WEIGHTS


@pytest.mark.parametrize(
    ("V", "class_weight", "each"),
    [
        (KINDS, "balanced", [0.75, 1.5, 0.75, 0.75, 1.5, 0.75]),  # 6/(2·4), 6/(2·2)
        (NUMBERS, "balanced", [0.5, 2, 0.5, 0.5, 2, 0.5]),
        (KINDS, {"b": 3}, [1, 3, 1, 1, 3, 1]),
        (KINDS, {0: 0.5, 1: 0}, [0.5, 0, 0.5, 0.5, 0, 0.5]),  # words have numbers from 0
        (NUMBERS, {1: 7, "5": 2.5}, [7, 1, 7, 7, 2.5, 7]),  # numbers are names
        (NUMBERS, {np.int64(2): 4, 5.0: 2}, [1, 4, 1, 1, 2, 1]),
    ],
)
def test_a_class_gives_its_weight_to_its_examples(V, class_weight, each):
    assert V.weighted(class_weight).weights == pytest.approx(each)
    both = V.with_weights(WEIGHTS).weighted(class_weight)
    assert both.weights == pytest.approx(np.multiply(each, WEIGHTS))
    assert V.weights is None


def test_a_class_that_is_not_there_is_balanced_without():
    V = Sample(X, labels=[0, 0, 0, 0, 2, 2], classes=4)
    assert V.weighted("balanced").weights == pytest.approx([0.75] * 4 + [1.5] * 2)


@pytest.mark.parametrize(
    ("V", "class_weight", "says"),
    [
        (KINDS, {"c": 2}, "there is no class 'c' to give a weight; the classes are a, b"),
        (KINDS, {2: 2}, "no class '2'"),
        (KINDS, {-1: 2}, "no class '-1'"),
        (KINDS, {True: 2}, "no class 'True'"),
        (NUMBERS, {0: 2}, "no class '0' to give a weight; the classes are 1, 2, 5"),
        (KINDS, {"a": -2}, "the weight of class a is -2"),
        (KINDS, {"a": np.nan}, "the weight of class a is nan"),
        (KINDS, {"a": "2"}, "the weight of class a is '2'"),
        (KINDS, "even", "found 'even'"),
        (KINDS, [1, 2], "found [1, 2]"),
        (KINDS, {"a": 0, "b": 0}, "all weights are 0"),
        (Sample(X, X / 7, name="six"), "balanced", "numbers, not classes"),
    ],
)
def test_class_weights_that_are_none_are_refused_in_both_languages(V, class_weight, says):
    with refused(
        DataError, re.escape(says), "six", "a", "b", "c", "True", "balanced", "even", "nan"
    ):
        V.weighted(class_weight)


@pytest.mark.parametrize("size", [1.0, 3.0, 5e-324, 1e308])
def test_weights_are_scaled_to_mean_one_however_large(size):
    weights = size * np.array([1.0, 0.0, 1.0, 1.0])
    assert scaled(weights) == pytest.approx([4 / 3, 0, 4 / 3, 4 / 3])


def test_weights_that_are_all_alike_say_nothing_but_a_part_may_count_for_nothing():
    assert scaled(np.full(3, 0.1)) is scaled(None) is None
    assert scaled(np.zeros(3)).tolist() == [0, 0, 0]
