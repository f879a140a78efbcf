"""A run that the lab keeps, trained here or loaded: what every look at it needs."""

from collections.abc import Mapping
from threading import Condition
from typing import Any

from spusk.data import Data
from spusk.lab.runs.sets import SetFacts
from spusk.lab.runs.snapshots import Look
from spusk.lab.runs.watchers import Watchers
from spusk.nn.network import Network
from spusk.training import TrainingOutcome


class LabRun:
    """A network that nobody writes to (`seen`), its set and its history.

    `gate` guards all that others see or want.
    """

    def __init__(
        self,
        name: str,
        net: Network,
        facts: SetFacts | None,
        sets: Data | None,
        told: Mapping[str, Any],
    ) -> None:
        self.id, self.facts, self.sets, self.told_of = name, facts, sets, told
        self.seen = net
        self.gate = Condition()
        self.state = "finished"
        self.history: list[dict[str, Any]] = []
        self.outcome: TrainingOutcome | None = None
        self.watchers = Watchers(name)
        self.looks: dict[str, Look] = {}  # kind -> the last one taken

    @property
    def weights(self) -> int:
        """Weights and biases together."""
        return self.seen.Q + self.seen.P

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state not in ("running", "paused")

    def ask(self, wanted: str) -> None:
        """Makes a training do something else; nothing where there is none."""

    def join(self, seconds: float) -> None:
        """Waits for the end of a training."""

    def described(self, lang: str) -> dict[str, Any]:
        """The run as the page wants it."""
        shape, names = (self.facts.shape, self.facts.names) if self.facts else (None, None)
        with self.gate:
            history, ending = [*self.history], self.ending(lang)
        return {
            "sizes": self.seen.sizes, "init": self.seen.init, "seed": self.seen.seed,
            "loaded": None, **self.told_of, "shape": shape, "names": names,
            "whole": self.sets is not None, "history": history, **ending,
        }  # fmt: skip

    def ending(self, lang: str) -> dict[str, Any]:
        """How the run stands or ended, in words where it has ended."""
        return {
            "id": self.id,
            "state": self.state,
            "outcome": str(self.outcome) if self.outcome else None,
            "sentence": self.sentence(lang) if self.over else None,
        }

    def sentence(self, lang: str) -> str:
        """How it ended."""
        raise NotImplementedError
