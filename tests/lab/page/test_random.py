"""The page's random numbers and sets of points: even, normal, shuffled, repeated by their seed."""

import numpy as np
import pytest

from tests.lab.modules import answers, call


@pytest.fixture(scope="module")
def drawn():
    return answers([{"kind": "drawn", "seed": seed, "count": 4000} for seed in (7, 7, 8)])


def test_a_seed_repeats_them(drawn):
    assert drawn[0] == drawn[1]
    assert drawn[0]["uniforms"] != drawn[2]["uniforms"]


def test_uniforms_are_even(drawn):
    counts = np.histogram(drawn[0]["uniforms"], 10, (0, 1))[0]
    assert counts.sum() == 4000
    assert ((counts - 400) ** 2 / 400).sum() < 30  # χ² of 9 degrees


def test_normals_are_normal(drawn):
    normals = np.array(drawn[0]["normals"])
    assert normals.mean() == pytest.approx(0, abs=0.05)
    assert normals.std() == pytest.approx(1, abs=0.05)
    assert np.mean(np.abs(normals) < 1) == pytest.approx(0.6827, abs=0.03)


def test_a_shuffle_keeps_all_and_moves_most(drawn):
    order = np.array(drawn[0]["order"])
    assert sorted(order) == list(range(4000))
    assert np.mean(order == np.arange(4000)) < 0.01


@pytest.mark.parametrize("name", ["moons", "circles", "spiral"])
def test_a_shape_has_both_classes_apart(name):
    [points] = answers([{"kind": "shaped", "name": name, "seed": 1, "count": 200}])
    x, y = np.array([p["x"] for p in points]), np.array([p["y"][0] for p in points])
    assert np.bincount(y).tolist() == [100, 100]
    gaps = np.linalg.norm(x[:, None] - x, axis=-1) + 9 * np.eye(200)
    assert np.mean(y[gaps.argmin(axis=1)] == y) > 0.95


def test_own_points_are_read_back():
    V = [{"x": [0.5, -1.25], "y": [1]}, {"x": [3, 0], "y": [0]}]
    text = call("math/point_sets.js", "spelled", V)
    assert text == "0.5,-1.25,1;3,0,0"
    assert call("math/point_sets.js", "unspelled", text) == V


@pytest.mark.parametrize("text", [
    "", "1,2", "1,2,3", "4,0,1", "0,nan,1", "1,2,1,1", "0,0,1;", ";".join(["0,0,1"] * 61)
], ids=range(8))  # fmt: skip
def test_no_list_of_points_is_null(text):
    assert call("math/point_sets.js", "unspelled", text) is None
