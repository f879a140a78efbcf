"""A map alone is true to scale: a unit is as long across as down, in the lab and in its file."""

import numpy as np
import pytest

from spusk.lab.formulas.export import export
from tests.lab import browser
from tests.lab.test_surface import drawn, mapped, settings

chromium, lab_address, new_page = browser.chromium, browser.lab_address, browser.new_page

RADIUS = 60  # pixels
RING = """([x, y, radius]) => {  // the colours of the lowest sheet on a circle
  const sheet = document.querySelector('.picture canvas');
  const [pen, by] = [sheet.getContext('2d'), sheet.width / sheet.clientWidth];
  return Array.from({ length: 48 }, (_, k) => {
    const turn = (2 * Math.PI * (k + 0.5)) / 48;
    const at = [x + radius * Math.cos(turn), y + radius * Math.sin(turn)];
    return [...pen.getImageData(...at.map((part) => Math.round(part * by)), 1, 1).data];
  });
}"""


def start_set(page, x, y):
    """What the start is after a click at these pixels of the map."""
    page.locator(".stack").click(position={"x": x, "y": y})
    return np.array([float(part) for part in settings(page)["x"].split(",")])


def assert_true_to_scale(page):
    """Places set by hand, and the colours of x² + y², which are the same on a circle."""
    box = page.locator(".stack").bounding_box()
    low, high = np.array([0.3, 0.65]), np.array([0.65, 0.3])  # shares of the picture
    size = np.array([box["width"], box["height"]])
    near, far = (start_set(page, *(share * size)) for share in (low, high))
    unit = (high - low) * size / (far - near) * (1, -1)
    assert unit[0] == pytest.approx(unit[1], rel=0.01)
    origin = low * size + near * unit * (-1, 1)
    ring = np.array(page.evaluate(RING, [*origin, RADIUS]))
    wider = np.array(page.evaluate(RING, [*origin, 2 * RADIUS]))
    assert ring[:, 3].min() > 0, "the ring is on the map"
    apart = np.abs(wider - ring).max(axis=1).mean()
    assert np.abs(ring - np.median(ring, axis=0)).max() < apart / 3


@pytest.mark.parametrize("size", [
    browser.WIDE, pytest.param(browser.NARROW, marks=pytest.mark.more),
], ids=["wide", "narrow"])  # fmt: skip
@pytest.mark.parametrize("more", ["", "&box=-3,3,-1,2", "&show=basins&rate=0.02"])
def test_in_the_lab(new_page, size, more):
    page = new_page(f"#surface&f=x^2%2By^2&steps=3{more}", viewport=size)
    assert_true_to_scale(drawn(mapped(page) if "basins" in more else page))


def test_in_the_exported_file(tmp_path, chromium):
    export(tmp_path / "lab.html", ["x^2 + y^2"])
    page = chromium.new_page(viewport=browser.WIDE)
    page.goto((tmp_path / "lab.html").as_uri() + "#surface&box=-3,3,-1,2")
    assert_true_to_scale(drawn(page))
    page.close()
