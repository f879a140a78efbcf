"""What pictures are drawn by: scales, ticks, contours, the camera, meshes, boxes, colours."""

import numpy as np
import pytest

from spusk.lab.formulas.describe import described
from tests.lab.modules import answers, call, calls


@pytest.mark.parametrize(("ends", "count", "expected"), [
    ((0, 1), 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), ((-1, 11), 4, [0, 5, 10]),
    ((0.1, 0.3), 4, [0.1, 0.15, 0.2, 0.25, 0.3]), ((1e-22, 9e-22), 3, [5e-22]),
    ((99999.9, 100000.1), 4, [99999.9, 99999.95, 100000, 100000.05, 100000.1]),
    ((2, 2), 5, []), ((3, 1), 5, []), ((0, 1), 0, []),
])  # fmt: skip
def test_ticks_are_round(ends, count, expected):
    assert call("math/scale.js", "ticks", ends, count) == expected


def test_a_scale_is_linear_or_logarithmic_and_goes_back():
    even, steep = np.linspace(-2, 3, 400), np.geomspace(1e-4, 1e4, 400)
    jobs = [{"kind": "spread", "values": v.tolist(), "at": v[::40].tolist()} for v in (even, steep)]
    linear, log = answers(jobs)
    assert (linear["log"], log["log"]) == (False, True)
    np.testing.assert_allclose(linear["shares"], (even[::40] + 2) / 5, atol=1e-12)
    assert (np.diff(log["shares"]) > 0).all()
    for row, values in ((linear, even), (log, steep)):
        np.testing.assert_allclose(row["back"], values[::40], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("curves", "expected"), [
    ([{"numbers": [20, 1e30, 1e100]}], [1, 2]),  # not 10³⁰: the start is what there is to see
    ([{"numbers": [20, 5e3, 1e30]}], [1, 4]),
    ([{"numbers": [20, 3e-4, 1e-20, 0, -1e-18]}], [-4, 2]),  # rounding makes no decades
    ([{"numbers": [20, 3e-4]}, {"numbers": [50, 1e9], "away": True}], [-4, 2]),
    ([{"numbers": [20, 3e-4]}, {"numbers": [50, 1e-7]}], [-7, 2]),
    ([{"numbers": [0, 0]}], [-1, 1]),
])  # fmt: skip
def test_the_axis_of_a_descent_is_its_own(curves, expected):
    assert call("math/decades.js", "decades", curves) == expected


@pytest.mark.parametrize(("heights", "expected"), [
    ([1, 0, -2], {"step": 1.5, "up": False}), ([0.5, 1.5, 2], {"step": 0.5, "up": True}),
    ([1, -2, 0.5], None), ([5, 6], None), ([1, 0.5], None),
])  # fmt: skip
def test_a_curve_leaves_its_frame_where_it_crosses_the_edge_for_good(heights, expected):
    assert call("math/decades.js", "leaves", heights, [-1, 1]) == expected


def test_a_contour_of_a_plane_is_a_straight_line():
    grid = [x + 2 * y for y in range(4) for x in range(5)]
    job = {"kind": "lines", "grid": grid, "width": 5, "height": 4, "levels": [4.5]}
    [pieces] = answers([job])
    points = np.array(pieces).reshape(-1, 2)
    np.testing.assert_allclose(points @ [1, 2], 4.5)
    assert points[:, 0].max() == 4
    assert points[:, 0].min() == 0
    length = np.linalg.norm(np.array(pieces)[:, :2] - np.array(pieces)[:, 2:], axis=1).sum()
    assert length == pytest.approx(np.hypot(4, 2))


def test_a_saddle_makes_two_pieces_and_what_is_no_number_none():
    saddle = {"kind": "lines", "grid": [1, -1, -1, 1], "width": 2, "height": 2, "levels": [0]}
    flat, two = saddle | {"grid": [1, 1, 1, 1]}, saddle | {"levels": [0, 0.5]}
    found = answers([saddle, flat, two])
    assert [len(pieces) for pieces in found] == [2, 0, 4]


@pytest.fixture(scope="module")
def camera():
    points = [[0, 0, 0.22], [1, 0, 0], [0, 0, 0.85], [-1, 1, 0.3]]
    moves = [[], [[0.4, 0.2, 1.5]], [[0, 9, 99]], [[0, -9, 0]]]
    jobs = [{"kind": "camera", "moves": m, "points": points, "aspect": 1.5} for m in moves]
    return points, answers(jobs)


def test_the_camera_has_three_square_axes_and_looks_at_the_middle(camera):
    _, found = camera
    for row in found:
        axes = np.array(row["axes"])
        np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
        np.testing.assert_allclose(axes[2], row["towards"])
        assert row["projected"][0][:2] == pytest.approx([0, 0])
    assert [row["nearness"] for row in found] == [1, 1.5, 4, 0.6]
    assert [row["level"] for row in found[2:]] == [1.5, 0.08], "never under the floor"


def test_its_matrix_sees_what_it_projects(camera):
    points, found = camera
    for row in found:
        matrix = np.array(row["matrix"]).reshape(4, 4).T
        for point, (x, y, depth) in zip(points, row["projected"], strict=True):
            clip = matrix @ [*point, 1]
            assert clip[:2] / clip[3] == pytest.approx([x, y], abs=1e-6)
            assert clip[3] == pytest.approx(depth, rel=1e-6)


def test_where_f_is_none_the_mesh_has_a_hole():
    data = described("x^2 + y^2 + sqrt(x)/1000")
    [found] = answers([{"kind": "mesh", "tape": data["tape"], "view": [[-5, 5], [-5, 5]]}])
    assert len(found["triangles"]) == 3 * 2 * 48 * 96  # the half where x ≥ 0
    assert min(corner % 97 for corner in found["triangles"]) == 48


def test_heights_and_normals_are_those_of_f():
    data = described("x^2 + y^2")
    [found] = answers([{"kind": "mesh", "tape": data["tape"], "view": [[-1, 1], [-1, 1]]}])
    points = np.array(found["points"]).reshape(97, 97, 6)
    t = np.array([x if x != "NaN" else np.nan for x in found["t"]]).reshape(97, 97)
    assert t.argmin() == 48 * 97 + 48, "lowest in the middle"
    np.testing.assert_allclose(t, t.T, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(points[..., 3:], axis=-1), 1, rtol=1e-6)
    np.testing.assert_allclose(points[48, 48, 3:], [0, 0, 1], atol=1e-6)
    surface = {"t": t.ravel().tolist(), "cells": 96}
    middle, outside = calls([
        ("math/heights.js", "heightAt", surface, 0.5 + 0.25 / 96, 0.5),
        ("math/heights.js", "heightAt", surface, 1.1, 0.5),
    ])  # fmt: skip
    assert middle == pytest.approx(0.75 * t[48, 48] + 0.25 * t[48, 49])
    assert outside == "NaN"


def test_a_view_is_resized_about_a_point_and_kept_in_reach():
    whole, about = [[-1, 11], [-1, 11]], [5, 2]
    near, tiny, far, moved = calls([
        ("math/view_box.js", "resized", whole, whole, about, 0.5),
        ("math/view_box.js", "resized", whole, whole, about, 1e-9),
        ("math/view_box.js", "resized", whole, whole, about, 1e9),
        ("math/view_box.js", "moved", whole, whole, [1e6, 0]),
    ])  # fmt: skip
    assert near == [[2, 8], [0.5, 6.5]]
    assert [high - low for low, high in tiny] == pytest.approx([0.012, 0.012])
    assert [high - low for low, high in far] == pytest.approx([120, 120])
    assert moved == [[53, 65], [-1, 11]], "no farther than the farthest box reaches"


def test_a_box_of_an_address_fits_or_is_none():
    whole = [[-1, 11], [-1, 11]]
    boxes = [[[2, 4], [1, 3]], [[2, 4]], [[2, 2 + 1e-9], [1, 3]], [[-1e9, 1e9], [-1e9, 1e9]], None]
    found = calls([("math/view_box.js", "fitting", box, whole) for box in boxes])
    assert found == [[[2, 4], [1, 3]], None, None, None, None]
    digits = calls(
        [("math/view_box.js", "digitsIn", [[0, side]] * 2, whole) for side in (12, 0.12)]
    )
    assert digits == [4, 6]


def test_only_minima_in_the_box_are_inside():
    minima = [{"x": [0, 0]}, {"x": [3, 0]}, {"x": [1, 1]}]
    assert call("math/view_box.js", "inside", minima, [[0, 2], [0, 2]]) == [minima[0], minima[2]]


def test_colours_are_even_and_only_grow_lighter():
    rows = [("core/colours.js", "shade", i / 64) for i in range(65)]
    shades = calls([*rows, ("core/colours.js", "shade", None)])
    lab = oklab(np.array(shades[:65]))
    assert (np.diff(lab[:, 0]) > 0.005).all()
    steps = np.linalg.norm(np.diff(lab[::4], axis=0), axis=1)
    assert steps.max() < 1.15 * steps.min()
    assert shades[-1] == shades[0], "what is no number has the lowest colour"


def oklab(rgb):
    """Ottosson 2020, from sRGB of 0–255."""
    part = rgb / 255
    light = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(light @ np.array([
        [0.4122214708, 0.2119034982, 0.0883024619], [0.5363325363, 0.6806995451, 0.2817188376],
        [0.0514459929, 0.1073969566, 0.6299787005],
    ]))  # fmt: skip
    return cones @ np.array([
        [0.2104542553, 1.9779984951, 0.0259040371], [0.7936177850, -2.4285922050, 0.7827717662],
        [-0.0040720468, 0.4505937099, -0.8086757660],
    ])  # fmt: skip
