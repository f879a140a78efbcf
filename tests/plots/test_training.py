"""Pictures of a training show the numbers they were given, in both languages."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from PIL import Image

from spusk import plots
from spusk.analysis.experiments import WorkCurve
from spusk.errors import InputError
from spusk.training import Event


def history(tested=True):
    return [
        Event(k, 10, 10, 1 / k, 1 - 0.5 / k, k, 9.0, 2 / k if tested else None,
              0.8 if tested else None)
        for k in (1, 2, 3)
    ]  # fmt: skip


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_curves_draw_every_number():
    cost, accuracy = plots.curves(history())
    assert [line.get_ydata().tolist() for line in cost.lines] == [[1, 1 / 2, 1 / 3], [2, 1, 2 / 3]]
    assert accuracy.lines[1].get_ydata().tolist() == [0.8] * 3
    assert [line.get_label() for line in cost.lines] == ["training set (as met)", "test set"]


def test_curves_name_the_part_that_was_watched():
    rows = [replace(e, test_cost=None, validation_cost=0.5, validation_accuracy=0.7)
            for e in history()]  # fmt: skip
    rows[-1] = replace(rows[-1], test_cost=9.0, test_accuracy=0.1)  # looked at once: no curve
    cost, accuracy = plots.curves(rows)
    assert [line.get_label() for line in cost.lines][1] == "validation part"
    assert cost.lines[1].get_ydata().tolist() == [0.5] * 3
    assert accuracy.lines[1].get_ydata().tolist() == [0.7] * 3


def test_curves_without_a_test_set_and_on_axes_given():
    first = plots.curves(history())
    again = plots.curves(history(tested=False), ax=plots.curves(history(tested=False)))
    assert len(again[0].lines) == 2
    assert len(first) == 2


def test_russian_has_russian_words_and_commas():
    cost, accuracy = plots.curves(history(), lang="ru")
    cost.figure.canvas.draw()
    assert "потери" in cost.get_title("left")
    ticks = [t.get_text() for t in cost.get_yticklabels()]
    assert any("," in t for t in ticks)
    assert not any("." in t for t in ticks)
    assert any("%" in t.get_text() for t in accuracy.get_yticklabels())


def test_first_layer_shows_each_neuron_once_and_at_most_a_hundred():
    W = np.zeros((6, 3))
    W[:, 1] = np.arange(6)
    ax = plots.first_layer(W, (2, 3))
    sheet = np.asarray(ax.images[0].get_array())
    assert np.isin([1, 2, 3, 4, 5], sheet).all()
    low, high = ax.images[0].get_clim()
    assert low == -high
    rng = np.random.default_rng(0)
    assert "100 of 130" in plots.first_layer(rng.normal(size=(6, 130)), (2, 3)).get_title("left")


def test_a_regression_has_no_empty_panel_and_many_epochs_no_marks():
    events = [replace(event, accuracy=None, test_accuracy=None) for event in history()]
    (cost,) = plots.curves(events)
    assert cost.lines[0].get_markersize() > 0
    many = [replace(events[0], epoch=k) for k in range(1, 100)]
    assert plots.curves(many)[0].lines[0].get_markersize() == 0


def test_confusion_names_the_classes_and_can_be_read_on_every_colour():
    counts = np.array([[9, 40], [1, 8]])
    ax = plots.confusion(counts, names=("setosa", "a_name_that_is_far_too_long"))
    named = [tick.get_text() for tick in ax.get_yticklabels()]
    assert named == ["setosa", "a_name_that_is_…"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == named
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert colours["40"] == "white"
    assert colours["1"] == colours["9"] != "white"
    assert "recall" in colours


def test_confusion_prints_counts_and_shares():
    counts = np.array([[8, 2], [0, 5]])
    ax = plots.confusion(counts)
    assert {"8", "2", "5", "80%", "100%"} <= set(texts(ax))
    assert "0" not in texts(ax)
    assert ax.get_title("left") == "2 of 15 wrong"
    assert "80\N{NO-BREAK SPACE}%" in texts(plots.confusion(counts, lang="ru"))
    assert plots.confusion(np.diag([3, 4])).get_title("left") == "0 of 7 wrong"


def test_wrong_digits_surest_first():
    images = np.zeros((3, 4, 4), np.uint8)
    answers = np.array([[0.1, 0.5, 0], [0, 0, 0.9], [0.2, 0, 0]])
    ax = plots.wrong_digits(images, np.array([0, 1, 2]), answers)
    assert texts(ax) == ["1 → 2", "0 → 1", "2 → 0"]
    none = plots.wrong_digits(images[:0], np.array([], int), answers[:0])
    assert texts(none) == []


def test_why_stochastic_draws_each_run():
    runs = [WorkCurve(100, 1.0, [0, 100, 200], [3, 2, 1]), WorkCurve(10, 3.0, [0, 10], [3, 0.5])]
    ax = plots.why_stochastic(runs)
    assert ax.lines[0].get_xdata().tolist() == [100, 200]
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert "all of V" in ax.lines[0].get_label()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_save_writes_each_kind_the_same_twice(tmp_path, suffix):
    files = [
        plots.save(plots.confusion(np.eye(3, dtype=int)), tmp_path / f"{k}{suffix}") for k in "ab"
    ]
    content = files[0].read_bytes()
    assert content[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-")
    if suffix == ".png":
        assert content == files[1].read_bytes()
        with Image.open(files[0]) as picture:
            assert picture.width > 500


def test_unknown_kinds_are_refused_by_name(tmp_path):
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf"):
        plots.save(plots.confusion(np.eye(2, dtype=int)), tmp_path / "x.exe")
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_in_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    assert isinstance(plots.confusion(np.eye(2, dtype=int)), Axes)
    assert plt.get_fignums() == before
