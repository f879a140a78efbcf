"""What a newcomer sees without reading: the ways in, the signs, what an address had wrong."""

import pytest

from tests.lab import browser
from tests.lab.browser import NARROW, WIDE
from tests.lab.fake_training import FakeTraining, row
from tests.lab.test_network import drawn, opened, shows

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

chromium, lab_address, new_page = browser.chromium, browser.lab_address, browser.new_page

SCREENS = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "phone"])
TONGUES = pytest.mark.parametrize("lang", ["en-US", "ru-RU"])
PICTURES = ["path", "rates", "escape", "network", "size"]
SHAPE = """(one) => {
  const { clipPath, backgroundColor, width } = getComputedStyle(one, "::before");
  return [clipPath, backgroundColor, parseFloat(width)];
}"""
FILL = "(one) => [getComputedStyle(one).display, getComputedStyle(one).backgroundColor]"


@pytest.fixture
def network(new_page, lab_address):
    """Opens the network view of this screen before a stand-in with these runs."""

    def shown(viewport, *runs, **how):
        page = new_page(viewport=viewport, **how)
        page.wait_for_selector("header")
        page.base = lab_address.split("/?")[0]
        fake = FakeTraining(page)
        for run in runs:
            fake.new(**run)
        opened(page)
        return page, fake

    return shown


def surface(page):
    page.wait_for_selector(".surface .maths math")
    return page


def in_sight(page, where):
    """Whether all of it is on the screen, nothing scrolled."""
    box, size = page.locator(where).bounding_box(), page.viewport_size
    inside = box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
    return inside and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


@SCREENS
@TONGUES
def test_the_lectures_pictures_are_in_sight(new_page, viewport, lang):
    page = surface(new_page(lang=lang, viewport=viewport))
    for picture in PICTURES:
        assert in_sight(page, f"[data-picture=picture_{picture}]"), picture


def test_one_press_shows_a_picture(new_page):
    page = surface(new_page())
    page.click("[data-picture=picture_rates]")
    shows(page, ".verdict", "Diverged")
    page.click("[data-picture=picture_escape]")
    shows(page, ".verdict", "to the minimum 0")
    page.click("[data-picture=picture_network]")
    shows(page, ".state", "Trained 10 epochs")


@SCREENS
@pytest.mark.parametrize("runs", [[], [{"state": "finished", "history": [row(1)]}]])
def test_start_is_in_sight_before_and_after_a_training(network, viewport, runs):
    page, _ = network(viewport, *runs)
    assert in_sight(page, "button.start")


def test_start_leads_to_the_field_that_is_wrong(network):
    page, fake = network(NARROW)
    page.fill("#n-batch", "0")
    page.click("button.start")
    assert page.evaluate("document.activeElement.id") == "n-batch"
    assert not fake.asked("start")


def test_the_field_says_what_it_is_for_until_something_is_drawn(network):
    page, _ = network(NARROW, {"state": "finished", "history": [row(1)]}, touch=True)
    shows(page, ".hint", "Draw a digit")
    drawn(page)
    assert page.is_hidden(".hint")
    shows(page, ".drawn", "sees a 3")
    page.get_by_role("button", name="Clear").click()
    assert page.is_visible(".hint")


@SCREENS
def test_what_the_network_gets_right_is_green_on_every_screen(network, viewport):
    page, _ = network(viewport, {"state": "finished", "history": [row(1)]})
    page.get_by_role("tab", name="Mistakes").click()
    display, colour = page.locator(".confusion td.right").first.evaluate(FILL)
    assert display == "table-cell"
    assert colour not in ("rgba(0, 0, 0, 0)", page.locator("body").evaluate(FILL)[1])


def test_of_many_runs_the_chosen_one_is_seen_and_a_tick_moves_nothing(network):
    page, _ = network(
        WIDE, *[{"state": "finished", "rate": k, "history": [row(1)]} for k in range(1, 13)]
    )
    at = "document.querySelector('.network .chips').scrollTop"
    room = page.locator(".network .chips").bounding_box()
    chosen = page.locator(".chip:has([aria-pressed=true])").bounding_box()
    assert room["y"] <= chosen["y"]
    assert chosen["y"] + chosen["height"] <= room["y"] + room["height"] + 1
    before = page.evaluate(at)
    assert before > 0
    page.locator(".chip input").nth(9).check()
    assert page.evaluate(at) == before


def test_a_pause_within_an_epoch_says_so(network):
    page, fake = network(WIDE, {})
    page.locator("button.start").click()
    shows(page, ".state", "Paused in epoch 1 of 10")
    page.locator("button.start").click()
    shows(page, ".state", "Training")
    fake.epoch("r1")
    shows(page, ".state", "epoch 2 of 10")
    page.locator("button.start").click()
    shows(page, ".state", "Paused after epoch 1 of 10")
    fake.progress("r1", 1.5)
    shows(page, ".state", "Paused in epoch 2 of 10")


def test_runs_laid_over_each_other_are_read_by_their_rates(network):
    page, _ = network(
        WIDE, *[{"state": "finished", "rate": k, "history": [row(1)]} for k in (1, 2)]
    )
    page.locator(".chip input").first.check()
    shows(page, ".curves .reading", "η = 1, epoch 1", "η = 2, epoch 1")


def test_a_players_signs_are_shapes_that_every_system_has(new_page):
    page = surface(new_page())
    signs = [page.locator(f"#{name}") for name in ("play", "first", "back", "on")]
    shapes = [sign.evaluate(SHAPE) for sign in signs]
    page.click("#first")
    page.click("#play")
    shapes.append(page.locator("#play[data-sign=pause]").evaluate(SHAPE))
    assert len({clip for clip, *_ in shapes}) == 5
    assert all(clip.startswith("polygon") and width > 8 for clip, _, width in shapes)
    assert not any(ink == "rgba(0, 0, 0, 0)" for _, ink, _ in shapes)
    assert not any(sign.text_content() for sign in signs)


def test_a_phone_has_a_short_header_and_a_long_scrubber(new_page):
    for lang in ("en-US", "ru-RU"):
        page = surface(new_page(lang=lang, viewport=NARROW))
        assert page.locator("header").bounding_box()["height"] < 100
        assert page.locator("#scrub").bounding_box()["width"] > 280


@TONGUES
def test_several_paths_have_a_line_each_on_a_phone(new_page, lang):
    page = surface(new_page(lang=lang, viewport=NARROW))
    page.click("[data-picture=picture_rates]")
    page.locator(".keeper .chips li").nth(2).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    for path in page.locator(".keeper .chips li").all():
        assert path.bounding_box()["height"] < 36


def test_on_a_projector_the_picture_stays_large(new_page):
    page = surface(new_page())
    page.click("#large")
    page.wait_for_timeout(200)
    picture = page.locator(".surface .picture").bounding_box()
    assert picture["width"] > 0.4 * WIDE["width"]


def test_a_function_of_one_variable_has_a_graph_and_no_map(new_page):
    page = surface(new_page("#surface&f=escape"))
    assert page.inner_text("[data-tab=map]") == "Graph"
    page.click("[data-picture=picture_path]")
    shows(page, "[data-tab=map]", "Map")


def test_the_help_explains_every_sign_of_the_header(new_page):
    page = surface(new_page())
    page.click("#help")
    said = page.inner_text("dialog")
    for sign in page.locator(".tools [title]").all():
        assert sign.get_attribute("title") in said
        assert sign.inner_text() in said
    assert "Space" in said
    assert "1–3" in said


@pytest.mark.parametrize(
    ("place", "parts"),
    [("surface&rate=%E0%A4&zz=3", ["rate", "zz"]),
     ("bridge&rate=%E0%A4&tab=wires", ["rate", "tab"]),
     ("network&seed=%E0%A4&batch=0", ["seed", "Batch"])],
)  # fmt: skip
def test_all_that_is_wrong_with_an_address_is_told_until_it_is_read(new_page, place, parts):
    page = new_page(f"#{place}")
    page.wait_for_selector(f".{place.split('&')[0]}")
    shows(page, "#told", *parts)
    assert page.is_visible("#told button")  # and does not go by itself
