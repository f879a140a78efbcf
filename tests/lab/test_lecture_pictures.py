"""The five pictures of the lecture: each one press away from the Surface's gallery."""

import pytest

from tests.lab import browser
from tests.lab.browser import NARROW
from tests.lab.server.test_server import running
from tests.lab.test_network import shows

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

chromium, new_page = browser.chromium, browser.new_page


@pytest.fixture(scope="module")
def lab_address():
    """A lab that sees whatever data this machine has."""
    with running() as (address, _):
        yield address


@pytest.fixture
def press(new_page):
    """Opens the lab as a newcomer does, and presses one line of the gallery."""

    def pressed(picture, page=None, **how):
        page = page or new_page(**how)
        page.wait_for_selector(".surface .maths math")
        page.click("#gallery")
        page.click(f"[data-item=picture_{picture}]")
        return page

    return pressed


def chips(page):
    return page.locator(".keeper .chips li").all_inner_texts()


def test_the_path_on_the_surface(press):
    page = press("path")
    shows(page, ".verdict", "Converged at step", "(5, 5)", "zigzags")
    assert page.input_value("#rate-number") == "0.3"


@pytest.mark.parametrize("viewport", [browser.WIDE, NARROW], ids=["wide", "phone"])
def test_large_and_small_rates(press, viewport):
    page = press("rates", viewport=viewport)
    shows(page, ".verdict", "Diverged")
    small, good, zigzag = chips(page)
    assert "out of steps" in small
    assert "converged" in good
    assert "converged" in zigzag


def test_the_escape(press):
    page = press("escape", lang="ru-RU")
    shows(page, ".verdict", "к точке минимума 0")
    assert len(chips(page)) == 1
    assert page.is_visible("[data-tab=escape]")


def test_a_network_learning(press):
    page = press("network", viewport=NARROW)
    shows(page, ".state", "Trained 10 epochs")
    shows(page, "#n-now-accuracy", "%")
    assert page.locator(".chip").count() == 1
    page.click("[data-view=surface]")
    page.wait_for_selector(".maths math")
    page.click("[data-view=network]")
    shows(page, "#n-now-epoch", "10 / 10")
    assert page.locator(".chip").count() == 1, "only the gallery starts a training"


def test_an_address_starts_no_training(new_page):
    page = new_page("#network&data=sample&layers=784-12-10")
    page.wait_for_selector("button.start:not(:disabled)")
    page.wait_for_timeout(500)
    assert page.locator("button.start").inner_text() == "Start"


def test_the_lecture_size_network_tells_its_speed(press):
    from spusk.data.folders import TRAIN, find, mnist_folder

    if find(mnist_folder(None), TRAIN, "images") is None:
        pytest.skip("no MNIST here")
    page = press("size")
    shows(page, ".chip [aria-pressed=true]", "784-89-100306-10")
    page.wait_for_function(
        "() => parseInt(document.querySelector('#n-now-speed').textContent) > 0", timeout=60_000
    )
    page.click("[data-view=surface]")
    press("size", page)  # the training under way is shown again, not begun twice
    shows(page, "button.start", "Pause")
    assert page.locator(".chip", has_text="100306").count() == 1
    page.click("text=Stop")
    shows(page, ".state", "Stopped in epoch 1")


@pytest.mark.parametrize(("lang", "words", "asked"), [
    ("en-US", ("learns the small sample", "spusk data get mnist", "terminal"),
     ("spusk data get mnist", "terminal", "Start", "the sample")),
    ("ru-RU", ("учится на малой выборке", "spusk data get mnist", "терминале"),
     ("spusk data get mnist", "терминал", "«Пуск»", "малую выборку")),
])  # fmt: skip
def test_without_mnist_the_lectures_network_runs_on_the_sample_by_one_press(
    chromium, tmp_path, monkeypatch, lang, words, asked
):
    monkeypatch.setenv("SPUSK_DATA", str(tmp_path))
    with running() as (address, _):
        page = chromium.new_context(locale=lang).new_page()
        page.goto(address)
        page.wait_for_selector(".surface .maths math")
        page.click("#gallery")
        page.click("[data-item=picture_size]")
        shows(page, ".chip [aria-pressed=true]", "784-89-100306-10")
        shows(page, ".plan .instead", *words)
        page.wait_for_function(
            "() => parseInt(document.querySelector('#n-now-speed').textContent) > 0",
            timeout=60_000,
        )
        page.locator(".controls button:not(:disabled)").last.click()
        page.wait_for_selector("#n-data:not(:disabled)", timeout=60_000)
        page.select_option("#n-data", "mnist")  # whoever asks for MNIST is told how to get it
        page.locator("button.start").click()
        shows(page, ".state[data-look=bad]", *asked)
        page.context.close()
