"""Each view's main job done with the keyboard alone, on a Russian layout too."""

import pytest

from tests.lab import browser
from tests.lab.test_network import shows

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page

STOP = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    const {outlineStyle, outlineWidth} = getComputedStyle(at);
    return {name: at.id || at.className || at.textContent, body: at === document.body,
        seen: box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0,
        ringed: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2};
}"""
RUSSIAN = {"BracketLeft": "х", "BracketRight": "ъ", "Space": " ", "Digit2": "2"}


@pytest.fixture
def page(new_page):
    """The surface, drawn."""
    page = new_page()
    page.wait_for_selector(".surface .maths math")
    return page


def tab_to(page, where):
    """Presses Tab until this place has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("where => document.activeElement.matches(where)", where):
            return
    pytest.fail(f"{where} is not reached by Tab")


def russian(page, code):
    """The key at this place of the keyboard, as a Russian layout sends it."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent("
        'new KeyboardEvent("keydown", {code, key, bubbles: true, cancelable: true}))',
        [code, RUSSIAN[code]],
    )


def count(page):
    return page.inner_text(".count")


@pytest.mark.parametrize("view", ["surface", "bridge", "network"])
def test_every_stop_of_tab_is_seen(new_page, view):
    page = new_page(f"#{view}", lang="ru-RU")
    page.wait_for_selector({"surface": ".maths math", "bridge": "#neuron-map",
                            "network": ".network button.start:not(:disabled)"}[view])  # fmt: skip
    names = []
    while len(names) < 80:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["body"]:
            break
        names.append(stop["name"])
        assert stop["seen"], stop
        assert stop["ringed"], stop
    assert 15 < len(names) < 80, names


def test_the_surface_without_a_mouse(page):
    tab_to(page, "#formula")
    page.keyboard.press("Control+a")
    page.keyboard.type("x^2 + 3y^2")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.maths').textContent.includes('3')")
    tab_to(page, ".start")
    before = page.get_attribute(".start", "aria-label")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("old => document.querySelector('.start').ariaLabel !== old", arg=before)
    tab_to(page, "[data-tab=relief]")
    page.keyboard.press("Enter")
    assert page.get_attribute("[data-tab=relief]", "aria-pressed") == "true"
    tab_to(page, ".rate input[type=range]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")  # a slider leaves it to the player
    page.wait_for_selector("#play[data-sign=pause]")
    page.keyboard.press("Space")
    tab_to(page, "#first")
    page.keyboard.press("Enter")
    assert count(page) == "n = 0"
    page.keyboard.press("ArrowRight")
    assert count(page) == "n = 1"


def test_the_gallery_without_a_mouse(page):
    tab_to(page, "#gallery")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-item=booth]")
    tab_to(page, "[data-item=booth]")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#formula').value.includes('2*y - 7')")
    assert not page.is_visible("[data-item=booth]")
    page.focus("#gallery")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "gallery"


def test_keys_are_known_by_their_place(page):
    rate = page.input_value("#rate-number")
    russian(page, "BracketRight")
    assert page.input_value("#rate-number") != rate
    russian(page, "BracketLeft")
    assert page.input_value("#rate-number") == rate
    russian(page, "Space")
    page.wait_for_selector("#play[data-sign=pause]")
    russian(page, "Digit2")
    page.wait_for_selector("#neuron-map")


def test_the_bridge_without_a_mouse(page):
    page.keyboard.press("2")
    page.wait_for_selector("#neuron-map")
    tab_to(page, "#neuron-map")
    page.keyboard.press("Space")
    shows(page, ".verdict", "n = ")
    tab_to(page, "#neuron-data")
    page.keyboard.press("Enter")
    shows(page, ".verdict", "of")
    page.focus("#tab-neuron")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".net")
    tab_to(page, "figure")
    hint = page.inner_text(".touched")
    page.keyboard.press("ArrowDown")
    told = page.inner_text(".touched")
    page.keyboard.press("ArrowDown")
    assert len({hint, told, page.inner_text(".touched")}) == 3
    title = page.inner_text(".steps h2")
    page.keyboard.press("Space")
    page.wait_for_function(
        "old => document.querySelector('.steps h2').textContent !== old", arg=title
    )
    page.focus("#tab-network")
    page.keyboard.press("ArrowRight")
    tab_to(page, "#learn")
    page.keyboard.press("Enter")
    shows(page, ".verdict", "Epoch")


def test_the_network_without_a_mouse(page):
    page.keyboard.press("3")
    page.wait_for_selector(".network button.start:not(:disabled)")
    tab_to(page, "#n-epochs")
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    tab_to(page, "button.start")
    page.keyboard.press("Enter")
    page.wait_for_selector(".state[data-look=good]")
    tab_to(page, ".field")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    shows(page, ".drawn", "The network sees")
    tab_to(page, "[role=tab][aria-selected=true]")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "n-tab-weights"


def test_a_view_that_is_left_at_once_does_not_come_back(page):
    page.wait_for_timeout(300)  # nothing waits to be written
    page.evaluate("""() => {
        const late = [], soon = window.setTimeout;
        window.setTimeout = (work) => late.push(work);
        const press = new KeyboardEvent("keydown", {code: "ArrowLeft", bubbles: true});
        document.body.dispatchEvent(press);
        window.setTimeout = soon;
        location.hash = "network";
        late.forEach((work) => work()); // its address is written before the page hears of the other
    }""")
    page.wait_for_selector(".network")
    assert page.evaluate("location.hash").startswith("#network")


def test_the_help_and_the_other_language(page):
    page.keyboard.press("Shift+Slash")
    page.wait_for_selector("dialog")
    page.keyboard.press("Escape")
    tab_to(page, "#language")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.documentElement.lang === 'ru'")
    page.wait_for_selector(".surface .maths math")
    assert page.evaluate("document.activeElement.id") == "language", "the focus is not lost"
