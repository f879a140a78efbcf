"""Pictures of descent show the numbers they were given, survive runaways, speak two languages."""

from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

import spusk
from spusk import plots
from spusk.errors import InputError
from spusk.optim.rules import GradientDescent


@pytest.fixture(scope="module")
def walk():
    return spusk.descend("lecture", (0, 0), 0.3)


def longest(ax):
    return max(ax.lines, key=lambda line: len(line.get_xdata()))


def test_path_draws_every_iterate_and_the_minimum(walk):
    ax = plots.path(walk)
    drawn = np.array(longest(ax).get_data()).T
    np.testing.assert_array_equal(drawn, walk.iterates)
    assert any(line.get_marker() == "x" and line.get_xydata().tolist() == [[5, 5]]
               for line in ax.lines)  # fmt: skip
    assert "0.3" in ax.get_title("left")
    assert "0,3" in plots.path(walk, lang="ru").get_title("left")


def test_several_paths_get_a_legend(walk):
    other = spusk.descend("lecture", (0, 0), 0.1, rule="adam")
    ax = plots.path([walk, other])
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["η = 0.3", "Adam, η = 0.1"]
    russian = plots.path([walk, spusk.descend("lecture", (0, 0), 0.01, rule="momentum")], lang="ru")
    assert "тяжёлый шарик" in russian.get_legend().get_texts()[1].get_text()


def test_a_rule_of_ones_own_has_its_own_name_in_the_legend(walk):
    @dataclass(frozen=True)
    class Mine(GradientDescent):
        """By the gradient, under another name."""

    ax = plots.path([walk, spusk.descend("lecture", (0, 0), 0.1, rule=Mine)])
    assert ax.get_legend().get_texts()[1].get_text() == "Mine, η = 0.1"


def test_a_runaway_does_not_blow_the_axes():
    ax = plots.path(spusk.descend("lecture", (0, 0), 0.9))
    assert ax.get_xlim()[1] < 20
    assert ax.get_ylim()[1] < 20
    free = plots.path(spusk.descend("x^2 + 3*y^2", (1, 1), 0.5))
    assert free.get_ylim()[1] < 50


@pytest.mark.parametrize("text", ["1/x", "log(x)+y^2", "x^2+y^2+0*y", "sqrt(x)+y"])
def test_paths_that_leave_the_domain_are_drawn(text):
    f = spusk.function(text)
    result = spusk.descend(f, np.full(f.n, 0.5), 2.0, steps=30)
    assert plots.path(result).figure is not None
    assert plots.progress(result)[0].figure is not None


def units(ax):
    """Pixels of one unit along x, and along y."""
    ax.get_figure().draw_without_rendering()
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    low, high = ax.transData.transform([(x0, y0), (x1, y1)])
    return (high - low) / (x1 - x0, y1 - y0)


@pytest.mark.parametrize("name", ["lecture", "mccormick", "six-hump-camel", "x^2 + 9*y^2"])
def test_maps_are_true_to_scale(name):
    walk = spusk.descend(name, (0.5, 1.9), 0.05)
    narrow = spusk.basins(name, 0.05, ((-3, 3), (-1, 2)), size=8)
    drawn = [plots.path(walk), plots.path([walk, walk]), *plots.rates_panel([walk, walk])]
    for ax in (*drawn, plots.basin_map(narrow)):
        x, y = units(ax)
        assert x == pytest.approx(y, rel=1e-9)


def test_a_map_never_is_a_strip():
    ax = plots.path(spusk.descend("himmelblau", (60, 0), 1e-5))
    x, y = units(ax)
    assert x == pytest.approx(y, rel=1e-9)
    low, high = ax.get_ylim()
    assert high - low == pytest.approx((ax.get_xlim()[1] - ax.get_xlim()[0]) / 4)
    assert (low + high) / 2 == pytest.approx(0), "more is shown on both sides"
    x, y = units(plots.basin_map(spusk.basins("himmelblau", 0.01, ((-5, 5), (0, 0.1)), size=8)))
    assert y > 50 * x, "a map of basins has a view of its own: it fills the frame"


def test_one_variable_walks_on_its_graph():
    result = spusk.descend("escape", (5,), 1.0)
    ax = plots.path(result)
    dots = [line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata()) > 1]
    np.testing.assert_allclose(dots[0].get_xdata(), result.iterates[:, 0])
    np.testing.assert_allclose(dots[0].get_ydata(), result.values)


def test_surface_lifts_the_path_onto_f(walk):
    ax = plots.surface(walk)
    x, y, z = max((line.get_data_3d() for line in ax.lines), key=lambda d: len(d[0]))
    np.testing.assert_allclose(z, walk.f.value(np.stack([x, y], axis=-1)), rtol=1e-9)


def test_progress_is_the_gap_and_the_norm_by_step(walk):
    gap, norm = plots.progress(walk)
    np.testing.assert_allclose(norm.lines[0].get_ydata(), walk.norms)
    found = gap.lines[0].get_ydata()
    np.testing.assert_allclose(found[found > 0], walk.values[found > 0])
    assert gap.get_yscale() == norm.get_yscale() == "log"


def test_rates_panel_names_each_verdict():
    found = spusk.compare_rates("lecture", (0, 0), [0.1, 0.5, 0.6])
    titles = [ax.get_title("left") for ax in plots.rates_panel(found)]
    assert [t.split("\n")[1] for t in titles] == ["converges", "oscillates", "diverges"]
    russian = [ax.get_title("left") for ax in plots.rates_panel(found, lang="ru")]
    assert "расходится" in russian[2]


def test_too_many_variables_are_refused_with_another_view():
    result = spusk.descend("x1^2+x2^2+x3^2", (1, 2, 3), 0.1)
    with pytest.raises(InputError, match="--view steps"):
        plots.path(result)


def test_basin_map_and_escape_curve_draw_the_shares():
    basins = spusk.basins("himmelblau", 0.01, size=40)
    ax = plots.basin_map(basins, lang="ru")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert len(labels) >= 4
    assert ax.images[0].get_array().shape[:2] == (40, 40)
    found = spusk.escape("escape", [0.1, 1.0], starts=300)
    curve = plots.escape_curve(found)
    assert curve.lines[0].get_ydata().tolist() == [row.share_global for row in found.rows]
    assert len(plots.escape_curve([found, found]).get_legend().get_texts()) == 2


def test_notebook_pictures(walk):
    for result in (walk, spusk.compare_rates("lecture", (0, 0), [0.1, 0.3])):
        assert result._repr_png_()[:4] == b"\x89PNG"
    assert spusk.escape("escape", [1.0], starts=50)._repr_png_()[:4] == b"\x89PNG"
    with pytest.raises(InputError, match="has none"):
        plots.png(3)


def test_gif_moves_and_ends_with_the_whole_path(tmp_path, walk):
    file = plots.save_animation(walk, tmp_path / "walk.gif")
    with Image.open(file) as picture:
        assert picture.n_frames == len(walk.iterates)
        first = picture.convert("RGB").tobytes()
        picture.seek(picture.n_frames - 1)
        assert picture.convert("RGB").tobytes() != first


def test_html_is_the_page_that_opens_at_the_descent(tmp_path, walk):
    file = plots.save_animation(walk, tmp_path / "walk.html", lang="ru")
    assert '"plays":true' in file.read_text("utf-8")  # what it does: tests/lab/formulas
    assert [*tmp_path.iterdir()] == [file]


def test_unknown_animations_are_refused(tmp_path, walk):
    with pytest.raises(InputError, match=r"\.gif, \.html"):
        plots.save_animation(walk, tmp_path / "x.mp4")
