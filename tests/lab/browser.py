"""The real lab in a real browser: `lab_page`, a Chromium page opened on a running server.

A test module takes what it needs by name: `lab_page = browser.lab_page`, and the same for
`lab_address` and `chromium`, on which it stands.
"""

import pytest

from tests.lab.modules import CHROMIUM, QUIET, ways
from tests.lab.server.test_server import running

GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PATIENCE = 45_000  # ms: three browsers paint without a card on the two cores that also compute
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def lab_address():
    """The address that `spusk lab` printed, its token included."""
    with running() as (address, _):
        yield address


@pytest.fixture(scope="module")
def chromium():
    """The browser."""
    if "chromium" not in ways():
        pytest.skip("no Playwright with Chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *GL])
        yield browser
        browser.close()


@pytest.fixture
def new_page(lab_address, chromium):
    """Opens pages on the lab: new_page("#surface&…", lang="ru-RU", viewport=NARROW)."""
    contexts, said = [], []

    def opened(picture="", lang="en-US", theme="light", viewport=WIDE, touch=False):
        context = chromium.new_context(
            viewport=viewport, locale=lang, color_scheme=theme, has_touch=touch
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(lab_address + picture)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not said, said


@pytest.fixture
def lab_page(new_page):
    """The lab as it opens: English, light, wide; an error on its console fails the test."""
    return new_page()
