"""How the pictures of a training set look: ink and ground, and where the sign stands.

A picture that comes later is brought to this look and no further (see `digit`).
"""

import re
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from spusk.data.arrays import DIM, WHITE, are_bytes, square_side
from spusk.data.doubts import DOUBTS, doubts
from spusk.data.samples import Sample

Shades = NDArray[np.floating]
T = TypeVar("T", bound=np.generic)

BLACK = 16.0  # a background that is off by so much counts as the set's
FAINTEST = 64.0  # ink less than this off the ground is none that all pictures share
CERTAIN = 0.95  # of the pictures, for what shall hold for a set
TRACE = 1 / 8  # of full ink: what is less counts as ground when ink is weighed
DRAWN = 1 / 4  # of full ink: what is less is outside the sign's box
MIDDLE = 0.5  # MNIST's centres of mass lie at 14.5 on average, half a pixel past the middle
MOST, SOME = 1000, 200  # pictures looked at, and looked at for what is doubtful
RARE = 0.05  # of the pictures: what is found in fewer makes one doubt another
LEAST_SIDE = 4  # of a picture that another can be brought to


@dataclass(frozen=True)
class Look:
    """How a set's pictures look, shades from 0 (black) to 255 (white).

    Attributes:
        shape: height and width, (h, w).
        white: the raw number that means white: 255, or the set's own largest.
        ink: "light" or "dark" strokes on a ground; None where the pictures share no ground.
        ground: the ground's shade.
        full: the shade of strokes.
        slack: a picture whose ground is off by so much looks like the set's.
        placing: "mass", the sign's centre of mass in the middle as in MNIST; "box", its box;
            "whole", wherever it stood.
        box: the longest side of the sign's box, as a share of the shortest of the picture.
        rare: what makes one doubt a picture, for hardly any of the set's has it (see `doubts`).
    """

    shape: tuple[int, int]
    white: float = WHITE
    ink: str | None = "light"
    ground: float = 0.0
    full: float = WHITE
    slack: float = BLACK
    placing: str = "mass"
    box: float = 20 / 28
    rare: tuple[str, ...] = DOUBTS

    def fits(self, shades: NDArray[np.generic]) -> bool:
        """Whether a picture (h, w) has the set's size and ground, and can be taken as it is."""
        return shades.shape == self.shape and self.has_ground(shades)

    def has_ground(self, shades: NDArray[np.generic]) -> bool:
        """Whether a picture (h, w) has the ground of the set's."""
        return abs(float(background(shades)) - self.ground) <= self.slack

    def ink_of(self, shades: NDArray[np.generic]) -> Shades:
        """How much ink there is in pictures (…, h, w) that look like the set's: 0…1."""
        away = np.asarray(shades, np.float32) - np.float32(self.ground)
        return np.asarray(np.clip(away / np.float32(self.full - self.ground), 0, 1))

    def painted(self, ink: Shades) -> NDArray[np.uint8]:
        """Ink (h, w) of 0…1 in the set's shades."""
        shades = np.rint(self.ground + (self.full - self.ground) * ink)
        return np.asarray(np.clip(shades, 0, WHITE), np.uint8)

    def raw(self, shades: NDArray[np.uint8]) -> NDArray[np.generic]:
        """A picture (h, w) of bytes in the numbers that the set has: (n,), n = h·w."""
        if self.white == WHITE or shades.max() <= self.white:
            return shades.reshape(-1)
        numbers = shades.reshape(-1) * (self.white / WHITE)
        return numbers if self.white <= 1 else np.rint(numbers)


def look_of(V: Sample) -> Look | None:
    """How the pictures of a training sample look; None where its inputs are no pictures.

    Args:
        V: the training sample.

    Returns:
        What all or nearly all of its pictures share.
    """
    shape = shape_of(V)
    if shape is None or min(shape) < LEAST_SIDE:
        return None
    top = float(V.x.max())
    white = WHITE if top > DIM else top or 1.0
    rows = some(len(V), MOST)
    shades = V.x[rows].astype(np.float32).reshape(-1, *shape) * np.float32(WHITE / white)
    grounds = background(shades)  # (K,)
    ground = float(np.median(grounds))
    away = shades - np.float32(ground)
    light = np.maximum(away, 0).sum() >= np.maximum(-away, 0).sum()
    full = float(np.median(shades.max((1, 2)) if light else shades.min((1, 2))))
    off = np.abs(grounds - ground)
    near = off < np.abs(grounds - full)
    if abs(full - ground) < FAINTEST or near.mean() < CERTAIN:
        return Look(shape, white, None, ground, full, WHITE, "whole", 1.0, ())
    slack = WHITE if not near.all() else max(BLACK, float(off.max()))
    look = Look(shape, white, "light" if light else "dark", ground, full, slack)
    ink = look.ink_of(shades)
    placing, box = placed(ink)
    return replace(look, placing=placing, box=box, rare=rare(ink > DRAWN))


def shape_of(V: Sample) -> tuple[int, int] | None:
    """Height and width of a sample's pictures; None where its inputs are none.

    By their values, whole in 0…255 or shades in 0…1, and by the names of columns, where they have
    any: those of pixels have numbers in them.
    """
    if V.columns is not None and not all(re.search("[0-9]", name) for name in V.columns):
        return None
    side = square_side(V.x.shape[1])
    own = V.shape if len(V.shape) == 2 else side and (side, side)
    if not own or not (are_bytes(V.x) or (V.x.min() >= 0 and V.x.max() <= 1)):
        return None
    return own[0], own[1]


def rare(drawn: NDArray[np.bool_]) -> tuple[str, ...]:
    """What is doubtful in hardly any of the pictures (K, h, w)."""
    rows = some(len(drawn), SOME)
    found = [reason for row in rows for reason in doubts(drawn[row])]
    return tuple(reason for reason in DOUBTS if found.count(reason) <= RARE * len(rows))


def some(count: int, most: int) -> NDArray[np.intp]:
    """Which of so many pictures are looked at; the same ones each time."""
    return np.sort(np.random.default_rng(0).permutation(count)[:most])


def background(shades: NDArray[Any]) -> Shades:
    """The ground's shade of pictures (…, h, w), by the median of their edges: (…,)."""
    return np.asarray(np.median(edges(shades), axis=-1))


def edges(shades: NDArray[T]) -> NDArray[T]:
    """The pixels at the edges of pictures (…, h, w): (…, 2h + 2w)."""
    sides = shades[..., 0, :], shades[..., -1, :], shades[..., :, 0], shades[..., :, -1]
    return np.concatenate(sides, axis=-1)


def placed(ink: Shades) -> tuple[str, float]:
    """Where signs stand in their pictures (K, h, w), by their ink 0…1: how placed, how large."""
    h, w = ink.shape[1:]
    ink = np.where(ink > TRACE, ink, np.float32(0))[(ink > DRAWN).any(axis=(1, 2))]
    if not len(ink):
        return "whole", 1.0
    mass, boxes, sides = [], [], []
    for axis, side in ((2, h), (1, w)):
        line = ink.sum(axis)  # (K, side)
        centre = (line * (np.arange(side) + 0.5)).sum(1) / line.sum(1)
        drawn: NDArray[np.bool_] = np.asarray(np.any(ink > DRAWN, axis=axis))
        first, end = drawn.argmax(1), side - drawn[:, ::-1].argmax(1)
        mass.append(np.abs(centre - side / 2 - MIDDLE))
        boxes.append(np.abs((first + end - side) / 2))
        sides.append(end - first)
    pixel = max(1.0, min(h, w) / 28)  # what a pixel of MNIST's is here
    longest = np.maximum(*sides)
    box = float(np.median(longest)) / min(h, w)
    even = (np.abs(longest - np.median(longest)) <= pixel).mean() >= CERTAIN
    for placing, off in (("mass", mass), ("box", boxes)):
        if even and box < 1 and (np.maximum(*off) <= 0.75 * pixel).mean() >= CERTAIN:
            return placing, box
    return "whole", 1.0
