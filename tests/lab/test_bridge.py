"""The bridge in a browser: it does what it shows."""

import json
import re
from contextlib import contextmanager

import numpy as np
import pytest

import spusk
from tests.lab.modules import CHROMIUM, QUIET, ways
from tests.lab.server.test_server import running


@pytest.fixture(scope="module")
def lab():
    """A real server and a browser on it: opens pages at an address after #."""
    if "chromium" not in ways():
        pytest.skip("no Playwright with Chromium here")
    from playwright.sync_api import sync_playwright

    with running() as (address, _), sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser, address
        browser.close()


@pytest.fixture
def opened(lab):
    browser, address = lab
    wrong = []

    @contextmanager
    def opened(place, **options):
        page = browser.new_page(
            **{"locale": "en", "viewport": {"width": 1280, "height": 800}} | options
        )
        page.on("console", lambda m: m.type in ("error", "warning") and wrong.append(m.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{address}#{place}")
        page.wait_for_selector(".bridge .controls")
        page.wait_for_timeout(100)
        yield page
        page.close()

    yield opened
    assert not wrong, wrong


def slide(page, label, value):
    page.get_by_label(label).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
    )


def weights(page):
    return json.loads(page.locator(".numbers").get_attribute("data-w"))


def pixels(page, selector):
    page.wait_for_timeout(60)
    return page.locator(selector).evaluate("canvas => canvas.toDataURL()")


def test_the_path_and_the_line_move_with_the_rate(opened):
    with opened("bridge&tab=neuron&rate=10&n=20") as page:
        before = weights(page), pixels(page, "#neuron-map"), pixels(page, "#neuron-data")
        slide(page, "learning rate η", "0")
        after = weights(page), pixels(page, "#neuron-map"), pixels(page, "#neuron-data")
        assert all(one != other for one, other in zip(before, after, strict=True))
        page.wait_for_url("**rate=1&**")
        shared = page.url
    with opened(shared.split("#")[1]) as page:
        assert weights(page) == after[0]


def test_start_points_and_play(opened):
    with opened("bridge&tab=neuron&n=0") as page:
        place = page.locator("#neuron-map").bounding_box()
        page.mouse.click(place["x"] + place["width"] * 0.7, place["y"] + place["height"] * 0.3)
        w1, w2 = weights(page)
        assert w1 > 1
        assert w2 > 1
        page.keyboard.press("ArrowRight")
        assert weights(page) != [w1, w2]
        data = page.locator("#neuron-data").bounding_box()
        for _ in range(2):
            page.mouse.click(data["x"] + data["width"] * 0.8, data["y"] + data["height"] * 0.7)
        page.wait_for_function("() => location.hash.includes('set=own')")
        page.wait_for_timeout(400)
        assert page.url.count("%3B") + 1 == 11, (
            "the second click takes hold of the point and does not move it"
        )
        page.keyboard.down("Shift")
        page.mouse.click(data["x"] + data["width"] * 0.8, data["y"] + data["height"] * 0.7)
        page.keyboard.up("Shift")
        page.wait_for_timeout(400)
        assert page.url.count("%3B") + 1 == 10
        page.get_by_role("button", name="Play").click()
        page.wait_for_function("() => Number(document.querySelector('.numbers').dataset.n) > 4")


def shown(page):
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("[data-key]")]
        .map((one) => [one.dataset.key, Number(one.dataset.value)]))""")


def test_every_number_of_the_passes_is_pythons(opened):
    with opened("bridge&tab=network&example=or&seed=4&rate=2") as page:
        start = shown(page)
        assert not [key for key in start if key[0] in "zadg"], "nothing is computed yet"
        for name in ("forward", "forward", "backward", "backward"):
            page.click(f"#{name}")
        numbers = shown(page)
        net = spusk.Network([2, 2, 1], dtype=np.float64)
        fill(net, start)
        x, y = (
            np.array([[numbers["x0.1"], numbers["x0.2"]]]),
            np.array([[max(numbers["x0.1"], numbers["x0.2"])]]),
        )
        _, a, delta = net.propagate(x, y)
        slopes = net.gradients(spusk.Sample(x, y))
        for number, layer in enumerate(slopes.layers, 1):
            for j in range(len(layer.b)):
                at = f"{number}.{j + 1}"
                assert numbers[f"a{at}"] == pytest.approx(a[number][0, j], rel=1e-12)
                assert numbers[f"d{at}"] == pytest.approx(delta[number - 1][0, j], rel=1e-12)
                assert numbers[f"gb{at}"] == pytest.approx(layer.b[j], rel=1e-12)
                for i in range(len(layer.W)):
                    assert numbers[f"gW{number}.{i + 1}{j + 1}"] == pytest.approx(
                        layer.W[i, j], rel=1e-12
                    )
        page.click("#update")
        net.theta -= 2 * slopes.theta
        new = shown(page)
        fill(other := net.copy(), new)
        np.testing.assert_allclose(other.theta, net.theta, rtol=1e-12)
        assert "W₁₁⁽¹⁾ := W₁₁⁽¹⁾ − η ∂C/∂W₁₁⁽¹⁾" in page.inner_text(".formulas")


def fill(net, numbers):
    for number, layer in enumerate(net.layers, 1):
        for j in range(len(layer.b)):
            layer.b[j] = numbers[f"b{number}.{j + 1}"]
            for i in range(len(layer.W)):
                layer.W[i, j] = numbers[f"W{number}.{i + 1}{j + 1}"]


def test_xor_is_learned(opened):
    with opened("bridge&tab=network") as page:
        for _ in range(10):
            page.get_by_role("button", name="100 epochs").click()
        found = [float(row.inner_text()) for row in page.locator(".answers td:nth-child(4)").all()]
        assert [round(a) for a in found] == [0, 1, 1, 0]


def test_two_moons_are_learned_and_the_boundary_is_drawn(opened):
    with opened("bridge&tab=plane&data=moons&seed=2") as page:
        before = pixels(page, "#learning-map")
        page.click("#learn")
        page.wait_for_function(
            "() => Number(document.querySelector('.verdict').dataset.epochs) >= 60"
        )
        page.click("#learn")
        verdict = page.locator(".verdict")
        assert float(verdict.get_attribute("data-accuracy")) >= 0.95
        assert int(verdict.get_attribute("data-epochs")) < 500
        assert pixels(page, "#learning-map") != before
        assert verdict.get_attribute("aria-live") == "polite"
        page.get_by_role("button", name="From the start again").click()
        assert verdict.get_attribute("data-epochs") == "0"
        assert pixels(page, "#learning-map") == before, "the seed gives the same picture"


def test_the_language_can_be_switched_on_every_tab(opened):
    for tab in ("neuron", "network", "plane"):
        with opened(f"bridge&tab={tab}", viewport={"width": 360, "height": 740}) as page:
            english = page.inner_text(".bridge-floor")
            page.click("#language")
            page.wait_for_selector("#language >> text=English")
            page.wait_for_selector(".bridge .controls")
            assert page.inner_text(".bridge-floor") != english
            assert page.get_by_role("tab", selected=True).get_attribute("id") == f"tab-{tab}"
            assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("place", "wrong"), [
    ("tab=wires", "tab"), ("tab=neuron&rate=1e9&start=1,2,3", "rate, start"),
    ("tab=neuron&set=own&points=1,2", "points"),
    ("tab=plane&h=2000&seed=-1&layers=1.5", "seed, h, layers"),
    ("tab=network&example=__proto__&rate=NaN", "example, rate"),
])  # fmt: skip
def test_a_broken_address_is_explained_and_not_followed(opened, place, wrong):
    with opened(f"bridge&{place}") as page:
        assert re.search(rf"(\(|: ){wrong}[).]", page.inner_text("#told"))
        assert page.is_visible("#told button"), "it stays until it is put away"


def test_a_point_put_on_a_set_makes_it_ones_own(opened):
    with opened("bridge&tab=plane&data=circles") as page:
        place = page.locator("#learning-map").bounding_box()
        x, y = place["x"] + place["width"] * 0.3, place["y"] + place["height"] * 0.2
        page.mouse.click(x, y)
        page.wait_for_url("**data=own**")
        added = page.url
        assert added.count("%3B") + 1 == 41
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 30, y + 10, steps=3)
        page.mouse.up()
        page.locator("#learning-map").focus()
        page.keyboard.press("PageDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Delete")
        page.wait_for_timeout(400)
        assert page.url.count("%3B") + 1 == 40
        page.get_by_role("button", name="One epoch").click()
        assert page.locator(".verdict").get_attribute("data-epochs") == "1"


def test_keys_move_what_the_mouse_moves_and_the_theme_repaints(opened):
    with opened("bridge&tab=neuron&n=0&rate=10") as page:
        start = weights(page)
        page.locator("#neuron-map").focus()
        page.keyboard.press("ArrowUp")
        assert weights(page) == [start[0], start[1] + 0.25]
        page.get_by_role("tab", selected=True).focus()
        before = pixels(page, "#neuron-data")
        page.get_by_role("button", name="Light or dark").click()
        assert pixels(page, "#neuron-data") != before
        page.get_by_role("tab", selected=True).focus()
        page.keyboard.press("ArrowRight")
        assert page.get_by_role("tab", selected=True).get_attribute("id") == "tab-network"
        page.get_by_role("tabpanel").click(position={"x": 5, "y": 5})
        for _ in range(5):
            page.keyboard.press("Space")
        assert page.locator("#update").is_disabled()
        assert len(page.locator(".formulas p").all()) == 9
