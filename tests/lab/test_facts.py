"""What the page knows from Python: everywhere the same, and nowhere typed again."""

import json
import re

import pytest

from spusk.lab.facts import facts
from spusk.lab.formulas.export import answers as offline
from tests.lab.modules import PAGE, ROOT, answers
from tests.lab.server.test_app import ask

SOURCES = {str(path.relative_to(ROOT / PAGE)): path for path in sorted((ROOT / PAGE).rglob("*.js"))}
BESIDE = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
TEXT = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`")
NUMBER = re.compile(r"(?<![\w.$])(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])", re.IGNORECASE)
PRODUCT = re.compile(r"(\d+) (\*\*?) (\d+)")
NAMED = re.compile(r"\b(?:MOST_)?([A-Z]+) = (-?[\d.]+(?:e[-+]?\d+)?)\b")
ROW = re.compile(r"\[((?:\"[a-z][\w-]*\"(?:, )?){2,})\]")
COINCIDENCES = {  # the same number, another meaning
    ("math/scale.js", 0.999), ("network/form.js", 0.999),
    # what rounding may do to a logarithm or a quotient that is to be a whole number
    ("math/scale.js", 1e-9), ("math/view_box.js", 1e-9), ("network/form.js", 1e-9),
    ("surface/stacked.js", 1e-9),
    ("math/jumps.js", 1e-13),  # the smallest ring
    ("surface/numbers.js", 1e-9),  # is written as 0
    ("bridge/neuron_tab.js", 1e-12), ("math/decades.js", 1e-12),  # of a cost, of the first f
    ("surface/state.js", 1e-12),  # the least rate of an address
}  # fmt: skip


def leaves(data):
    """All keys and plain values of nested data."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from (key, *leaves(value))
    elif isinstance(data, list | tuple):
        for value in data:
            yield from leaves(value)
    else:
        yield data


def rows(data):
    """All lists of names, keys included."""
    if isinstance(data, dict):
        yield list(data)
        for value in data.values():
            yield from rows(value)
    elif isinstance(data, list | tuple):
        if all(isinstance(value, str) for value in data):
            yield list(data)
        else:
            for value in data:
                yield from rows(value)


def telling(number):
    """Whether a number says by itself what it is: not 100, nor 1e-3."""
    digits = f"{number:e}".partition("e")[0].rstrip("0.").replace(".", "")
    return number > 1e6 or number < 1e-6 or len(digits) > 2


def code(name):
    return BESIDE.sub("", SOURCES[name].read_text(encoding="utf-8"))


def numbers(text):
    """The numbers of a module, products of two of them too."""
    text = TEXT.sub("", text)
    found = {float(match[0].replace("_", "")) for match in NUMBER.finditer(text)}
    for a, sign, b in PRODUCT.findall(text):
        found.add(float(a) * float(b) if sign == "*" else float(a) ** min(float(b), 99))
    return found


KNOWN = list(leaves(facts()))
TELLING = {float(x) for x in KNOWN if isinstance(x, int | float) and x > 0 and telling(x)}
NAMED_ONES = {
    (key.upper(), float(value))
    for part in ("descent", "critical", "basins", "limits")
    for key, value in facts()[part].items()
    if isinstance(value, int | float)
}


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_of_it_is_typed_again(name):
    text = code(name)
    typed = {(name, number) for number in numbers(text) & TELLING}
    assert not typed - COINCIDENCES
    assert not {(key, float(value)) for key, value in NAMED.findall(text)} & NAMED_ONES
    assert not [p for p in facts()["presets"].values() if p["layers"] in text]
    for match in ROW.finditer(text):
        names = set(re.findall(r"[\w-]+", match[1]))
        assert not any(names <= set(row) for row in rows(facts())), match[0]


def test_a_number_typed_again_is_seen():
    assert numbers("const SIZE = 48 * 1024, far = 12e6, m = 1_000;") >= {49152, 12e6, 1000}
    assert {12e6, 10e6, 256 << 20, 0.999, 1e-8, 1e-9, 1e-10, 1e-12, 784, 512} <= TELLING
    text = "const FAR = 1e4, TAIL = 100, SAME = 1e-6; let MOST_BATCH = 60000;"
    found = {(key, float(value)) for key, value in NAMED.findall(text)}
    assert found == {("FAR", 1e4), ("TAIL", 100), ("SAME", 1e-6), ("BATCH", 60000)} <= NAMED_ONES
    assert ROW.findall('x = ["scaled", "normal"]') == ['"scaled", "normal"']


def test_they_are_told_by_the_server_and_held_by_the_file():
    told = json.loads(ask("GET", "/facts").body)
    assert told == json.loads(json.dumps(facts(), allow_nan=False))
    assert offline((), None)["/facts"] == facts()


def test_the_page_moves_by_the_rules_that_are_named():
    [found] = answers([{"kind": "names"}])
    assert found["rules"] == list(facts()["rules"])
    assert set(found["activations"]) <= set(facts()["activations"])
    assert {"plain", "momentum", "nesterov", "adam"} <= set(found["rules"])


def test_every_part_has_something_to_say():
    assert all(facts().values())
    assert facts()["presets"]["lecture"]["layers"] == "784-89-100306-10"
