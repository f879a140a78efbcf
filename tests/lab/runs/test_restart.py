"""The lab is closed and opened anew while a page stays: it shows no run that is gone."""

import socket

import pytest

from tests.lab import browser
from tests.lab.fake_training import FakeTraining
from tests.lab.server.test_server import running
from tests.lab.test_network import opened, shows

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page
SECONDS = 1000  # in Playwright's milliseconds


@pytest.fixture
def port():
    """A port that is free, for two labs one after the other."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return str(door.getsockname()[1])


def test_the_runs_of_before_are_gone(chromium, port):
    context = chromium.new_context(locale="ru-RU")  # its console may speak of the lost connection
    page = context.new_page()
    with running("--port", port) as (address, _):
        page.goto(address)
        page.wait_for_selector(".maths math")
        page.click("#gallery")
        page.click("[data-item=picture_network]")
        page.wait_for_selector(".state[data-look=good]")
    shows(page, ".state", "Связь потеряна")
    with running("--port", port) as (address, _):
        shows(page, ".state", "эту страницу она не знает", "напечатала в терминале")
        assert page.is_disabled("button.start")
        page.evaluate("address => void fetch(address)", address)  # as another tab would open it
        page.wait_for_selector("button.start:not(:disabled)")
        shows(page, ".state", "Прежних обучений больше нет")
        assert page.locator(".chip").count() == 0
        page.click("button.start")
        page.wait_for_selector(".state[data-look=good]")
        assert page.locator(".chip").count() == 1
    context.close()


def test_a_new_run_with_an_old_name_is_not_mixed_up_with_it(new_page, lab_address):
    page = new_page()
    page.base = lab_address.split("/?")[0]
    fake = FakeTraining(page)
    fake.new()
    opened(page)
    fake.progress("r1", 0.5)
    shows(page, "#n-now-speed", "12,345")
    fake.lab, fake.runs = "second", {}
    fake.new(rate=7)
    fake.sockets[-1].close()
    shows(page, ".chip", "η = 7")
    shows(page, ".state", "opened anew")
    assert page.inner_text("#n-now-speed") == "—", "the speed of the run that is gone"


def test_the_same_lab_keeps_its_runs(new_page, lab_address):
    page = new_page()
    page.base = lab_address.split("/?")[0]
    fake = FakeTraining(page)
    fake.new()
    opened(page)
    fake.sockets[-1].close()
    shows(page, ".state", "Training: epoch 1 of 10")


def test_a_full_house_is_explained_and_one_gets_in_later(new_page, lab_address):
    page = new_page(lang="ru-RU")
    page.base = lab_address.split("/?")[0]
    fake = FakeTraining(page)
    fake.full = True
    page.goto(f"{page.base}/#network")
    shows(page, ".state", "сто страниц")
    fake.full = False
    page.wait_for_selector("button.start:not(:disabled)")
    shows(page, ".state", "Пуск")


def test_a_run_that_is_over_is_watched_no_longer(new_page, lab_address):
    page = new_page()
    page.base = lab_address.split("/?")[0]
    fake = FakeTraining(page)
    fake.new(state="finished")
    fake.new(state="finished")
    opened(page)
    page.click(".chip[data-id=r1] button")
    page.click(".chip[data-id=r2] button")
    page.wait_for_timeout(200)
    assert [message["id"] for message in fake.asked("unwatch")] == ["r2", "r1"]
