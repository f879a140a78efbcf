"""Looks into a network: its first layer as pictures, its mistakes, its answer to a drawn digit.

Each takes a network that nobody writes to meanwhile.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.data import Sample
from spusk.data.arrays import WHITE
from spusk.data.digit import drawn
from spusk.data.looks import Look
from spusk.engines.blas_threads import limited
from spusk.lab.runs.sets import SetFacts, facts_of
from spusk.nn.arrays import strongest
from spusk.nn.network import Network

PICTURES = 30  # neurons, or wrong digits, shown at most


def weights(net: Network, shape: tuple[int, ...]) -> dict[str, Any]:
    """The weights into the neurons of the first layer, those with the largest ‖W‖; −1…1.

    `neurons` says which these are, from 0, and `of` among how many.
    """
    W = net.layers[0].W  # (n, m)
    neurons = strongest(W, PICTURES)  # (k,)
    images = W[:, neurons].T.astype(np.float64)  # (k, n)
    bound = float(np.quantile(np.abs(images), 0.995)) or 1.0
    scaled = np.round(np.clip(np.nan_to_num(images / bound), -1, 1), 2) + 0.0  # no −0.0
    return {"width": shape[1], "height": shape[0], "images": scaled.tolist(),
            "neurons": neurons.tolist(), "of": W.shape[1]}  # fmt: skip


def confusion(net: Network, V: Sample, facts: SetFacts | None = None) -> dict[str, Any]:
    """How often each class (row) was answered as each other, and the surest mistakes.

    A mistake has its pixels, 0…255, where the set's inputs are pictures.
    """
    assert V.labels is not None
    facts = facts or facts_of(V.name, V.name, V)
    with limited(2.0 * net.Q * len(V)):
        answers = np.nan_to_num(net.answer(V))  # (K, m)
    said = np.argmax(answers, axis=1)
    table = np.zeros((V.classes, V.classes), np.int64)
    np.add.at(table, (V.labels, said), 1)
    wrong = np.flatnonzero(said != V.labels)
    surest = wrong[np.argsort(-answers[wrong, said[wrong]], kind="stable")[:PICTURES]]
    digits = [
        {"pixels": shades(V.x[k], facts), "label": int(V.labels[k]), "answer": int(said[k]),
         "sure": round(float(answers[k, said[k]]), 4)}
        for k in surest
    ]  # fmt: skip
    return {"table": table.tolist(), "wrong": digits}


def shades(x: NDArray[np.generic], facts: SetFacts) -> list[int] | None:
    """A picture's pixels from 0 to 255, the set's brightest; None for what is no picture."""
    if facts.shape is None:
        return None
    pixels = np.rint(x.astype(np.float64) * (WHITE / facts.white)).clip(0, WHITE)
    return [int(pixel) for pixel in pixels]


def answer_drawing(net: Network, ink: NDArray[np.float64], white: float = WHITE) -> dict[str, Any]:
    """α(x) of a digit drawn white on black, brought to the look of the network's training set.

    `white` is the number of the brightest pixel in the network's set, for a network that does not
    know how its pictures looked: they count as MNIST's. DataError if empty.
    """
    known = net.preparation and net.preparation.look
    picture = drawn(ink, known or Look((ink.shape[0], ink.shape[1]), white))
    with limited(2.0 * net.Q):
        a = np.nan_to_num(net.answer(picture.x))
    return {"a": np.round(a, 4).astype(np.float64).round(4).tolist(), "digit": int(np.argmax(a)),
            "input": picture.shades.reshape(-1).tolist()}  # fmt: skip
