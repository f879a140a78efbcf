"""The page's modules on a plain server of their own, opened in Chromium, without the lab."""

import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from spusk.lab.facts import facts
from spusk.lab.server.app import KINDS
from tests.lab.modules import CHROMIUM, QUIET, ROOT, ways

SOFTWARE_GL = ["--enable-unsafe-swiftshader"]  # the processor draws WebGL too
BLANK = b"""<!doctype html><html lang="en"><title>modules</title>
<link rel="icon" href="/page/icon.svg">
<link rel="stylesheet" href="/page/style.css"><main id="lab"></main>"""

TAKE = "async (facts) => (await import('/page/core/facts.js')).take(facts)"


class Modules(SimpleHTTPRequestHandler):
    """Serves src/spusk/lab, and at / an empty page, under the lab's own policy."""

    extensions_map = {f".{end}": kind for end, kind in KINDS.items()}  # noqa: RUF012

    def do_GET(self):
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(BLANK)

    def end_headers(self):
        self.send_header("Content-Security-Policy", "default-src 'self'")
        super().end_headers()

    def log_message(self, *args):
        pass


@contextmanager
def pages():
    """Gives a function that opens a page which can import the modules.

    A message of an error on a page's console is a failure.
    """
    if "chromium" not in ways():
        pytest.skip("no Playwright with Chromium here")
    from playwright.sync_api import sync_playwright

    handler = partial(Modules, directory=ROOT / "src/spusk/lab")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said = []
    try:
        with sync_playwright() as tool:
            address = f"http://127.0.0.1:{server.server_port}/"
            yield partial(opened, tool.chromium, address, said)
    finally:
        server.shutdown()
        server.server_close()
    assert not said, said


def opened(chromium, address, said, *, webgl=True):
    """A page in a browser of its own."""
    args = [*QUIET, *(SOFTWARE_GL if webgl else ["--disable-3d-apis"])]
    browser = chromium.launch(executable_path=CHROMIUM, args=args)
    page = browser.new_page(viewport={"width": 600, "height": 600})
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.evaluate(TAKE, facts())
    return page


def until(page, true, seconds=30):
    """Waits for a JavaScript sentence; Playwright's own wait would need eval."""
    ends = time.monotonic() + seconds
    while not page.evaluate(true):
        assert time.monotonic() < ends, true
        page.wait_for_timeout(20)
