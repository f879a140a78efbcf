"""What an address, a form or a browser says is read, or told to be wrong; nothing is believed."""

from contextlib import nullcontext

import pytest

from spusk.errors import InputError
from spusk.lab.facts import facts
from spusk.lab.formulas.describe import described
from spusk.lab.requests import RequestReader
from tests.lab.modules import answers, call, calls

PLAN = facts()["presets"]["small"]


def test_an_address_is_a_view_and_its_settings():
    whole, bare, bad, long = calls([
        ("core/address.js", "read", "#surface&f=x%5E2&rate=0.1&x=1=2&n"),
        ("core/address.js", "read", ""),
        ("core/address.js", "read", "#bridge&f=%E0%A4%A&tab=plane&%="),
        ("core/address.js", "read", "#" + "x" * 4001),
    ])  # fmt: skip
    assert whole["view"] == "surface"
    assert whole["settings"] == {"f": "x^2", "rate": "0.1", "x": "1", "n": ""}
    assert bare == {"view": "", "settings": {}, "wrong": [], "long": False}
    assert (bad["wrong"], bad["settings"]) == (["f", "%"], {"tab": "plane"})
    assert long["long"] is True


def opened(name, **settings):
    job = {"kind": "opened", "described": described(name), "settings": settings}
    [found] = answers([job])
    return found


@pytest.mark.parametrize(("name", "part", "text"), [
    ("lecture", "x", "1"), ("escape", "x", "1,2"), ("himmelblau", "box", "1,2"),
    ("himmelblau", "box", "0,1e-9,0,1e-9"), ("escape", "show", "basins"),
    ("himmelblau", "show", "escape"), ("lecture", "keep", "0.1,plain,0.9,1"),
])  # fmt: skip
def test_what_does_not_fit_a_function_is_dropped(name, part, text):
    found = opened(name, **{part: text})
    assert (found["dropped"], found["wrong"]) == ([part], [])
    usual = opened(name)["text"]
    assert found["text"] == usual


@pytest.mark.parametrize(("part", "text"), [
    ("rate", "-1"), ("rate", "1e999"), ("rate", "1e7"), ("rate", "1e-13"), ("rate", ""),
    ("steps", "99999999"), ("steps", "0"), ("steps", "a"), ("n", "-3"),
    ("rule", "constructor"), ("rule", ""), ("x", "1,2,3"), ("x", "a"), ("x", "1e13,0"),
    ("keep", "1;2"), ("keep", "0.1,plain,0.9,1,2,3"), ("keep", "0.1,adam,0.9~0.9~1~1,0,0"),
    ("beta", "1"), ("beta2", "-0.1"), ("epsilon", "0"), ("half", "-1"),
    ("show", "<img src=x>"), ("box", "3,1,0,1"), ("box", "1,2,3"), ("box", "0,1e999"),
    ("__proto__", "1"), ("strange", "1"), ("f", " "), ("f", "x" * 501),
])  # fmt: skip
def test_what_is_no_setting_is_wrong(part, text):
    found = opened("lecture", **{part: text})
    assert (found["dropped"], found["wrong"]) == ([], [part])
    assert found["text"] == opened("lecture")["text"]


@pytest.mark.parametrize("settings", [
    {"x": "0.5,-1", "rate": "0.3", "rule": "adam", "beta": "0.8", "beta2": "0.9", "steps": "70",
     "n": "12", "epsilon": "0.001"},
    {"x": "1,2", "rate": "0.1", "rule": "falling", "half": "7", "steps": "50", "n": "50",
     "show": "basins", "box": "2,4,1,3"},
    {"x": "1,2", "rate": "0.1", "rule": "plain", "steps": "50", "n": "50",
     "keep": "0.2,plain,0.9,0,0;0.3,falling,7,1,1;0.1,adam,0.9~0.9~1e-8,0,1;0.1,momentum,0.5,0,1"},
])  # fmt: skip
def test_a_state_is_written_as_it_is_read(settings):
    text = opened("himmelblau", **settings)["text"]
    said = {key: str(value) for key, value in text.items()}
    assert said == {"f": "himmelblau", **settings}


@pytest.mark.parametrize(("part", "text"), [
    ("rate", "-1"), ("rate", "Infinity"), ("rate", "__proto__"), ("rate", "1e7"),
    ("layers", "784-10-9"), ("layers", "784-99999999-10"), ("layers", "784"),
    ("layers", "784-9-9-9-9-9-10"), ("batch", "1.5"), ("batch", "60001"), ("epochs", "0"),
    ("epochs", "1001"), ("init", "<img src=x>"), ("data", "/etc/passwd"), ("seed", "1e3"),
    ("seed", "9007199254740992"),
])  # fmt: skip
def test_what_is_no_part_of_a_plan_is_wrong_and_takes_the_default(part, text):
    found = call("network/plan.js", "readPlan", {part: text})
    assert (found["wrong"], found["plan"]) == ([part], PLAN)


def test_a_plan_is_read_as_people_write_it():
    texts = {"layers": "784–40 20; 10", "rate": "0,5", "batch": " 20 ", "init": "normal"}
    found = call("network/plan.js", "readPlan", texts)
    assert found["wrong"] == []
    expected = {"layers": "784-40-20-10", "rate": 0.5, "batch": 20, "init": "normal"}
    assert found["plan"] == PLAN | expected


@pytest.mark.parametrize("part", [part for part in facts()["least"] if part in PLAN])
def test_the_page_takes_the_numbers_that_the_server_takes(part):
    least, most = facts()["least"][part], facts()["limits"][part]
    if part == "batch":  # of these layers
        most = call("network/plan.js", "mostBatch", PLAN)
    for number in (least - 1, least, most, most + 1):
        good = least <= number <= most
        found = call("network/plan.js", "readPart", part, str(number), PLAN)
        assert found == (number if good else None)
        asked = PLAN | {"layers": [784, 30, 10], part: number}
        with nullcontext() if good else pytest.raises(InputError):
            assert getattr(RequestReader(asked, "en").training_request(), part) == number


def test_wide_layers_leave_room_for_few_examples():
    sizes = ("784-30-10", "784-89-100306-10")
    small, wide = calls([("network/plan.js", "mostBatch", {"layers": text}) for text in sizes])
    limits = facts()["limits"]
    assert small == limits["activations"] // 824
    assert wide == limits["activations"] // 101189
    assert calls([("network/plan.js", "presetOf", plan) for plan in facts()["presets"].values()]) \
        == list(facts()["presets"])  # fmt: skip


@pytest.mark.parametrize("text", [
    "5", "1e9,1,10", "5,1,10;0,1,10", "5,NaN,10", "5,1,10,1", "20001,1,10", "5,99,10", "5,1,1.5",
    "", ";".join(["1,1,10"] * 41),
], ids=range(10))  # fmt: skip
def test_what_was_not_taught_is_null(text):
    assert call("bridge/taught.js", "taughtFrom", text) is None


def test_what_was_taught_is_read_as_it_is_written():
    taught = call("bridge/taught.js", "taughtFrom", "37,1,10;5,0.5,25")
    assert taught == [{"n": 37, "rate": 1, "batch": 10}, {"n": 5, "rate": 0.5, "batch": 25}]
    assert call("bridge/taught.js", "taughtText", taught) == "37,1,10;5,0.5,25"


@pytest.mark.parametrize(("before", "browsers", "spoken"), [
    (None, ["en-US", "ru"], "en"), (None, ["ru-RU", "en"], "ru"), (None, ["de", "ru", "en"], "ru"),
    (None, ["de"], "en"), ("en", ["ru"], "en"), ("constructor", ["en"], "en"), ("xx", ["ru"], "ru"),
])  # fmt: skip
def test_the_first_language_that_is_ours_is_spoken(before, browsers, spoken):
    assert call("core/words.js", "chosen", [before, *browsers]) == spoken


@pytest.mark.parametrize(("value", "lang", "text"), [
    (0.1, "en", "0.1"), (0.1, "ru", "0,1"), (-2.5, "en", "−2.5"), (1234.5678, "en", "1230"),
    (0.000123, "en", "1.23·10⁻⁴"), (5e7, "ru", "5·10⁷"), (12345, "en", "12,345"),
    (0, "en", "0"), ("word", "en", "word"),
])  # fmt: skip
def test_numbers_are_written_as_the_language_does(value, lang, text):
    assert call("core/words.js", "written", value, lang) == text


@pytest.mark.parametrize(("text", "number"), [
    ("0.5", 0.5), ("0,5", 0.5), (" 1e-3 ", 1e-3), ("−2", -2), (".5", 0.5), ("1e", "NaN"),
    ("", "NaN"), ("0x10", "NaN"), ("1,2,3", "NaN"), ("Infinity", "NaN"),
])  # fmt: skip
def test_numbers_are_read_as_people_type_them(text, number):
    assert call("surface/numbers.js", "typed", text) == number
