"""Every number of the network view is explained where it is touched: by finger and by keys."""

import re

import pytest

from tests.lab import browser
from tests.lab.browser import NARROW
from tests.lab.fake_training import FakeTraining, row
from tests.lab.test_network import opened, shows

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page


@pytest.fixture
def page(new_page, lab_address):
    """A phone: nothing hovers."""
    page = new_page(viewport=NARROW, touch=True)
    page.wait_for_selector("header")
    page.base = lab_address.split("/?")[0]
    return page


@pytest.fixture
def fake(page):
    fake = FakeTraining(page)
    fake.new(state="finished", history=[row(1), row(2), row(3)], epochs=3)
    return fake


def tapped(page, where, across, down=0.5):
    """A finger on a place of an element, in shares of its width and height."""
    element = page.locator(where).first
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * across, box["y"] + box["height"] * down)


def test_the_curves_tell_an_epoch_by_finger_and_by_keys(page, fake):
    opened(page)
    shows(page, ".curves .reading", "epoch 3")
    tapped(page, "canvas.curve", 0.45)
    shows(page, ".curves .reading", "epoch 1")
    page.locator("canvas.curve").first.focus()
    page.keyboard.press("ArrowRight")
    shows(page, ".curves .reading", "epoch 2")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    shows(page, ".curves .reading", "epoch 3")
    page.keyboard.press("ArrowLeft")
    shows(page, ".curves .reading", "epoch 2")
    page.keyboard.press("Escape")
    shows(page, ".curves .reading", "epoch 3")
    assert not fake.asked("step"), "an arrow on the curves trains nothing"


def test_the_weights_tell_a_pixel_by_finger_and_a_neuron_by_keys(page, fake):
    opened(page)
    page.get_by_role("tab", name="Weights").click()
    page.locator("canvas.weights").wait_for()
    page.wait_for_timeout(200)
    tapped(page, "canvas.weights", 0.02, 0.02)
    shows(page, ".picture .reading:visible", re.compile(r"Neuron 1, row \d+, column \d+: w = "))
    page.locator("canvas.weights").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    shows(page, ".picture .reading:visible", "Neuron 52: its weights go from −1 to 1")
    across = page.locator("canvas.weights").evaluate("c => Math.round(c.clientWidth)")
    page.keyboard.press("ArrowDown")
    below = page.locator(".picture .reading:visible").inner_text()
    assert int(re.search(r"Neuron (\d+)", below)[1]) > 52, across
    page.keyboard.press("ArrowUp")
    shows(page, ".picture .reading:visible", "Neuron 52:")
    spoken = "First-layer weights: the 30 strongest of 100 neurons"
    assert page.locator("canvas.weights").get_attribute("aria-label") == spoken
    assert page.get_by_text(spoken).is_visible()


def test_counts_and_mistakes_tell_what_they_are(page, fake):
    opened(page)
    page.get_by_role("tab", name="Mistakes").click()
    page.wait_for_selector(".wrongs canvas")
    tapped(page, "table.confusion td.right", 0.5)
    shows(page, ".mistakes .reading", "0 taken for 0: 95")
    tapped(page, ".wrongs li", 0.5)
    shows(page, ".mistakes .reading", "0 taken for 1, α = 70.0%")


def test_numbers_and_fields_say_what_they_mean(page, fake):
    opened(page)
    page.locator("button.why", has_text="examples/s").tap()
    shows(page, "#told", "examples/s: Examples trained in a second")
    page.locator("#n-rate").tap()
    shows(page, "#n-why", "η: Learning rate: how far a step goes")
    assert page.locator("#n-rate").get_attribute("aria-describedby") == "n-why"
    page.locator("#n-rate").fill("fast")
    page.locator("#n-rate").blur()
    assert page.locator("#n-rate").get_attribute("aria-describedby") == "n-wrong"
