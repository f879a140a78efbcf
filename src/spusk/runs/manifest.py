"""run.json: what it takes to repeat a run, for people and programs; checked as it is read."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from spusk._version import __version__
from spusk.data import Preparation, Reading
from spusk.engines.base import PLAIN
from spusk.errors import RunError
from spusk.i18n.reasons import reason
from spusk.io.files import read_text, write
from spusk.nn.network import Network
from spusk.optim.schedules import rate_data
from spusk.runs.descriptions import (
    FORMAT,
    Count,
    Finite,
    Mark,
    Name,
    SavedRate,
    SavedRule,
    Share,
    Whole,
    checked_format,
    meant,
    misfit,
)
from spusk.runs.rate_history import SavedSince, Since, from_start, in_order
from spusk.runs.weights import description
from spusk.training import Plan, TrainingOutcome
from spusk.training.evaluate import Score

KNOWN = ("sample", "mnist")  # sets that have a name instead of a path


class SavedPlan(Struct, frozen=True):
    """A plan in run.json; one that names no rule is plain descent's."""

    rate: SavedRate
    batch: Whole | Literal["all"]
    epochs: Whole
    seed: Count
    rule: SavedRule | None = None
    keep: Literal["last", "best"] = "last"
    patience: Whole | None = None

    def plan(self) -> Plan:
        """What it means."""
        rule = self.rule.rule if self.rule else PLAIN
        how = self.batch, self.epochs, self.seed, rule, self.keep, self.patience
        return Plan(self.rate.rate, *how)


class SavedReading(Struct, frozen=True, forbid_unknown_fields=True):
    """How a set was read (see `data.Reading`)."""

    label: str | None = None
    missing: Literal["mean", "drop"] | None = None
    mix: bool = False
    test: Name | None = None
    transpose: bool | None = False
    validation: Share = 0.0
    weight: Name | None = None
    class_weight: Literal["balanced"] | dict[str, Finite] | None = None


class SavedScore(Struct, frozen=True):
    """Cost and accuracy on a set."""

    cost: float
    accuracy: float | None = None


class SavedNote(Struct, frozen=True):
    """What of a note is read again; it may hold anything else."""

    shape: tuple[Whole, ...] | None = None
    data_dir: Name | None = None
    read: SavedReading | None = None


class SavedRun(Struct, frozen=True):
    """run.json; what else stands in it is for people."""

    plan: SavedPlan
    data: Name
    rates: tuple[SavedSince, ...] | None = None
    engine: Name | None = None
    fingerprint: Mark | None = None
    outcome: TrainingOutcome | None = None
    note: SavedNote | None = None
    validation: Mark | None = None
    test: SavedScore | None = None


class Manifest(NamedTuple):
    """What run.json says; `engine` and `fingerprint` are there where the run can be resumed.

    The plan's rate is the one that holds now; `rates` tell which held since when. A run with a
    validation part has its fingerprint too, and in the end the one look at its test set.
    """

    plan: Plan
    source: str
    note: Mapping[str, Any]
    engine: str | None = None
    fingerprint: str | None = None
    rates: tuple[Since, ...] = ()  # none: the plan's, from the start
    outcome: str | None = None  # how it ended; None: it has not, or was stopped
    validation: str | None = None
    test: Score | None = None


def describe(folder: Path, net: Network, about: Manifest) -> None:
    """Writes run.json; the data's paths in full, so that any folder will do to go on from."""
    note = dict(about.note)
    if note.get("data_dir") is not None:
        note["data_dir"] = lasting(note["data_dir"])
    if "read" in note and note["read"]["test"] is not None:
        note["read"] = {**note["read"], "test": lasting(note["read"]["test"])}
    text = {
        "format": FORMAT,
        "spusk": __version__,
        "network": description(net) | {"preparation": summary(net.preparation)},
        "plan": plan_data(about.plan),
        "rates": [since.data() for since in about.rates or from_start(about.plan.rate)],
        "data": about.source if about.source in KNOWN else lasting(about.source),
        "engine": about.engine,
        "fingerprint": about.fingerprint,
        "outcome": about.outcome,
        "note": note,
    }
    if about.validation is not None:
        text["validation"] = about.validation
        text["test"] = None if about.test is None else about.test._asdict()
    write(folder / "run.json", (json.dumps(text, indent=2) + "\n").encode())


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as JSON keeps it."""
    numbers = {key: getattr(plan, key) for key in ("batch", "epochs", "seed")}
    more: dict[str, Any] = {} if plan.keep == "last" else {"keep": plan.keep}
    more |= {} if plan.patience is None else {"patience": plan.patience}
    return {"rate": rate_data(plan.rate), **numbers, "rule": plan.rule.data(), **more}


def summary(preparation: Preparation | None) -> dict[str, Any] | None:
    """How inputs are prepared, for people; the numbers stand with the weights."""
    if preparation is None:
        return None
    shown = {name: getattr(preparation, name) for name in ("scaling", "classes", "columns")}
    if preparation.look is not None:
        look = preparation.look
        shown["pictures"] = {"shape": look.shape, "ink": look.ink, "placing": look.placing}
    return {name: value for name, value in shown.items() if value is not None}


def lasting(source: str) -> str:
    """The path in full; a name that is no path as it is."""
    path = os.path.expanduser(source)  # which, like the next, no text makes fail
    return os.path.abspath(path) if os.path.exists(path) else source


def still_there(source: str, folder: Path) -> str:
    """The run's set, by name or path. Raises RunError where nothing is at its path any more."""
    if source not in KNOWN and not os.path.lexists(os.path.expanduser(source)):
        raise RunError.keyed("runs.moved", folder=folder, source=source)
    return source


def read(folder: Path) -> Manifest:
    """What run.json says, every part of it looked at. Raises RunError naming the first wrong."""
    path = folder / "run.json"
    found = read_json(folder)
    saved = meant(SavedRun, found, path, "run")
    plan, note = saved.plan.plan(), found.get("note") or {}
    rates = tuple(each.since() for each in saved.rates or ())
    if not in_order(rates):
        raise misfit(found, path, "run", "", "rates")
    more = saved.engine, saved.fingerprint, rates or from_start(plan.rate)
    test = None if saved.test is None else Score(saved.test.cost, saved.test.accuracy)
    return Manifest(plan, saved.data, note, *more, saved.outcome, saved.validation, test)


def reading_of(note: Mapping[str, Any]) -> Reading:
    """How a run's set was read; runs of before, and those that say nothing of it, as then."""
    read = note.get("read") or {"before": True}
    wish = Reading(**{"transpose": False, **read})
    pairs = wish.class_weight
    return wish._replace(class_weight=tuple(pairs.items())) if isinstance(pairs, dict) else wish


def read_json(folder: Path) -> dict[str, Any]:
    """run.json as a dictionary. Raises RunError when it is not one this version can read."""
    path = folder / "run.json"
    try:
        found = json.loads(read_text(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        inside = sorted(folder.glob("[!.]*/run.json"))  # a run that is being made has a dot
        if inside:
            raise RunError.keyed("runs.inside", folder=folder, run=inside[0].parent) from error
        raise RunError.keyed("runs.no_run", folder=folder) from error
    except OSError as error:
        raise RunError.keyed("data.unread", path=path, why=reason(error)) from error
    except (ValueError, RecursionError) as error:
        raise RunError.keyed("runs.no_json", path=path, why=reason(error)) from error
    return checked_format(found, path)
