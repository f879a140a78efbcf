"""run.json: what it takes to repeat a run, for people and programs; checked as it is read."""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from spusk._version import __version__
from spusk.engines.base import PLAIN
from spusk.errors import InputError, RunError
from spusk.i18n.reasons import reason
from spusk.io.files import read_text, write
from spusk.nn.network import Network
from spusk.optim.rules import rule_of
from spusk.optim.schedules import rate_data, rate_of
from spusk.runs.rate_history import Since, from_start, in_order, is_rate, since_of
from spusk.runs.weights import description
from spusk.training import Plan, whole

FORMAT, READ = 2, (1, 2)  # written; read: the first had no rules and no schedules
NUMBERS = ("batch", "epochs", "seed")
KNOWN = ("sample", "mnist")  # sets that have a name instead of a path


class Manifest(NamedTuple):
    """What run.json says; `engine` and `fingerprint` are there where the run can be resumed.

    The plan's rate is the one that holds now; `rates` tell which held since when.
    """

    plan: Plan
    source: str
    note: Mapping[str, Any]
    engine: str | None = None
    fingerprint: str | None = None
    rates: tuple[Since, ...] = ()  # none: the plan's, from the start


def describe(folder: Path, net: Network, about: Manifest) -> None:
    """Writes run.json; the data's paths in full, so that any folder will do to go on from."""
    note = dict(about.note)
    if note.get("data_dir") is not None:
        note["data_dir"] = lasting(note["data_dir"])
    text = {
        "format": FORMAT,
        "spusk": __version__,
        "network": description(net),
        "plan": plan_data(about.plan),
        "rates": [since.data() for since in about.rates or from_start(about.plan.rate)],
        "data": about.source if about.source in KNOWN else lasting(about.source),
        "engine": about.engine,
        "fingerprint": about.fingerprint,
        "note": note,
    }
    write(folder / "run.json", (json.dumps(text, indent=2) + "\n").encode())


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as JSON keeps it."""
    numbers = {key: getattr(plan, key) for key in NUMBERS}
    return {"rate": rate_data(plan.rate), **numbers, "rule": plan.rule.data()}


def plan_of(found: dict[str, Any]) -> Plan:
    """The plan that a file means; one that names no rule is plain descent's. InputError."""
    rate = rate_of(found["rate"])
    rule = rule_of(found.get("rule") or PLAIN.data(), rate)
    return Plan(rate, **{key: found[key] for key in NUMBERS}, rule=rule)


def is_rule(found: object) -> bool:
    """Whether this is a rule as JSON has it."""
    try:
        rule_of(found, 1.0)
    except InputError:
        return False
    return True


def lasting(source: str) -> str:
    """The path in full; a name that is no path as it is."""
    path = os.path.expanduser(source)  # which, like the next, no text makes fail
    return os.path.abspath(path) if os.path.exists(path) else source


def read(folder: Path) -> Manifest:
    """What run.json says, every part of it looked at. Raises RunError naming the first wrong."""
    path = folder / "run.json"
    found = read_json(folder)
    for key, (right, expected) in CHECKS.items():
        if not right(value := part(found, key)):
            told = "nothing" if value is None else repr(value)[:80]
            raise RunError(f"{path}: expected a spusk run, its {key} {expected}, found {told}")
    plan = plan_of(found["plan"])
    rates = tuple(map(since_of, found.get("rates") or ()))
    more = found.get("note") or {}, found.get("engine"), found.get("fingerprint")
    return Manifest(plan, found["data"], *more, rates or from_start(plan.rate))


def read_json(folder: Path) -> dict[str, Any]:
    """run.json as a dictionary. Raises RunError when it is not one this version can read."""
    path = folder / "run.json"
    try:
        about = json.loads(read_text(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RunError.keyed("runs.no_run", folder=folder) from error
    except OSError as error:
        raise RunError.keyed("data.unread", path=path, why=reason(error)) from error
    except (ValueError, RecursionError) as error:
        raise RunError.keyed("runs.no_json", path=path, why=reason(error)) from error
    if not isinstance(about, dict) or about.get("format") not in READ:
        found = repr(about.get("format")) if isinstance(about, dict) else type(about).__name__
        raise RunError.keyed("runs.format", path=path, expected=FORMAT, found=found)
    return about


def part(about: Any, key: str) -> Any:  # noqa: ANN401 - whatever stands in the file
    """What stands at a key such as plan.rate; None where nothing does."""
    for name in key.split("."):
        about = about.get(name) if isinstance(about, dict) else None
    return about


def named(text: object) -> bool:
    """Whether this can be a name or a path."""
    return isinstance(text, str) and text != "" and "\0" not in text


def marked(text: object) -> bool:
    """Whether this is a SHA-256 in hexadecimal digits."""
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{64}", text) is not None


def sizes(shape: object) -> bool:
    """Whether this is a list of whole numbers from 1 up."""
    return isinstance(shape, list) and all(map(whole, shape))


def optional(right: Callable[[object], bool]) -> Callable[[object], bool]:
    """Whether it is right, or not there."""
    return lambda value: value is None or right(value)


CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {  # key -> is it right, what is
    "plan.rate": (is_rate, "a positive number or a schedule"),
    "plan.batch": (lambda n: n == "all" or whole(n), "a whole number from 1 up or 'all'"),
    "plan.epochs": (whole, "a whole number from 1 up"),
    "plan.seed": (lambda n: whole(n) or (type(n) is int and n == 0), "a whole number from 0 up"),
    "plan.rule": (optional(is_rule), "a rule and its parameters"),
    "rates": (optional(in_order), "a list of epoch, step and rate in their order"),
    "data": (named, "a name or a path"),
    "engine": (optional(named), "a name"),
    "fingerprint": (optional(marked), "a SHA-256 of 64 digits"),
    "note": (optional(lambda note: isinstance(note, dict)), "an object"),
    "note.data_dir": (optional(named), "a path"),
    "note.shape": (optional(sizes), "a list of whole numbers"),
}
