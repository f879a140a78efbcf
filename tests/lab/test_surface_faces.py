"""The Surface while the server is busy, slow or gone, and while a worker fails: it is told."""

import json

import pytest

from tests.lab import browser
from tests.lab.test_surface import drawn, pictured, set_to, settings, verdict

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

chromium, lab_address = browser.chromium, browser.lab_address
new_page = browser.new_page
BUSY = {"status": 429, "json": {"error": "The lab is busy with other formulas."}}
SLOW = {"status": 503, "json": {"error": "This formula takes longer than 5 s."}}


@pytest.fixture
def page(chromium):
    """A page whose console may tell of a request that failed."""
    page = chromium.new_page(locale="en-US", viewport=browser.WIDE)
    page.set_default_timeout(browser.PATIENCE)
    yield page
    page.close()


def failing(page, path, *answers):
    """The first requests for a path get these answers (None: none at all), then the server's."""
    left = list(answers)

    def answer(route):
        if not left:
            return route.continue_()
        given = left.pop(0)
        return route.abort() if given is None else route.fulfill(**given)

    page.route(path, answer)
    return left


@pytest.mark.parametrize("answer", [BUSY, SLOW, None], ids=["busy", "slow", "gone"])
def test_the_first_formula_is_asked_for_again(page, lab_address, answer):
    failing(page, "**/formula", answer, answer)
    page.goto(lab_address + "#surface&f=booth&rate=0.07")
    page.wait_for_selector("#formula-wrong:not([hidden])")
    said = answer["json"]["error"] if answer else "trying again"
    assert said in page.inner_text("#formula-wrong")
    assert page.input_value("#formula") == "booth"  # Draw asks for it, too
    assert page.get_attribute("#formula", "aria-invalid") is None  # nothing is wrong with it
    drawn(page)
    assert page.is_hidden("#formula-wrong")
    assert settings(page)["rate"] == "0.07"


def test_who_writes_another_formula_does_not_wait_for_the_first(page, lab_address):
    left = failing(page, "**/formula", BUSY, BUSY, BUSY, BUSY)
    page.goto(lab_address + "#surface&f=booth")
    page.wait_for_selector("#formula-wrong:not([hidden])")
    page.press("#formula", "End")
    page.keyboard.type("!")
    assert page.is_hidden("#formula-wrong")
    left.clear()
    page.wait_for_timeout(1500)
    assert page.input_value("#formula") == "booth!"
    assert page.locator("#verdict[data-outcome]").count() == 0
    set_to(page, "#formula", "x^2 + y^2")
    drawn(page)
    assert settings(page)["f"] == "x^2 + y^2"


def test_a_view_left_while_it_waits_stays_left(page, lab_address):
    failing(page, "**/formula", *[BUSY] * 2)
    page.goto(lab_address)
    page.wait_for_selector("#formula-wrong:not([hidden])")
    page.click("nav [data-view=bridge]")
    page.wait_for_selector(".bridge")
    page.wait_for_timeout(2000)
    assert page.evaluate("location.hash").startswith("#bridge")
    assert page.locator(".surface").count() == 0


def test_a_formula_that_stays_slow_is_told_and_left(page, lab_address):
    failing(page, "**/formula", *[SLOW] * 3)
    page.goto(lab_address)
    page.wait_for_timeout(2500)
    assert SLOW["json"]["error"] in page.inner_text("#formula-wrong")
    assert page.locator("#verdict[data-outcome]").count() == 0
    page.click("#draw")
    drawn(page)


def test_a_gallery_that_did_not_come_is_asked_for_again(page, lab_address):
    failing(page, "**/gallery", None, {"status": 500, "json": {}})
    page.goto(lab_address)
    drawn(page)
    page.click("#gallery")  # the second time
    page.wait_for_selector("text=The lab does not answer")
    page.click("#gallery")
    page.click("#gallery")
    page.click("[data-item=booth]")
    page.wait_for_function("() => document.querySelector('#formula').value.includes('2*y - 7')")


def test_basins_have_a_face_while_they_are_computed_and_when_they_fail(page, lab_address):
    page.goto(lab_address + "#surface&f=himmelblau")
    plain = pictured(drawn(page))
    page.route("**/basins", lambda route: route.fulfill(status=204))  # the server makes none
    failing(page, "**/basins-worker.js", None, None)
    page.click("[data-tab=basins]")
    page.wait_for_selector(".legend [role=status]")
    assert "Computing" in page.inner_text(".legend")
    page.wait_for_selector(".legend [role=alert]")
    assert pictured(drawn(page)) == plain  # no old colours look like these
    page.click("[data-tab=basins]")
    page.wait_for_selector(".legend .chip")
    coloured = pictured(drawn(page))
    set_to(page, "#rate-number", "0.02")
    page.wait_for_selector(".legend [role=status]")
    page.wait_for_timeout(30)
    assert pictured(page) != coloured
    page.wait_for_selector(".legend .chip")


def test_gallery_and_pictures_speak_russian(new_page):
    page = drawn(new_page(lang="ru-RU"))
    page.click("#gallery")
    page.wait_for_selector("[data-item=trap]")
    labels = page.locator(".menu [data-item] span:first-child").all_inner_texts()
    assert len(labels) == 19
    assert not [label for label in labels if label.isascii()]


def test_a_settled_verdict_is_not_lost_by_a_second_failure(page, lab_address):
    page.goto(lab_address)
    before = verdict(drawn(page))
    page.route(
        "**/formula", lambda route: route.fulfill(status=500, body=json.dumps({"error": "x"}))
    )
    set_to(page, "#formula", "x^2")
    page.wait_for_selector("#formula-wrong:not([hidden])")
    assert verdict(page) == before
