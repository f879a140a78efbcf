"""The sets that a training may take: the two that are always named, and people's own."""

from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from spusk import data
from spusk.data import Data, Sample
from spusk.data.arrays import WHITE, are_bytes
from spusk.data.folders import TRAIN, find, mnist_folder
from spusk.errors import DataError, InputError
from spusk.i18n import say
from spusk.runs import fingerprint

OWN = 30  # sets at most, besides the two
OWN_BYTES = 1 << 30  # of all own sets together
SIDES = range(4, 65)  # a picture's height and width, where it shall be drawn on and looked at
NAMED = 40  # classes at most that are told by name, and make a table of mistakes
DIGITS = tuple("0123456789")


class SetFacts(NamedTuple):
    """What a page knows of a set: K examples to train with, x ∈ R^inputs, y ∈ R^classes.

    shape: (height, width) where x is a picture; names: of the classes, None where y is no class
    or there are too many; white: the brightest pixel's number; mixed: it came class after class.
    """

    id: str
    name: str
    inputs: int
    classes: int
    examples: int
    shape: tuple[int, int] | None
    names: tuple[str, ...] | None
    white: float = WHITE
    mixed: bool = False

    def description(self) -> dict[str, Any]:
        """What of it the page is told, as JSON: how bright white is stays here."""
        told = self._asdict()
        del told["white"]
        return told


ALWAYS = {
    name: SetFacts(name, name, 784, 10, count, (28, 28), DIGITS)
    for name, count in (("sample", 4000), ("mnist", 60_000))
}


class Sets:
    """All sets by their ids; an own one's id is made from its numbers: the same set, the same id.

    Every method may be called from any thread.
    """

    def __init__(self, load: Callable[[str], Data] = data.load) -> None:
        self.load, self.lock = load, Lock()
        self.facts = dict(ALWAYS)
        self.read: dict[str, Data] = {}

    def find(self, name: str, lang: str) -> Data:
        """A set, read once. Raises DataError that says how to get it."""
        with self.lock:
            if name not in self.read:
                try:
                    self.read[name] = self.load(name)
                except DataError:
                    if not self.here(name):
                        raise DataError(say("lab.no_mnist", lang)) from None
                    raise
            return self.read[name]

    def here(self, name: str) -> bool:
        """Whether a set is on this machine; MNIST has to be fetched."""
        if name != "mnist" or name in self.read:
            return True
        return find(mnist_folder(None), TRAIN, "images") is not None

    def description(self) -> list[dict[str, Any]]:
        """All sets as JSON."""
        return [
            facts.description() | {"here": self.here(name)} for name, facts in self.facts.items()
        ]

    def add(self, found: Data, name: str, lang: str) -> SetFacts:
        """One more set. Raises InputError where there is no room for it."""
        mark = f"own-{fingerprint(found.train)[:12]}"
        with self.lock:
            if mark in self.facts:
                return self.facts[mark]
            own = [self.read[each] for each in self.facts if each not in ALWAYS]
            if len(own) >= OWN or sum(map(size, [*own, found])) > OWN_BYTES:
                raise InputError(say("lab.many_sets", lang, n=OWN, limit=OWN_BYTES >> 20))
            for part in filter(None, (found.train, found.test)):
                part.name = name  # not that of a file of ours, which a sentence might tell
            facts = facts_of(mark, name, found.train)
            self.read[mark] = found._replace(train=mixed(found.train)) if facts.mixed else found
            self.facts = self.facts | {mark: facts}
            return facts

    def of(self, inputs: int, classes: int, wished: str | None) -> SetFacts | None:
        """A set for a network of these ends: the wished one, else the newest own, else the sample.

        MNIST only where it is wished for: it takes time to read.
        """
        own = [name for name in self.facts if name not in ALWAYS]
        for name in (wished, *reversed(own), "sample"):
            facts = self.facts.get(name or "")
            if facts is not None and (facts.inputs, facts.classes) == (inputs, classes):
                return facts
        return None


def facts_of(mark: str, name: str, V: Sample) -> SetFacts:
    """What there is to know of a set."""
    low, high = float(V.x.min()), float(V.x.max())
    square = len(V.shape) == 2 and all(side in SIDES for side in V.shape)
    shades = low >= 0 and high > 0 and (high <= 1 or are_bytes(V.x))
    shape = (V.shape[0], V.shape[1]) if square and shades else None
    names = V.class_names if V.labels is not None and V.classes <= NAMED else None
    return SetFacts(mark, name, V.x.shape[1], V.classes, len(V), shape, names, high, grouped(V))


def grouped(V: Sample) -> bool:
    """Whether a set comes class after class, in whatever order."""
    changes = 0 if V.labels is None else np.count_nonzero(np.diff(V.labels.astype(int)))
    return bool(0 < changes < V.classes)


def mixed(V: Sample) -> Sample:
    """A set that comes class after class, mixed: its first epoch takes it as given (L11)."""
    return V.take(np.random.default_rng(0).permutation(len(V)))


def size(sets: Data) -> int:
    """Bytes of a set's inputs and answers."""
    parts = [part for part in (sets.train, sets.test) if part is not None]
    answers = [part.labels if part.y is None else part.y for part in parts]
    return sum(
        array.nbytes for array in (*(part.x for part in parts), *answers) if array is not None
    )
