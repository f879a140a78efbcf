"""The pictures of a run folder: what to compute for each, and where it goes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spusk.analysis.measure import confusion
from spusk.data import Data, Sample
from spusk.errors import InputError
from spusk.i18n.reasons import reason
from spusk.nn.network import Network
from spusk.training import Event

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(
    folder: Path, net: Network, sets: Data, history: Sequence[Event], lang: str
) -> Iterator[tuple[str, Path]]:
    """Draws every picture this run can have, one at a time: its name and file. Raises OSError."""
    from spusk import plots

    V = sets.test or sets.validation or sets.train
    pictures: dict[str, Callable[[], Axes | Sequence[Axes]]] = {
        "curves": lambda: plots.curves(history, lang=lang)
    }
    if len(V.shape) == 2:
        pictures["first_layer"] = lambda: plots.first_layer(net.layers[0].W, V.shape, lang=lang)
    if V.labels is not None:
        pictures["confusion"] = lambda: plots.confusion(
            confusion(net, V), lang=lang, names=V.class_names
        )
        if len(V.shape) == 2:
            pictures["wrong_digits"] = lambda: wrong(net, V, lang)
    for name, picture in pictures.items():
        yield name, plots.save(picture(), folder / f"{name}.png")


def save(picture: "Axes | Sequence[Axes]", file: Path) -> None:
    """Writes a picture that was asked for. Raises InputError where it cannot be written."""
    from spusk import plots

    with writable(file):
        plots.save(picture, file)


@contextmanager
def writable(file: Path) -> Iterator[None]:
    """Turns what the system says about a file into an InputError."""
    try:
        yield
    except OSError as error:
        raise InputError.keyed("data.unwritten", path=file, why=reason(error)) from error


def wrong(net: Network, V: Sample, lang: str) -> "Axes | Sequence[Axes]":
    """The digits it got wrong, surest first."""
    from spusk import plots

    answers = net.answer(V)
    missed = np.flatnonzero(np.argmax(answers, axis=1) != V.labels)
    images = V.x[missed].reshape(-1, *V.shape)
    assert V.labels is not None
    return plots.wrong_digits(images, V.labels[missed], answers[missed], lang=lang)
