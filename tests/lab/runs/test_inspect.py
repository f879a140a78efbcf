"""What one sees of a network: its first layer, its mistakes, its answer to a drawn digit."""

from itertools import pairwise

import numpy as np
import pytest

import spusk
from spusk.errors import DataError
from spusk.lab.runs import inspect


def test_weights_are_pictures_of_the_largest_neurons():
    net = spusk.Network([784, 40, 10])
    net.layers[0].W[:, 7] *= 100
    net.layers[0].W[:, 9] = 0
    look = inspect.weights(net, (28, 28))
    images = np.array(look["images"])
    assert (look["width"], look["height"], images.shape) == (28, 28, (30, 784))
    assert np.abs(images).max() == 1
    assert np.array_equal(images, np.round(images, 2))
    assert not (images == 0).all(axis=1).any(), "the neuron without weights is not among them"
    blank = spusk.Network([784, 3, 10])
    blank.theta[:] = 0
    assert not np.any(inspect.weights(blank, (28, 28))["images"])


def test_pictures_of_weights_say_which_neurons_they_are():
    net = spusk.Network([4, 40, 10])
    net.layers[0].W[:] = np.roll(np.arange(1, 41), 5)  # 36 … 40, then 1 … 35
    look = inspect.weights(net, (2, 2))
    assert (look["neurons"], look["of"]) == ([*range(5), *range(15, 40)], 40)
    expected = net.layers[0].W[0, look["neurons"]] / 40
    assert np.allclose(np.array(look["images"])[:, 0], expected, atol=0.006)


def test_the_confusion_counts_every_example_and_shows_the_surest_mistakes():
    V = spusk.data.load("sample").test
    net = spusk.Network([784, 10])
    look = inspect.confusion(net, V)
    assert np.array_equal(look["table"], spusk.analysis.measure.confusion(net, V))
    sure = [digit["sure"] for digit in look["wrong"]]
    assert len(sure) == 30
    assert all(a >= b for a, b in pairwise(sure))
    answers = net.answer(V)
    for digit in look["wrong"]:
        assert digit["label"] != digit["answer"]
        place = np.flatnonzero((V.x == digit["pixels"]).all(axis=1))[0]
        assert V.labels[place] == digit["label"]
        assert np.argmax(answers[place]) == digit["answer"]


def test_a_drawn_digit_is_centred_wherever_it_is_drawn():
    net = spusk.Network([784, 5, 10])
    ink = np.zeros((28, 28))
    ink[2:14, 3:6] = 200
    corner, other = (
        inspect.answer_drawing(net, ink),
        inspect.answer_drawing(net, np.roll(ink, (10, 15), (0, 1))),
    )
    assert corner == other
    picture = np.reshape(corner["input"], (28, 28))
    rows, columns = np.nonzero(picture)
    assert rows.max() - rows.min() == 19, "20 rows high"
    assert abs(columns.mean() - 14) < 1
    expected = net.answer(np.array(corner["input"], np.uint8))
    assert np.allclose(corner["a"], expected, atol=1e-4)
    assert corner["digit"] == np.argmax(expected)


def test_an_empty_picture_is_no_digit():
    with pytest.raises(DataError, match="no digit found"):
        inspect.answer_drawing(spusk.Network([784, 10]), np.zeros((28, 28)))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_drawn_becomes_a_picture(seed):
    rng = np.random.default_rng(seed)
    ink = rng.uniform(0, 255, (28, 28)) * (rng.random((28, 28)) < rng.random() ** 3)
    ink[tuple(rng.integers(28, size=2))] = 255
    said = inspect.answer_drawing(spusk.Network([784, 10]), ink)
    assert len(said["input"]) == 784
    assert max(said["input"]) > 200
