"""The Surface's map, nearer and elsewhere: wheel, fingers, drag, keys, and the address."""

import re

import pytest
from playwright.sync_api import expect

from tests.lab import browser
from tests.lab.test_surface import drawn, pictured, settings

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

chromium, lab_address = browser.chromium, browser.lab_address
lab_page, new_page = browser.lab_page, browser.new_page

TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def middle(page, across=0.5, down=0.5):
    box = page.locator(".stack").bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def painted(page):
    """The page, once what was asked of it is drawn."""
    page.evaluate(TWO_FRAMES)
    return page


def wheeled(page):
    """The page after a wheel's turn, which comes to it when the browser likes."""
    page.mouse.wheel(0, -400)
    expect(page).to_have_url(re.compile("box="))
    return painted(page)


def box_of(page):
    """The seen box as the address has it: [x from, x to, y from, y to], or None for the whole."""
    said = settings(page).get("box")
    return said and [float(end) for end in said.split(",")]


def test_the_wheel_looks_nearer_about_the_cursor_and_0_shows_all_again(lab_page):
    page = drawn(lab_page)
    before = pictured(page)
    assert page.locator("#whole").is_hidden()
    start = page.locator(".start").bounding_box()
    cursor = (start["x"] + start["width"] / 2 + 40, start["y"] + start["height"] / 2)
    page.mouse.move(*cursor)
    wheeled(page)
    x0, x1, y0, y1 = box_of(page)
    assert x1 - x0 == pytest.approx(y1 - y0, rel=1e-4)
    now = page.locator(".start").bounding_box()
    grown = (cursor[0] - now["x"] - now["width"] / 2) / 40  # ○ moves away from the cursor
    assert grown == pytest.approx(1.35, abs=0.03)
    assert now["y"] == pytest.approx(start["y"], abs=0.5)
    assert pictured(page) != before
    assert settings(page)["x"] == "0,0"
    page.click("#whole")
    assert box_of(page) is None
    assert pictured(page) == before
    page.keyboard.press("+")
    page.keyboard.press("+")
    nearer = box_of(page)
    page.keyboard.press("-")
    assert box_of(page)[1] > nearer[1]
    page.keyboard.press("0")
    assert box_of(page) is None
    assert page.locator("#whole").is_hidden()


def test_a_drag_of_empty_map_moves_the_view_and_a_click_still_sets_the_start(lab_page):
    page = drawn(lab_page)
    start = page.locator(".start").bounding_box()
    page.mouse.move(*middle(page, 0.7, 0.4))
    page.mouse.down()
    there = middle(page, 0.7, 0.4)
    page.mouse.move(there[0] + 50, there[1] - 30, steps=5)
    page.mouse.up()
    now = painted(page).locator(".start").bounding_box()
    assert now["x"] - start["x"] == pytest.approx(50, abs=1)
    assert now["y"] - start["y"] == pytest.approx(-30, abs=1)
    assert settings(page)["x"] == "0,0"
    assert page.locator("#whole").is_visible()
    page.mouse.click(*middle(page, 0.3, 0.3))
    moved = painted(page).locator(".start").bounding_box()
    assert moved["x"] + moved["width"] / 2 == pytest.approx(middle(page, 0.3)[0], abs=1)
    assert settings(page)["x"] != "0,0"


@pytest.mark.parametrize("zoomed", [False, True])
def test_two_fingers_bring_it_nearer_and_one_pans_only_then(lab_address, chromium, zoomed):
    context = chromium.new_context(viewport=browser.NARROW, has_touch=True, locale="en-US")
    page = context.new_page()
    page.goto(lab_address + ("#surface&f=lecture&box=2,6,2,6" if zoomed else ""))
    drawn(page)
    before = box_of(page)
    hand = context.new_cdp_session(page)
    x, y = middle(page, 0.7, 0.3)

    def touch(kind, *fingers):
        points = [{"x": a, "y": b, "id": k} for k, (a, b) in enumerate(fingers)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (x, y))
    for k in range(1, 6):
        touch("touchMove", (x - 8 * k, y))
    touch("touchEnd")
    one = box_of(page)
    assert (one != before) == zoomed
    touch("touchStart", (x - 30, y))
    touch("touchStart", (x - 30, y), (x + 30, y))
    for k in range(1, 6):
        touch("touchMove", (x - 30 - 6 * k, y), (x + 30 + 6 * k, y))
    touch("touchEnd")
    two = box_of(page)
    widths = [box[1] - box[0] for box in (two, one or [-1, 11])]
    if zoomed:
        assert widths[0] / widths[1] == pytest.approx(0.5, abs=0.05)
    else:
        assert widths[0] < widths[1]
    assert settings(page)["x"] == "0,0"
    context.close()


def test_what_is_seen_goes_into_the_address_and_into_space(new_page):
    page = drawn(new_page("#surface&f=himmelblau&box=2,4,1,3"))
    near = pictured(page)
    assert box_of(page) == [2, 4, 1, 3]
    page.click("[data-tab=relief]")
    part = pictured(drawn(page))
    assert page.locator("#whole").is_visible()
    page.click("#whole")
    assert pictured(drawn(page)) != part
    page.click("[data-tab=map]")
    assert pictured(drawn(page)) != near


@pytest.mark.parametrize("box", ["0,1e-9,0,1e-9", "1,2"])
def test_a_box_that_cannot_be_seen_is_left_out_and_told(new_page, box):
    page = drawn(new_page(f"#surface&f=himmelblau&box={box}"))
    assert box_of(page) is None
    assert "box" in page.inner_text("#told")


def test_the_graph_of_one_variable_is_looked_at_nearer_too(new_page):
    page = drawn(new_page("#surface&f=escape"))
    before = pictured(page)
    page.mouse.move(*middle(page))
    wheeled(page)
    low, high = box_of(page)
    assert 0 < high - low < 11
    assert pictured(page) != before


NEAR_A_FLAT_MINIMUM = """async () => {
  const { described } = await import('/page/surface/source.js');
  const { basinMap } = await import('/page/surface/basins.js');
  const found = await described('0.0001*x^2 + y^2');
  const [x, y] = found.minima[0].x;
  const view = [[x - 0.004, x + 0.004], [y - 4e-7, y + 4e-7]];
  const map = await basinMap(found.tape, found, { rate: 0.5, size: 8, view });
  return [...new Set(map.which)];
}"""


def test_a_basin_is_the_same_however_near_one_looks(lab_page):
    # where these starts rest at once, they are as far from the minimum as the box is wide
    assert drawn(lab_page).evaluate(NEAR_A_FLAT_MINIMUM) == [0]
