"""The network's form: what a person typed stays; what cannot be started is said before it is."""

import pytest
from playwright.sync_api import expect

from spusk.lab.requests import MOST_ACTIVATIONS
from tests.lab import browser, test_network
from tests.lab.fake_training import row
from tests.lab.test_network import opened, shows, state

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page
page, fake = test_network.page, test_network.fake

LOOK_AWAY_AND_BACK = "document.dispatchEvent(new Event('visibilitychange'))"
LECTURE = (784, 89, 100306, 10)


def lists_heard(fake, count):
    """How often the list of runs was asked for, at least so often."""
    return len(fake.asked("runs")) >= count


def away_and_back(page, fake):
    """Another tab of the browser, and this one again; its list has come."""
    before = len(fake.asked("runs"))
    page.evaluate(LOOK_AWAY_AND_BACK)
    for _ in range(100):
        if lists_heard(fake, before + 1):
            break
        page.wait_for_timeout(20)
    assert lists_heard(fake, before + 1)
    page.wait_for_timeout(100)


def test_what_was_typed_stays_when_the_page_is_looked_at_again(page, fake):
    fake.new(state="finished", history=[row(1)], rate=3)
    opened(page)
    expect(page.locator("#n-rate")).to_have_value("3")
    page.locator("#n-rate").fill("0.5")
    page.locator("#n-rate").blur()
    away_and_back(page, fake)
    assert page.locator("#n-rate").input_value() == "0.5"
    fake.sockets[-1].close()
    state(page, "connection is lost")
    shows(page, "button.start:not(:disabled)")
    page.wait_for_timeout(100)
    assert page.locator("#n-rate").input_value() == "0.5"
    assert "&rate=0.5&" in page.url


def test_half_a_number_stays_too(page, fake):
    fake.new(state="finished", history=[row(1)], rate=3)
    opened(page)
    expect(page.locator("#n-rate")).to_have_value("3")
    page.locator("#n-rate").fill("0.")
    away_and_back(page, fake)
    assert page.locator("#n-rate").input_value() == "0."


def test_the_form_shows_the_training_that_is_found_under_way(page, fake):
    fake.new(state="finished", history=[row(1)], rate=3)
    fake.new(rate=2)
    opened(page)
    expect(page.locator("#n-rate")).to_have_value("2")
    assert page.locator("#n-rate").is_disabled()


def test_a_batch_too_large_for_the_layers_is_said_before_the_start(page, fake):
    opened(page)
    page.locator("#n-preset").select_option("lecture")
    most = MOST_ACTIVATIONS // sum(LECTURE)
    page.locator("#n-batch").fill(str(most + 1))
    page.locator("button.start").click()
    shows(page, "#n-wrong", f"1 to {most}")
    assert not fake.asked("start")
    page.locator("#n-batch").fill(str(most))
    page.locator("button.start").click()
    state(page, "Training")
    assert fake.asked("start")[0]["batch"] == most
    opened(page, f"#network&layers={'-'.join(map(str, LECTURE))}&init=wide&batch={most + 1}")
    shows(page, "#told", "in: Batch;")


def test_a_wide_start_without_a_hidden_layer_is_said_before_the_start(page, fake):
    opened(page)
    page.locator("#n-init").select_option("wide")
    page.locator("#n-layers").fill("784-10")
    page.locator("button.start").click()
    shows(page, "#n-wrong", "needs a hidden layer")
    assert not fake.asked("start")


def without_mnist(fake):
    fake.sets = [each | {"here": each["id"] != "mnist"} for each in fake.sets]


def test_without_mnist_the_lectures_network_takes_the_sample_and_says_so(page, fake):
    without_mnist(fake)
    opened(page)
    page.locator("#n-preset").select_option("lecture")
    assert page.locator("#n-data").input_value() == "sample"
    assert page.locator("#n-preset").input_value() == "lecture"
    shows(page, ".plan .instead", "the speed is the same", "spusk data get mnist")
    page.locator("#n-preset").select_option("small")
    expect(page.locator(".plan .instead")).to_be_hidden()
    plan = "data=mnist&layers=784-89-100306-10&rate=0.012&batch=10&epochs=10&init=wide&seed=0"
    opened(page, f"#network&{plan}")
    expect(page.locator("#n-data")).to_have_value("sample")
    shows(page, ".plan .instead", "the speed is the same")


def test_with_mnist_the_lectures_network_takes_it(page, fake):
    opened(page)
    page.locator("#n-preset").select_option("lecture")
    assert page.locator("#n-data").input_value() == "mnist"
    expect(page.locator(".plan .instead")).to_be_hidden()
