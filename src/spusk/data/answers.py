"""What the columns of a table mean: answers as classes or targets, words as inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.data.columns import FEW, label_option
from spusk.data.labels import MOST_NUMBERS, class_numbers
from spusk.data.layouts import Layout, raw_names
from spusk.data.preprocessing import Preparation
from spusk.errors import DataError

PLENTY = 30  # classes that a table may have, however few its rows
Categories = tuple[tuple[str, tuple[str, ...]], ...]


class Spread(NamedTuple):
    """Inputs (K, n), where they are missing, their names, and which of them stand for words."""

    x: NDArray[np.generic]
    holes: NDArray[np.bool_] | None
    columns: tuple[str, ...] | None
    categories: Categories


class Answers(NamedTuple):
    """The answers (K,) of a table, and the words that they number in `words`."""

    path: Path
    layout: Layout
    values: NDArray[np.float64]
    words: dict[str, int]

    def earlier(self) -> dict[str, Any]:
        """For Sample, as runs of before read them."""
        if self.layout.words:
            return self._named()
        values = self.values
        whole = (
            np.array_equal(values, np.floor(values)) and 0 <= values.min() <= values.max() <= 255
        )
        if self.layout.asked in ("y", "target") and not whole:
            return {"y": values[:, None]}
        return {"labels": values}

    def known(self, foreign: bool) -> dict[str, Any]:
        """For Sample; `foreign`: of another table than the one trained on, whatever it holds.

        Raises DataError where they are neither classes nor targets.
        """
        if self.layout.column < 0:
            return {"labels": np.zeros(len(self.values), np.uint8)}
        if self.layout.words:
            self._checked(len(self.words), foreign)
            return self._named()
        distinct = np.unique(self.values)
        many = len(distinct) > min(MOST_NUMBERS, max(len(self.values) / 4, FEW))
        whole = np.array_equal(distinct, np.floor(distinct))
        if self.layout.asked == "any" and (many or not whole):
            return {"y": self.values[:, None]}
        if not whole:
            return {"labels": self.values}  # which is refused
        self._checked(len(distinct), foreign)
        labels, names = class_numbers(self.values)
        return {"labels": labels, "class_names": names}

    def _named(self) -> dict[str, Any]:
        order = sorted(self.words)
        place = np.empty(len(order), np.int64)
        place[[self.words[word] for word in order]] = np.arange(len(order))
        return {"labels": place[self.values.astype(np.int64)], "class_names": tuple(order)}

    def _checked(self, count: int, foreign: bool) -> None:
        """Raises DataError where so many different answers are no classes."""
        rows, name = len(self.values), self.layout.shown(self.layout.column)
        about = {"path": self.path, "name": name, "rows": rows}
        if foreign:
            return
        if count == 1:
            value = next(iter(self.words), f"{self.values[0]:g}")
            raise DataError.keyed(
                "tables.lone_class", value=repr(value[:40]), option="--label …", **about
            )
        most = max(PLENTY, rows / (2 if self.words else 4))
        if self.words and not self.layout.named:
            most = min(most, rows - 1)
        if not self.layout.meant and count > most:
            option = label_option(name)
            raise DataError.keyed("tables.many_classes", option=option, count=count, **about)


def spread(
    raw: Spread, layout: Layout, texts: dict[int, dict[str, int]], form: Preparation | None
) -> Spread:
    """The inputs in the order of `form`, with a column of 0 and 1 for each word of `texts`."""
    names = [layout.names[place] for place in layout.inputs]
    order = list(range(len(names)))
    if form is not None and form.columns is not None and layout.named:
        order = [names.index(name) for name in raw_names(form)]
    known = dict(form.categories) if form is not None else {}
    holes = np.zeros(raw.x.shape, bool) if raw.holes is None else raw.holes
    parts: list[NDArray[Any]] = []
    masks: list[NDArray[np.bool_]] = []
    columns: list[str] = []
    categories: list[tuple[str, tuple[str, ...]]] = []
    for k in order:
        x, mask, words = raw.x[:, k : k + 1], holes[:, k : k + 1], texts.get(layout.inputs[k])
        columns.append(names[k])
        if words is not None:
            name = layout.shown(layout.inputs[k])
            chosen = known.get(name, tuple(sorted(words)))
            codes = np.array([words.get(word, -1) for word in chosen])
            categories.append((name, chosen))
            columns[-1:] = [f"{name}={word}" for word in chosen]
            mask = np.repeat(mask, len(chosen), axis=1)
            x = ((x == codes) & ~mask).astype(np.uint8)
        parts.append(x)
        masks.append(mask)
    named = tuple(columns) if layout.named or categories else None
    if order == list(range(len(names))) and not categories:
        return raw._replace(columns=named)
    missing = None if raw.holes is None else np.concatenate(masks, axis=1)
    return Spread(np.concatenate(parts, axis=1), missing, named, tuple(categories))
