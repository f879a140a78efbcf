"""The bridge's address gives the same picture; languages and tabs keep what was learned."""

import re

import pytest

from tests.lab import test_bridge
from tests.lab.browser import NARROW, WIDE
from tests.lab.test_bridge import pixels, shown, slide, weights

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

lab, opened = test_bridge.lab, test_bridge.opened

SECONDS = 1000


def place(page):
    """The address after #, once it rests."""
    page.wait_for_timeout(600)
    return page.url.split("#")[1]


def epochs(page):
    return int(page.locator(".verdict").get_attribute("data-epochs"))


def until_epochs(page, at_least, seconds=20):
    page.wait_for_function(
        "n => Number(document.querySelector('.verdict')?.dataset.epochs) >= n",
        arg=at_least, timeout=seconds * SECONDS)  # fmt: skip


def learned(page):
    """What the plane's picture shows, in numbers: all weights are in the cost."""
    verdict = page.locator(".verdict")
    return [verdict.get_attribute(f"data-{part}") for part in ("epochs", "cost", "accuracy")]


def speak_other(page):
    page.click("#language")
    page.wait_for_selector("#language >> text=English")
    page.wait_for_selector(".bridge .controls")
    page.wait_for_timeout(200)


def test_a_shared_plane_is_learned_again_with_every_rate_it_had(opened):
    with opened("bridge&tab=plane&data=moons&seed=5") as page:
        for _ in range(30):
            page.get_by_role("button", name="One epoch").click()
        slide(page, "Learning rate η", "0.5")
        slide(page, "Batch size", "25")
        for _ in range(7):
            page.get_by_role("button", name="One epoch").click()
        first, picture, shared = learned(page), pixels(page, "#learning-map"), place(page)
        assert first[0] == "37"
    with opened(shared) as page:
        until_epochs(page, 37)
        assert learned(page) == first
        assert pixels(page, "#learning-map") == picture
        page.get_by_role("button", name="From the start again").click()
        assert "&n=" not in place(page)
    with opened("bridge&tab=plane&data=moons&seed=5&n=37,1,10") as page:
        until_epochs(page, 37)
        assert learned(page) != first, "the rate and the batch it was taught with count"


def test_points_put_on_a_set_are_shared_with_the_network_that_learns_them(opened):
    with opened("bridge&tab=plane&data=moons") as page:
        box = page.locator("#learning-map").bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.2)
        for _ in range(5):
            page.get_by_role("button", name="One epoch").click()
        first, shared = learned(page), place(page)
    with opened(shared) as page:
        until_epochs(page, 5)
        assert learned(page) == first


def test_what_cannot_be_learned_again_is_not_promised(opened):
    with opened("bridge&tab=plane&data=own") as page:
        page.get_by_role("button", name="One epoch").click()
        assert "&n=1%2C" in place(page)
        box = page.locator("#learning-map").bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.2)
        page.get_by_role("button", name="One epoch").click()
        assert epochs(page) == 2
        assert "&n=" not in place(page)


def test_another_language_goes_on_with_what_was_learned(opened):
    with opened("bridge&tab=plane&data=circles") as page:
        page.click("#learn")
        until_epochs(page, 60)
        page.click("#learn")
        before = learned(page)
        speak_other(page)
        assert learned(page) == before
        page.get_by_role("button", name="Одна эпоха").click()
        assert epochs(page) == int(before[0]) + 1
    with opened("bridge&tab=network") as page:
        page.get_by_role("button", name="100 epochs").click()
        page.click("#forward")
        before = shown(page)
        speak_other(page)
        assert shown(page) == before
        assert "эпох, пройденных разом: 100" in page.inner_text(".controls")


@pytest.mark.parametrize("steps", [
    ["forward"], ["forward", "forward", "backward"],
    ["forward", "forward", "backward", "backward", "update"],
], ids=len)  # fmt: skip
def test_a_shared_pass_shows_the_same_numbers(opened, steps):
    with opened("bridge&tab=network&example=and&seed=3") as page:
        page.get_by_role("button", name="100 epochs").click()
        page.get_by_role("button", name="Take example 2").click()
        for step in steps:
            page.click(f"#{step}")
        if steps[-1] == "update":
            slide(page, "Learning rate η", "1")  # the step keeps the rate that it was made with
        first, formulas, shared = shown(page), page.inner_text(".formulas"), place(page)
        table = page.inner_text(".answers")
    with opened(shared) as page:
        assert shown(page) == first
        assert page.inner_text(".formulas") == formulas
        assert page.inner_text(".answers") == table
        assert "epochs run in one go: 100" in page.inner_text(".controls")


def test_a_start_that_was_dragged_is_the_one_in_the_address(opened):
    with opened("bridge&tab=neuron&n=20") as page:
        box = page.locator("#neuron-map").bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.637, box["y"] + box["height"] * 0.283)
        first, shared = weights(page), place(page)
        page.get_by_role("slider", name="Step").focus()
    with opened(shared) as page:
        assert weights(page) == first


def test_tabs_are_found_as_they_were_left(opened):
    with opened("bridge&tab=plane&data=own") as page:
        box = page.locator("#learning-map").bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.2)
        before = pixels(page, "#learning-map")
        page.click("#tab-neuron")
        slide(page, "Learning rate η", "0")
        page.click("#tab-plane")
        page.mouse.move(5, 5)
        assert page.locator(".choice select").first.input_value() == "own"
        assert pixels(page, "#learning-map") == before
        assert "points=" in place(page)
        page.click("#tab-neuron")
        assert "&rate=1&" in place(page)


@pytest.mark.parametrize("data", ["circles", "spiral"])
def test_circles_and_a_spiral_are_learned(opened, data):
    layers = {"circles": "h=6&layers=1", "spiral": "h=8&layers=2"}[data]
    with opened(f"bridge&tab=plane&data={data}&{layers}&n=600,1,10") as page:
        until_epochs(page, 600, seconds=40)
        assert float(page.locator(".verdict").get_attribute("data-accuracy")) >= 0.95


def test_what_strangers_say_was_learned_is_checked(opened):
    with opened("bridge&tab=network&w=1,2,3,4,5,6,7,8,1e99&phase=6") as page:
        assert re.search(r"(\(|: )w, phase[).]", page.inner_text("#told"))


def test_the_curve_tells_its_numbers_by_finger_and_by_keys(lab):
    browser, address = lab
    context = browser.new_context(
        has_touch=True, locale="en", viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(f"{address}#bridge&tab=plane&n=40,1,10")
    until_epochs(page, 40)
    curve = page.locator(".curve")
    curve.scroll_into_view_if_needed()
    box = curve.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 8, box["y"] + 40)
    cost = page.locator(".verdict").get_attribute("data-cost")
    reading = page.locator(".panel .reading")
    assert reading.inner_text().startswith("Epoch 40: C = ")
    assert float(reading.inner_text().split("=")[1]) == pytest.approx(float(cost), rel=1e-2)
    curve.focus()
    page.keyboard.press("ArrowLeft")
    assert reading.inner_text().startswith("Epoch 39: ")
    context.close()


def test_pictures_that_keys_work_let_a_screen_reader_pass_them(opened):
    for tab in ("neuron", "plane"):
        with opened(f"bridge&tab={tab}") as page:
            told = "all => all.map((one) => [one.getAttribute('role'), Boolean(one.ariaLabel)])"
            roles = page.locator("canvas[tabindex]").evaluate_all(told)
            assert roles == [["application", True]] * 2


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "phone"])
def test_the_2_2_1_numbers_grow_with_the_pages(opened, viewport):
    tall = """() => parseFloat(getComputedStyle(document.querySelector(".net text")).fontSize)
        * document.querySelector(".net").getScreenCTM().a"""
    with opened("bridge&tab=network", viewport=viewport) as page:
        for step in ("forward", "forward", "backward", "backward"):
            page.click(f"#{step}")
        plain = page.evaluate(tall)
        page.get_by_role("button", name="Large").click()
        assert page.evaluate(tall) > 1.2 * plain
        outside = page.locator(".net [data-key]").evaluate_all("""all => all.filter((one) => {
            const [a, b] = [one, one.closest("svg")].map((each) => each.getBoundingClientRect());
            return a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom;
        }).map((one) => one.textContent)""")
        assert not outside
