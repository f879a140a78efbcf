"""The bridge's bound 2/λmax: its Hessians are right, and it is the bound of the steps."""

import pytest

from tests.lab import browser

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

chromium, lab_address = browser.chromium, browser.lab_address
new_page = browser.new_page


@pytest.mark.parametrize(("lang", "says"), [("en-US", "λmax of C here = "),
                                            ("ru-RU", "λmax для C здесь = ")])  # fmt: skip
def test_the_bound_stands_on_the_slider_and_follows_the_point(new_page, lang, says):
    page = new_page("#bridge", lang)
    mark = page.locator(".bound")
    mark.wait_for()
    last = mark.inner_text()
    assert says in last
    place = mark.bounding_box()["x"]
    for _ in range(175):  # farther up the path f curves otherwise
        page.keyboard.press("ArrowLeft")
    assert mark.inner_text() != last
    page.click("#tab-network")
    mark.wait_for()
    assert says in mark.inner_text()
    assert mark.bounding_box()["x"] != place
