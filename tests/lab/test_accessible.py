"""Every view, each of its tabs, judged by axe-core: two themes, wide and on a phone.

axe runs as Playwright's own script, outside the page's content security policy.
"""

from importlib.resources import files

import pytest

from tests.lab import browser
from tests.lab.browser import NARROW, WIDE

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page

FOUND = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    ({id, impact, help, nodes}) => [id, impact, help, ...nodes.slice(0, 4).map(
        ({target, html, any}) => `${target.join(" ")} · ${html.slice(0, 120)} · ${any[0]?.message}`
    )])"""
TABS = {
    "surface": ("map", "relief", "basins", "escape"),
    "bridge": ("neuron", "network", "plane"),
    "network": ("curves", "weights", "mistakes"),
}
LOOKS = [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)]
looks = pytest.mark.parametrize(("theme", "viewport"), LOOKS, ids=lambda v: str(
    v if isinstance(v, str) else v["width"]))  # fmt: skip


def faults(page):
    """What axe finds wrong with the page as it stands, of whatever weight."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    return page.evaluate(FOUND)


def sound(page, place):
    """Fails with all that is wrong."""
    found = faults(page)
    assert not found, "\n".join([place, *("\n  ".join(map(str, fault)) for fault in found)])


@looks
def test_the_surface(new_page, theme, viewport):
    page = new_page("#surface&f=styblinski-tang", theme=theme, viewport=viewport)
    page.wait_for_selector(".surface .maths math")
    page.wait_for_selector("[data-tab=escape]:not([hidden])")
    for tab in TABS["surface"]:
        page.click(f"[data-tab={tab}]")
        page.wait_for_timeout(300)
        sound(page, f"surface {tab}")
    page.click("[data-tab=map]")
    page.click("#gallery")
    page.wait_for_selector(".menu [data-item=booth]")
    sound(page, "surface, gallery open")
    page.keyboard.press("Escape")
    page.click("#keep")
    page.fill("#formula", "x^")
    page.keyboard.press("Enter")
    page.wait_for_selector("#formula-wrong:not([hidden])")
    sound(page, "surface, a wrong formula and a kept path")


@looks
def test_the_bridge(new_page, theme, viewport):
    page = new_page("#bridge", theme=theme, viewport=viewport)
    for tab in TABS["bridge"]:
        page.click(f"#tab-{tab}")
        page.wait_for_timeout(300)
        sound(page, f"bridge {tab}")


@looks
def test_the_network(new_page, lab_address, theme, viewport):
    page = new_page("#network", theme=theme, viewport=viewport)
    page.wait_for_selector("button.start:not(:disabled)")
    sound(page, "network, nothing trained")
    page.click("button.start")
    page.wait_for_selector(".chip")
    for tab in TABS["network"]:
        page.click(f"#n-tab-{tab}")
        page.wait_for_timeout(700)
        sound(page, f"network {tab}")


def test_russian_views(new_page, lab_address):
    page = new_page("#network", lang="ru-RU", viewport=NARROW)
    page.wait_for_selector("button.start:not(:disabled)")
    page.click("button.start")
    page.wait_for_selector(".chip")
    for tab in TABS["network"]:
        page.click(f"#n-tab-{tab}")
        page.wait_for_timeout(700)
        sound(page, f"network {tab}, in Russian")
    for tab in TABS["bridge"]:
        page.goto(lab_address.split("/?")[0] + f"/#bridge&tab={tab}")
        page.wait_for_selector(f"#tab-{tab}[aria-selected=true]")
        page.wait_for_timeout(300)
        sound(page, f"bridge {tab}, in Russian")
    page.click("[data-view=surface]")
    page.wait_for_selector(".surface .maths math")
    page.click("#gallery")
    page.wait_for_selector(".menu [data-item=booth]")
    sound(page, "surface, gallery open, in Russian")


def test_the_help(new_page):
    page = new_page()
    page.wait_for_selector(".surface")
    page.keyboard.press("Shift+Slash")
    page.wait_for_selector("dialog")
    sound(page, "help")


def test_a_fault_is_found(new_page):
    page = new_page()
    page.wait_for_selector(".surface")
    page.evaluate("document.querySelector('#language').textContent = ''")
    assert any(impact == "critical" for _, impact, *_ in faults(page))
