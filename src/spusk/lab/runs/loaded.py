"""Networks that were trained elsewhere: saved weights, and the run folders of `spusk train`."""

from pathlib import Path
from typing import Any, NamedTuple

from spusk import data
from spusk.data import Data
from spusk.errors import DataError
from spusk.i18n import say
from spusk.lab.runs.base import LabRun
from spusk.lab.runs.sets import ALWAYS, SetFacts, Sets
from spusk.nn.network import Network
from spusk.runs import fingerprint, folder
from spusk.runs.manifest import reading_of
from spusk.runs.weights import load_all
from spusk.training import TrainingOutcome

ROW = {"epoch": "epoch", "cost": "loss", "accuracy": "accuracy", "test_cost": "val_loss",
       "test_accuracy": "val_accuracy", "seconds": "seconds"}  # fmt: skip
SET = "data"  # in the metadata of weights: the set's id


class Found(NamedTuple):
    """What a file or folder holds: a network, its set's id, its plan and history where known."""

    name: str
    net: Network
    data: str | None
    plan: dict[str, Any]
    history: list[dict[str, Any]]


class LoadedRun(LabRun):
    """A finished run from a file."""

    def __init__(
        self, number: str, found: Found, facts: SetFacts | None, sets: Data | None
    ) -> None:
        told = {
            "name": f"{'-'.join(map(str, found.net.sizes))} · {found.name}", "loaded": found.name,
            "rate": None, "batch": None, "epochs": 0, "data": facts.id if facts else None,
            **found.plan,
        }  # fmt: skip
        super().__init__(number, found.net, facts, sets, told)
        self.name, self.history, self.outcome = found.name, found.history, TrainingOutcome.FINISHED
        test = sets and (sets.test or sets.train)
        self.right = None if not test or test.labels is None else found.net.accuracy(test)

    def sentence(self, lang: str) -> str:
        """Where it came from, and how good it is."""
        if self.facts is None:
            first, last = self.seen.sizes[0], self.seen.sizes[-1]
            return say("lab.loaded_alone", lang, name=self.name, first=first, last=last)
        if self.right is None:
            return say("lab.loaded", lang, name=self.name)
        return say("lab.loaded_tested", lang, name=self.name, set=self.facts.name, right=self.right)


def weights_file(path: Path, name: str) -> Found:
    """The network of a weights file. Raises RunError."""
    found = load_all(path)
    return Found(name, found.net, found.about.get(SET), {}, [])


def from_path(path: Path, sets: Sets, lang: str) -> Found:
    """What a run folder or a weights file holds. Raises RunError."""
    if not path.is_dir():
        return weights_file(path, path.name)
    run = folder.load(path)
    plan = {part: getattr(run.plan, part) for part in ("rate", "batch", "epochs", "seed")}
    plan |= {} if run.validation is None else {"watched": "validation"}
    rows = [{ours: row.get(theirs) for ours, theirs in ROW.items()} for row in run.history]
    return Found(path.name, run.net, its_set(run, sets, lang), plan, rows)


def its_set(run: folder.Run, sets: Sets, lang: str) -> str | None:
    """The id of the set a run was trained on, read anew where it is still there."""
    if run.source in ALWAYS:
        return run.source
    mark = f"own-{(run.fingerprint or '')[:12]}"
    if mark in sets.facts:
        return mark
    try:
        found = data.load_as(run.source, None, reading_of(run.note))
    except DataError:
        return None
    if fingerprint(found.train) != run.fingerprint:
        return None
    return sets.add(found, Path(run.source).name, lang).id


def loaded(number: str, found: Found, sets: Sets, lang: str) -> LoadedRun:
    """The run, with the set that fits it best."""
    facts = sets.of(found.net.sizes[0], found.net.sizes[-1], found.data)
    try:
        own = sets.find(facts.id, lang) if facts else None
    except DataError:  # MNIST is not here: the sample has the same shape
        facts = sets.of(found.net.sizes[0], found.net.sizes[-1], None)
        own = sets.find(facts.id, lang) if facts else None
    return LoadedRun(number, found, facts, own)
