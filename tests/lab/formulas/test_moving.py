"""A descent made in Python, opened in the page as one file: there it moves, number for number."""

import json
import re

import pytest

import spusk
from spusk.errors import InputError
from spusk.lab.formulas.moving import moving_page
from spusk.optim.rules import RULES
from spusk.optim.schedules import constant, inverse
from tests.i18n.russian import refused
from tests.lab import browser
from tests.lab.formulas import test_export

chromium, opened = browser.chromium, test_export.opened

WAYS = {  # what is asked for, and the address in the page
    "plain": ({"rate": 0.1}, {"rule": "plain", "rate": "0.1"}),
    "constant": ({"rate": constant(0.1)}, {"rule": "plain", "rate": "0.1"}),
    "falling": ({"rate": inverse(0.1, 5)}, {"rule": "falling", "rate": "0.1", "half": "5.0"}),
    "armijo": ({"rate": 1, "search": "armijo"}, {"rule": "backtracking", "rate": "1.0"}),
    "momentum": ({"rate": 0.02, "rule": "momentum"}, {"rule": "momentum", "beta": "0.9"}),
    "nesterov": ({"rate": 0.02, "rule": "nesterov"}, {"rule": "nesterov", "beta": "0.9"}),
    "adam": (
        {"rate": 1e-3, "rule": "adam"},
        {"rule": "adam", "rate": "0.001", "beta": "0.9", "beta2": "0.999", "epsilon": "1e-08"},
    ),
}
FORMULA = "x^2 + 2*y^2"


def descents():
    """One for each way, one beside the other."""
    return [spusk.descend(FORMULA, (1, -k), **asked) for k, (asked, _) in enumerate(WAYS.values())]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """All of them in one file, in Russian, made by the public name."""
    path = tmp_path_factory.mktemp("moving") / "walk.html"
    return spusk.plots.save_animation(descents(), path, lang="ru")


def opening(results):
    """What the page is told to open with."""
    kept = re.search(r'id="offline">(.*?)</script>', moving_page(results, "en"))[1]
    return json.loads(kept)["opening"]


@pytest.mark.parametrize("way", WAYS)
def test_a_descent_is_told_as_the_page_has_it(way):
    asked, settings = WAYS[way]
    result = spusk.descend(FORMULA, (1, 2.5), **asked)
    found = opening([result])
    assert found["settings"].items() >= settings.items()
    assert (found["settings"]["x"], found["settings"]["n"]) == ("1.0,2.5", "0")
    assert (found["settings"]["steps"], found["lang"]) == (str(result.step), "en")


def test_a_gallery_function_has_its_name_and_a_callable_its_formula():
    assert opening([spusk.descend("himmelblau", (0, 0), 0.01)])["settings"]["f"] == "himmelblau"
    found = opening([spusk.descend(lambda x, y: (x - 1) ** 2 + y**4, [3, 0], 0.1)])["settings"]
    assert spusk.function(found["f"]).value([0.0, 3.0]) == 82


@pytest.mark.more  # played to its end
def test_it_plays_by_itself_to_the_last_step_in_the_language_it_was_made_in(file, opened):
    tab = opened()
    tab.wait_for_selector('#play[data-sign="pause"]')
    assert tab.evaluate("document.documentElement.lang") == "ru"
    assert tab.is_hidden("#told"), "nothing of it was ignored"
    assert tab.input_value("#rate-number").replace(",", ".") == "0.1"
    assert tab.locator(".keeper li").count() == len(WAYS) - 1
    steps = spusk.descend(FORMULA, (1, 0), 0.1).step
    test_export.expect(tab.locator(".count")).to_have_text(
        f"n = {steps}", timeout=test_export.browser.PATIENCE
    )
    tab.wait_for_selector('#play[data-sign="play"]')
    assert "&n=" in tab.url
    tab.click("#language")
    tab.wait_for_selector("html[lang=en] #play")
    assert tab.get_attribute("#play", "data-sign") == "play", "once is enough"


def test_who_wants_less_motion_starts_it(file, chromium):
    tab = chromium.new_context(reduced_motion="reduce").new_page()
    tab.goto(file.as_uri())
    tab.wait_for_selector("#verdict[data-outcome]")
    assert tab.inner_text(".count") == "n = 0"
    assert tab.get_attribute("#play", "data-sign") == "play"
    tab.context.close()


class Strange:
    """A rule of someone's own."""

    rate = 0.1

    def start(self, x):
        return ()

    def step(self, x, gradient, state, n):
        return x - 0.1 * gradient, state


@pytest.mark.parametrize(
    ("more", "found", "names"),
    [
        ({"rate": lambda n: 0.1}, "rate, or inverse.*lambda", ["inverse", "lambda"]),
        ({"rate": 1e7, "steps": 3}, "up to 1,000,000", ["inverse"]),
        ({"rule": lambda rate: Strange()}, "no rule Strange", ["Strange", *RULES]),
        ({"record": "last"}, "its end only", ["record"]),
        ({"rate": 1e-9, "steps": 10_001}, "found 1 and 10,001", []),
        ({"start": (2e12, 0), "steps": 3}, "found .2e.12", []),
    ],
)
def test_what_the_page_cannot_make_again_is_said_with_the_remedy(more, found, names):
    result = spusk.descend(FORMULA, **{"start": (1, 1), "rate": 0.1} | more)
    with refused(InputError, f"{found}.*save it as .gif", "gif", *names):
        moving_page([result], "en")


def test_eight_descents_and_a_callable_that_cannot_be_read_are_too_much():
    result = spusk.descend(FORMULA, (1, 1), 0.1)
    with refused(InputError, "at most 7 descents.*found 8", "gif"):
        moving_page([result] * 8, "en")
    unread = spusk.descend(lambda x, y: x * x if x > 0 else y * y, [3, 1], 0.1)
    with refused(InputError, "could not be read", "gif", "Python"):
        moving_page([unread], "en")
