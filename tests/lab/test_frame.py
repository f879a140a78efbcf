"""The page's frame: views and what they remember, language, sharing, saving, broken addresses."""

import re

import pytest

from tests.lab import browser
from tests.lab.test_surface import drawn, set_to, settings

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

chromium, lab_address = browser.chromium, browser.lab_address
lab_page, new_page = browser.lab_page, browser.new_page

NO_CLIPBOARD = {
    "missing": "Object.defineProperty(navigator, 'clipboard', {value: undefined})",
    "denied": """Object.defineProperty(navigator, 'clipboard', {value: {
        writeText: async () => { throw new DOMException('no', 'NotAllowedError'); } }})""",
}
COPIES = """Object.defineProperty(navigator, 'clipboard', {value: {
    writeText: async (text) => { window.copied = text; }}})"""
SELECTED = """() => {
  const { value, selectionStart, selectionEnd } = document.querySelector('dialog input');
  return value.slice(selectionStart, selectionEnd);
}"""
SHIFTS = """new Promise((done) => {
  let moved = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) moved += shift.value; // typed or clicked ones too
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(moved), 100);
})"""


@pytest.mark.parametrize("clipboard", NO_CLIPBOARD)
def test_where_the_clipboard_is_out_of_reach_the_address_is_shown_to_copy(lab_page, clipboard):
    page = drawn(lab_page)  # as in a class: http://192.168.… is no secure context
    page.evaluate(NO_CLIPBOARD[clipboard])
    page.click("#share")
    page.wait_for_selector("dialog[open] input")
    assert page.evaluate(SELECTED) == page.evaluate("location.href")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def test_sharing_copies_the_address(lab_page):
    page = drawn(lab_page)
    page.evaluate(COPIES)
    page.click("#share")
    page.wait_for_selector("#told:not([hidden])")
    assert page.evaluate("window.copied") == page.evaluate("location.href")
    assert "copied" in page.inner_text("#told")
    assert page.locator("dialog").count() == 0


def test_the_page_is_saved_with_the_formula_that_is_shown(new_page):
    page = drawn(new_page("#surface&f=x%5E2%2B7*y%5E2"))
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.suggested_filename == "spusk-lab.html"
    with open(download.value.path(), encoding="utf-8") as file:
        assert '"opening":{"settings":{"f":"x^2+7*y^2"}}' in file.read()


@pytest.mark.parametrize(
    ("answer", "told"),
    [({"status": 429, "json": {"error": "The lab is busy."}}, "The lab is busy."),
     ({"status": 500, "body": "<html>"}, "could not be saved"), (None, "could not be saved")],
)  # fmt: skip
def test_a_page_that_cannot_be_saved_is_told(lab_address, chromium, answer, told):
    page = chromium.new_page(locale="en-US")  # its console tells of the answer
    page.goto(lab_address)
    drawn(page)
    page.route("**/export*", lambda route: route.fulfill(**answer) if answer else route.abort())
    page.click("#save")
    page.wait_for_function("told => document.querySelector('#told').textContent.includes(told)",
                           arg=told)  # fmt: skip
    assert page.is_visible("#told")
    page.close()


@pytest.mark.parametrize("by", ["keys", "tabs"])
def test_a_view_is_found_as_it_was_left(new_page, by):
    page = drawn(new_page())
    set_to(page, "#formula", "x^2 + 3*y^2")
    page.wait_for_function("() => document.querySelector('.maths').textContent.includes('3')")
    page.click("#keep")
    set_to(page, "#rate-number", "0.07")
    page.click("#keep")  # and away at once, before the address is written
    for number, view in (("2", "bridge"), ("1", "surface")):
        page.keyboard.press(number) if by == "keys" else page.click(f"nav [data-view={view}]")
        page.wait_for_selector(f".{view}")
    drawn(page)
    now = settings(page)
    assert (now["f"], now["rate"]) == ("x^2 + 3*y^2", "0.07")
    assert page.locator(".chips li").count() == 2


@pytest.mark.parametrize("strange", ["constructor", "toString", "__proto__", "hasOwnProperty", "x"])
def test_a_view_that_there_is_not_is_told_and_the_surface_shown(new_page, strange):
    page = drawn(new_page(f"#{strange}"))
    assert f"#{strange}" in page.inner_text("#told")
    assert page.get_attribute("nav [data-view=surface]", "aria-current") == "page"


def test_a_broken_address_is_told_by_its_part_until_it_is_read(new_page):
    page = drawn(new_page("#surface&rate=%E0%A4&f=booth"))
    assert "rate" in page.inner_text("#told")
    assert settings(page)["f"] == "booth"  # the rest counts
    page.wait_for_timeout(5500)
    assert page.is_visible("#told")
    page.click("#told button")
    assert page.is_hidden("#told")


def test_an_address_without_an_end_is_told(new_page):
    page = drawn(new_page("#surface&f=" + "x" * 5000))
    assert "4,000" in page.inner_text("#told") or "4000" in page.inner_text("#told")


@pytest.mark.parametrize(
    ("first", "stored", "spoken"),
    [(["de", "ru-RU", "en"], None, "ru"), (["ru"], "en", "en")],
)  # fmt: skip
def test_the_first_language_that_is_ours_is_spoken(lab_address, chromium, first, stored, spoken):
    context = chromium.new_context(locale="en-US")
    context.add_init_script(
        f"Object.defineProperty(navigator, 'languages', {{value: {first}}});"
        + (f"localStorage.setItem('spusk.lang', '{stored}')" if stored else "")
    )
    page = context.new_page()
    page.goto(lab_address)
    drawn(page)
    assert page.get_attribute("html", "lang") == spoken
    context.close()


@pytest.mark.parametrize("viewport", [browser.WIDE, browser.NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("lang", ["en-US", "ru-RU"])
def test_large_letters_fit_and_last(new_page, viewport, lang):
    page = drawn(new_page("#surface&f=himmelblau&rule=adam", lang, viewport=viewport))
    size = "parseFloat(getComputedStyle(document.querySelector('.verdict')).fontSize)"
    plain = page.evaluate(size)
    page.click("#large")
    page.wait_for_timeout(300)
    assert page.evaluate(size) == pytest.approx(22 / 16 * plain)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.reload()
    assert drawn(page).evaluate(size) == pytest.approx(22 / 16 * plain)
    page.click("#large")
    assert page.evaluate(size) == plain


@pytest.mark.parametrize(("viewport", "most"), [(browser.WIDE, 0.01), (browser.NARROW, 0.05)])
def test_nothing_jumps_while_a_formula_loads(new_page, viewport, most):
    page = drawn(new_page("#surface&f=himmelblau", viewport=viewport))
    assert page.evaluate(SHIFTS) < most
    set_to(page, "#formula", "x^2 + 3*y^2")
    page.wait_for_function("() => document.querySelector('.maths').textContent.includes('3')")
    drawn(page)
    assert page.evaluate(SHIFTS) < most  # of the first picture, too


def test_every_picture_of_the_frame_has_a_name_of_its_own(lab_page):
    drawn(lab_page)
    names = lab_page.locator("header .tools button").evaluate_all(
        "all => all.map((one) => one.getAttribute('aria-label') ?? one.textContent)"
    )
    assert len(names) == len(set(names)) == 6
    assert not any(re.fullmatch(r"\W*", name) for name in names)
