"""Descents as the page makes them again: one file that opens at them and plays."""

from collections.abc import Sequence
from typing import Any

from spusk.descent import Descent
from spusk.errors import InputError
from spusk.functions import Function
from spusk.functions.points import spell
from spusk.lab.formulas.export import page
from spusk.lab.requests import FARTHEST, MOST_KEPT, MOST_RATE, MOST_STEPS
from spusk.optim.rules import NamedRule
from spusk.optim.schedules import constant, inverse

SHORT = {"beta1": "beta"}
UNUSED = [0.9]  # the place for a rule's numbers where it has none


def moving_page(results: Sequence[Descent], lang: str) -> str:
    """The lab's page as one file, opened at these descents of one function; the first one moves.

    Args:
        results: one descent, or several that are to be seen beside it.
        lang: "en" or "ru": in which the page speaks until it is told otherwise.

    Raises:
        InputError: the page has no means to make one of them again.
        FormulaError: a text that is no function.
    """
    first, *others = results
    steps = max(1, *(result.step for result in results))
    if len(others) > MOST_KEPT or steps > MOST_STEPS:
        counts = {"descents": 1 + MOST_KEPT, "found": len(results), "steps": steps}
        raise InputError.keyed("lab.moving_many", limit=MOST_STEPS, **counts)
    text, (rule, rate, own) = text_of(first.f), settings(first)
    shown = {"f": text, "x": start(first), "rule": rule, "rate": repr(rate), "steps": str(steps)}
    shown |= {SHORT.get(name, name): repr(number) for name, number in own.items()} | {"n": "0"}
    if others:
        shown["keep"] = ";".join(map(row, others))
    return page([text], {"settings": shown, "lang": lang, "plays": True})


def text_of(f: Any) -> str:  # noqa: ANN401
    """What the page reads a function from."""
    if not isinstance(f, Function) or f.symbolic is None:
        raise InputError.keyed("lab.moving_f")
    return f.entry.name if f.entry else f.text


def settings(result: Descent) -> tuple[str, float, dict[str, float]]:
    """The rule as the page names it, its η, and what else it takes."""
    rule = result.method
    if not isinstance(rule, NamedRule):
        raise InputError.keyed("lab.moving_rule", found=result.rule)
    own, rate = rule.data(), rule.rate
    name = "backtracking" if result.search else own["name"]
    del own["name"]
    if isinstance(rate, inverse) and name == "plain":
        name, own, rate = "falling", {"half": rate.half}, rate.rate
    elif isinstance(rate, constant):
        rate = rate.rate
    if not isinstance(rate, float) or rate > MOST_RATE:
        raise InputError.keyed("lab.moving_rate", limit=MOST_RATE, found=rate)
    return name, rate, own


def start(result: Descent) -> str:
    """Where a descent began."""
    if result.steps[0] != 0:
        raise InputError.keyed("lab.moving_record")
    x = [float(part) for part in result.iterates[0]]
    if not all(abs(part) <= FARTHEST for part in x):
        raise InputError.keyed("lab.moving_start", limit=FARTHEST, found=spell(result.iterates[0]))
    return ",".join(map(repr, x))


def row(result: Descent) -> str:
    """A descent that is seen beside another: η, rule, its numbers, start."""
    rule, rate, own = settings(result)
    return f"{rate!r},{rule},{'~'.join(map(repr, own.values() or UNUSED))},{start(result)}"
