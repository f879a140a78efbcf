"""A shared link on another site, clicked in a real browser: who has the key gets in with it."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.lab import browser

lab_address, chromium = browser.lab_address, browser.chromium
PICTURE = "#surface&f=himmelblau&rate=0.01"


@contextmanager
def other_site(link):
    """A page with a link, on localhost: another site than 127.0.0.1."""

    class Chat(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(
                f'<!doctype html><title>chat</title><a href="{link}">look</a>'.encode()
            )

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(locale="en-US")
    made = context.new_page()
    made.set_default_timeout(browser.PATIENCE)
    yield made
    context.close()


def test_a_link_in_a_chat_opens_its_picture(page, lab_address):
    page.goto(lab_address)
    page.wait_for_selector("#verdict")
    base = lab_address.split("?")[0]
    with other_site(base + PICTURE) as chat:
        page.goto(chat)
        page.click("a")
        page.wait_for_selector("#verdict")
        assert page.url.startswith(f"{base}#surface&")
        assert "himmelblau" in page.url


def test_the_printed_address_in_a_chat_opens_the_lab(page, lab_address):
    """As a teacher sends it; the cookie is set on the way and not sent on that way."""
    with other_site(lab_address + PICTURE) as chat:
        page.goto(chat)
        page.click("a")
        page.wait_for_selector("#verdict")
        assert "himmelblau" in page.url
        assert "token" not in page.url


def test_a_stranger_stays_at_the_door(page, lab_address):
    base = lab_address.split("?")[0]
    asked = []
    with other_site(base + PICTURE) as chat:
        page.goto(chat)
        page.on("request", lambda request: asked.append(request.url))
        page.click("a")
        page.wait_for_selector("text=lets in only those")
        page.wait_for_timeout(300)
        assert asked == [base, f"{base}page/again.js"], "it does not knock again and again"
        page.click("a")
        page.wait_for_selector("text=lets in only those")


def test_another_app_on_this_machine_triggers_nothing(page, lab_address):
    """127.0.0.1 with another port is the same site: the cookie goes along, and is not enough."""
    page.goto(lab_address)
    export = lab_address.split("?")[0] + "export"
    with other_site(export) as app:
        page.goto(app.replace("localhost", "127.0.0.1"))
        with page.expect_response(export) as heard:
            page.click("a")
        assert "spusk-" in heard.value.request.all_headers().get("cookie", "")
        assert heard.value.status == 403
        page.wait_for_selector("#verdict")
