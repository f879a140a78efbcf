"""How a set of one's own is read, and what was found: said to people, and repeated later."""

from __future__ import annotations

from typing import Literal, NamedTuple

from spusk.data.weights import ClassPairs
from spusk.display import short_repr
from spusk.errors import Keyed

MISSING = ("mean", "drop")


class Reading(NamedTuple):
    """What is asked of a reader.

    Attributes:
        label: the answer's column, by its name or its number (from 1); None: looked for.
        missing: "mean" fills what is missing in a table, "drop" leaves such rows out; None refuses.
        mix: whether the training part is mixed once.
        test: a file or folder that is the test part.
        before: read by the rules that runs of before were trained under.
        transpose: whether its pictures lie transposed; None: by the names of its files.
        validation: the share of the training part that is split off to watch; 0: none.
        weight: the column, or an archive's array, that says how much each example counts; it is no
            input, and counts in the training part alone.
        class_weight: "balanced", or names of classes, each with its weight, likewise.
    """

    label: str | int | None = None
    missing: Literal["mean", "drop"] | None = None
    mix: bool = False
    test: str | None = None
    before: bool = False
    transpose: bool | None = None
    validation: float = 0.0
    weight: str | int | None = None
    class_weight: ClassPairs | None = None

    def __repr__(self) -> str:
        return short_repr(self)


class Found(NamedTuple):
    """What was found and done while a set was read.

    Attributes:
        answer: the name or the number of the answer's column, where there are columns.
        left_out: the names of columns that are no inputs.
        filled: how many missing values were filled in.
        dropped: how many rows were left out.
        mixed: whether the training part was mixed.
        said: what else there is to say, each with a sentence in both languages.
        weight: the name or the number of the column of weights, where there is one.
        class_weight: what was asked of the weights of classes.
    """

    answer: str | None = None
    left_out: tuple[str, ...] = ()
    filled: int = 0
    dropped: int = 0
    mixed: bool = False
    said: tuple[Keyed, ...] = ()
    weight: str | None = None
    class_weight: ClassPairs | None = None

    def __repr__(self) -> str:
        return short_repr(self)
