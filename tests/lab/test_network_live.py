"""The network view and its connection: stale answers, old errors, a link that dies in silence."""

import re

import pytest
from playwright.sync_api import expect

from tests.lab import browser, test_network
from tests.lab.fake_training import row
from tests.lab.test_network import bars, drawn, opened, shows, state

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page
page, fake = test_network.page, test_network.fake

SECONDS = 1000


def test_an_answer_that_was_overtaken_changes_nothing(page, fake):
    fake.new(history=[row(1)])
    opened(page)
    state(page, "epoch 2 of 10")
    stale = fake.runs["r1"] | {"history": [row(1)]}
    fake.epoch("r1")
    fake.end("r1", "finished", "Trained to the end.")
    state(page, "Trained to the end.")
    fake.say({"run": stale})
    page.wait_for_timeout(200)
    state(page, "Trained to the end.")
    assert page.locator("button.start").inner_text() == "Start"
    shows(page, ".curves .reading", "epoch 2")


def test_a_shorter_history_of_a_run_under_way_changes_nothing(page, fake):
    fake.new(history=[row(1)])
    opened(page)
    state(page, "epoch 2 of 10")
    stale = fake.runs["r1"] | {"history": [row(1)]}
    fake.epoch("r1")
    state(page, "epoch 3 of 10")
    fake.say({"run": stale})
    page.wait_for_timeout(200)
    state(page, "epoch 3 of 10")


def test_a_run_that_was_forgotten_does_not_come_back(page, fake):
    fake.new(state="finished", history=[row(1)], rate=0.5)
    fake.new(state="finished", history=[row(1)], rate=2)
    opened(page)
    stale = dict(fake.runs["r1"])
    page.locator(".chip", has_text="η = 0.5").get_by_label("Forget").click()
    page.locator(".chip", has_text="η = 0.5").wait_for(state="detached")
    fake.say({"run": stale})
    page.wait_for_timeout(200)
    assert page.locator(".chip").count() == 1


def test_an_old_error_is_over_when_another_run_is_looked_at(page, fake):
    fake.new(state="finished", history=[row(1)], rate=0.5, sentence="The first is trained.")
    fake.new(state="finished", history=[row(1)], rate=2, sentence="The second is trained.")
    opened(page)
    fake.start = lambda message: {"error": "Two trainings are running.", "do": "start"}
    page.locator("button.start").click()
    state(page, "Two trainings are running.")
    page.locator(".chip button", has_text="η = 0.5").click()
    state(page, "The first is trained.")


def test_what_the_page_asks_by_itself_fails_where_it_would_be_seen(page, fake):
    fake.new(state="finished", history=[row(1)], sentence="It is trained.")
    opened(page)
    for what in ("weights", "confusion", "draw"):
        setattr(fake, what, lambda message: {"error": "Not now.", "do": message["do"]})
    page.get_by_role("tab", name="Weights").click()
    shows(page, ".picture .empty", "Not now.")
    state(page, "It is trained.")
    drawn(page)
    shows(page, ".drawn", "Not now.")
    state(page, "It is trained.")
    del fake.weights, fake.draw
    page.get_by_role("tab", name="Curves").click()
    page.get_by_role("tab", name="Weights").click()
    page.locator("canvas.weights").wait_for()
    drawn(page)
    shows(page, ".drawn", "sees a 3")


def test_a_link_that_died_in_silence_is_noticed_and_made_anew(page, fake):
    fake.new(history=[row(1)])
    page.clock.install()
    opened(page)
    state(page, "Training")
    answer, fake.answer = fake.answer, lambda socket, message: fake.heard.append(message)
    before, fake.silent = len(fake.sockets), True
    for _ in range(8):
        page.clock.run_for(5 * SECONDS)
    state(page, "connection is lost")
    assert fake.heard[-1]["do"] == "ping"
    fake.answer, fake.silent = answer, False
    for _ in range(4):
        page.clock.run_for(5 * SECONDS)
    state(page, "epoch 2 of 10")
    assert len(fake.sockets) > before


def test_a_quiet_link_stays_and_is_asked_seldom(page, fake):
    fake.new(state="finished", history=[row(1)], sentence="It is trained.")
    fake.ping = lambda message: {"error": "Not understood.", "do": "ping"}  # life all the same
    page.clock.install()
    opened(page)
    state(page, "It is trained.")
    before = len(fake.sockets), len(fake.heard)
    for _ in range(24):
        page.clock.run_for(5 * SECONDS)
    state(page, "It is trained.")
    assert len(fake.sockets) == before[0]
    asked = [message["do"] for message in fake.heard[before[1] :]]
    assert set(asked) == {"ping"}
    assert len(asked) <= 12, "in two minutes"


def held_answers(page, fake):
    """Answers to drawings that come when they are let go."""
    kept, answer = [], fake.answer

    def hold(socket, message):
        if message["do"] == "draw":
            fake.heard.append(message)
            kept.append((socket, message))
        else:
            answer(socket, message)

    fake.answer = hold
    return lambda: fake.say(fake.draw(kept[-1][1]), kept[-1][0])


def test_one_drawing_at_most_is_under_way_and_the_newest_goes_next(page, fake):
    fake.new(state="finished", history=[row(1)])
    opened(page)
    let_go = held_answers(page, fake)
    drawn(page)
    page.wait_for_timeout(300)
    assert len(fake.asked("draw")) == 1, "the first stroke goes at once, the others wait"
    let_go()
    page.wait_for_timeout(200)
    assert len(fake.asked("draw")) == 2
    let_go()
    page.wait_for_timeout(200)
    assert len(fake.asked("draw")) == 2, "nothing new was drawn"
    assert bars(page)[3] == "90%"
    pixels = [sum(p > 0 for p in asked["pixels"]) for asked in fake.asked("draw")]
    assert pixels[1] > 3 * pixels[0], "the whole drawing is in the second"


def test_a_new_link_is_asked_about_the_drawing_though_the_old_one_never_answered(page, fake):
    fake.new(state="finished", history=[row(1)])
    opened(page)
    answer = fake.answer
    held_answers(page, fake)
    drawn(page)
    fake.answer = answer
    fake.sockets[-1].close()
    state(page, "connection is lost")
    shows(page, ".drawn", "sees a 3")


def test_a_running_training_is_found_again_by_a_page_that_is_reloaded(page):
    opened(page, "#network&epochs=1000&layers=784-400-10&rate=0.5")
    page.locator("button.start").click()
    shows(page, "#n-now-epoch", re.compile(r"^[1-9]"))
    page.reload()
    shows(page, "button.start", "Pause")
    state(page, "Training: epoch")
    seen = float(page.locator("#n-now-epoch").inner_text().split(" ")[0].replace(",", ""))
    expect(page.locator("#n-layers")).to_be_disabled()
    page.wait_for_function(
        "seen => parseFloat(document.querySelector('#n-now-epoch').textContent) > seen + 1",
        arg=seen)  # fmt: skip
    page.locator("button", has_text="Stop").click()
    state(page, "Stopped in epoch")
    page.locator(".chip", has_text="784-400-10").last.get_by_label("Forget").click()


def test_nothing_moves_when_a_run_starts(page, fake):
    opened(page)
    page.evaluate("""() => {
        window.moved = [];
        new PerformanceObserver((list) => moved.push(...list.getEntries().map((entry) =>
            [entry.value, ...entry.sources.map(({ node }) => node?.className ?? node?.nodeName)])))
            .observe({ type: "layout-shift" });
    }""")
    parts = ".picture, .right > *, .now div"
    places = f"""() => [...document.querySelectorAll("{parts}")].map((one) => {{
        const {{ x, y, width, height }} = one.getBoundingClientRect();
        return [x, y, width, height];
    }})"""
    before = page.evaluate(places)
    page.locator("button.start").click()
    state(page, "Training")
    fake.progress("r1", 0.4)
    fake.epoch("r1")
    state(page, "epoch 2 of 10")
    page.wait_for_timeout(300)
    assert page.evaluate(places) == before
    shifts = [shift for shift in page.evaluate("moved") if shift[0] > 0.02]
    assert not shifts, shifts
