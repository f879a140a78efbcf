"""A picture of a file as an input of a network: brought to the look of the training pictures.

One of their size and ground is taken as it is. Of any other the ink is found, however the paper is
lit, and put where the training pictures have theirs, in their shades. MNIST's are made so, after
the description on its page: the digit is fitted into 20×20 keeping its aspect, grey by
anti-aliasing, white on black, and its centre of mass is put into the middle of 28×28.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.data.doubts import doubts
from spusk.data.images import grey
from spusk.data.looks import DRAWN, LEAST_SIDE, MIDDLE, Look, background, edges
from spusk.data.preprocessing import Preparation
from spusk.errors import DataError
from spusk.io.paths import home

Shades = NDArray[np.floating] | NDArray[np.uint8]

WORKING = 400  # a larger picture is first made this small: quicker, and it smooths a photo's noise
STROKE = 2.0  # pixels of the 28; three quarters of MNIST's digits are bolder
UNEVEN = 0.08  # of the ink's strength: a ground whose edges differ by more has lines or shadows
FAINT = 24  # ink less than this above its background is none


class Picture(NamedTuple):
    """A picture as a network takes it: shades (h, w), raw numbers x (n,), and what is doubtful."""

    shades: NDArray[np.uint8]
    x: NDArray[np.generic]
    doubts: tuple[str, ...] = ()


def image(
    path: str | Path, shape: tuple[int, ...] = (28, 28), like: Preparation | None = None
) -> NDArray[np.generic]:
    """The picture in a file as one input x, made like MNIST's, or like a network's training set.

    A picture of the set's size and ground passes unchanged; MNIST's ground is black.

    Args:
        path: a picture of any size: PNG, JPEG, BMP, GIF, WebP, TIFF.
        shape: height and width of the input, (h, w), where `like` does not say it.
        like: the network's preparation, which knows how its training pictures looked.

    Returns:
        Raw numbers (n,), n = h·w: bytes, or what the training set has.

    Raises:
        DataError: no picture, or one with nothing on it.

    Source: the description on MNIST's own page.
    """
    return read_picture(path, look_for(like, shape, home(path))).x


def look_for(like: Preparation | None, shape: tuple[int, ...], path: Path) -> Look:
    """The look that a picture shall have: that of the training set, else MNIST's in this shape."""
    if like is not None and like.look is not None:
        return like.look
    if len(shape) != 2 or min(shape) < LEAST_SIDE:
        raise DataError.keyed("data.picture_shape", path=path, shape=shape)
    return Look((shape[0], shape[1]))


def read_picture(path: str | Path, look: Look) -> Picture:
    """The picture in a file, brought to a look. Raises DataError: no picture, or an empty one."""
    path = home(path)
    picture = grey(path, max(2 * WORKING, *look.shape))
    shades = np.array(picture)  # (h, w) uint8
    if shades.min() == shades.max():
        raise DataError.keyed("data.faint", path=path)
    if look.fits(shades):
        return Picture(shades, look.raw(shades), _doubtful(look.ink_of(shades), look))
    picture.thumbnail((max(WORKING, 2 * look.shape[1]), max(WORKING, 2 * look.shape[0])))
    shades = np.asarray(picture)
    if look.ink is None or (look.placing == "whole" and look.has_ground(shades)):
        made = _spread(shades, look.shape, float(background(shades)))
        return Picture(made, look.raw(made), _doubtful(look.ink_of(shades), look))
    ink, uneven = _ink(np.asarray(shades, np.float64), path)
    made = look.painted(_set_down(ink, look) / 255)
    doubtful = _doubtful(ink / 255, look)
    return Picture(made, look.raw(made), ("ground", *doubtful) if uneven > UNEVEN else doubtful)


def drawn(ink: Shades, look: Look) -> Picture:
    """A sign drawn white on black, (h, w) of 0…255, brought to a look of its shape.

    Raises DataError when nothing is drawn.
    """
    if ink.max() < FAINT:
        raise DataError.keyed("data.no_digit")
    bright = np.asarray(ink, np.float64) * (255 / ink.max())
    made = look.painted(_set_down(bright, look) / 255)
    return Picture(made, look.raw(made))


def _doubtful(ink: Shades, look: Look) -> tuple[str, ...]:
    """What is doubtful about ink of 0…1 that is not doubtful in the training pictures."""
    if not look.rare:
        return ()
    return tuple(reason for reason in doubts(ink > DRAWN) if reason in look.rare)


def _set_down(ink: Shades, look: Look) -> Shades:
    """The ink of a picture, 0…255, where the training pictures have theirs: (h, w)."""
    if look.placing == "whole":
        return _spread(ink, look.shape, 0)
    return _centred(_fitted(ink, look), look)


def _spread(shades: Shades, shape: tuple[int, int], ground: float) -> NDArray[np.uint8]:
    """The whole picture as large as the shape takes it, in the middle of a plain ground."""
    from PIL import Image

    scale = min(side / size for side, size in zip(shape, shades.shape, strict=True))
    height, width = (max(1, round(scale * length)) for length in shades.shape)
    picture = Image.fromarray(np.asarray(shades).round().clip(0, 255).astype(np.uint8))
    field = np.full(shape, round(ground), np.uint8)
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    field[top : top + height, left : left + width] = np.asarray(small)
    return field


def _ink(shades: Shades, path: Path) -> tuple[Shades, float]:
    """White on black, 0..255: the distance from the background, on the side that has more of it.

    And how uneven the background's edges are, as a share of the strongest ink.
    """
    shades = shades - _light(shades)
    off = float(np.median(np.abs(edges(shades))))
    noise = 6 * off  # about 4 standard deviations
    bright = np.maximum(shades - noise, 0)
    dark = np.maximum(-shades - noise, 0)
    ink = bright if bright.sum() > dark.sum() else dark
    if ink.max() < FAINT:
        raise DataError.keyed("data.faint", path=path)
    full = float(np.median(ink[ink > ink.max() / 2]))
    return np.asarray(np.minimum(ink / full, 1) * 255), off / float(ink.max() + noise)


def _light(shades: Shades) -> Shades:
    """The background: the plane through the edge's pixels, for light is rarely even."""
    h, w = shades.shape
    rows, columns = np.mgrid[0:h, 0:w] / max(h, w)
    plane = np.stack([np.ones((h, w)), rows, columns], -1)  # (h, w, 3)
    edge = np.asarray(edges(shades), np.float64)
    away = np.abs(edge - np.median(edge))
    paper = away <= 3 * np.median(away) + FAINT / 2  # not where the ink runs off the picture
    sides = np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
    level, *_ = np.linalg.lstsq(sides[paper], edge[paper])
    return np.asarray(plane @ level)


def _fitted(ink: Shades, look: Look) -> Shades:
    """The sign alone, scaled to fit the box, 20×20 of 28×28, its brightest pixel at 255."""
    from PIL import Image

    crop = _bolder(_cropped(ink), look)
    scale = _scale(crop, look)
    height, width = (max(1, round(scale * length)) for length in crop.shape)
    picture = Image.fromarray(crop.round().astype(np.uint8))
    small = np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS), np.float64)
    return np.asarray(small * (255 / small.max()))


def _cropped(ink: Shades) -> Shades:
    drawn = ink > 255 / 4
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _scale(crop: Shades, look: Look) -> float:
    sides = zip(look.shape, crop.shape, strict=True)
    return float(min(look.box * side / size for side, size in sides))


def _bolder(crop: Shades, look: Look) -> Shades:
    """A thin pen's strokes widened to what is usual in MNIST, or scaling would make them faint."""
    from PIL import Image, ImageFilter

    drawn = np.pad(crop > 255 / 2, 1)
    inner = drawn[1:-1, :-2] & drawn[1:-1, 2:] & drawn[:-2, 1:-1] & drawn[2:, 1:-1]
    area = drawn.sum()
    width = 2 * area / max(area - (inner & drawn[1:-1, 1:-1]).sum(), 1)
    reach = int((STROKE / _scale(crop, look) - width) / 2)
    if reach < 1:
        return crop
    picture = Image.fromarray(np.pad(crop, reach).round().astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.MaxFilter(2 * reach + 1)), np.float64)


def _centred(small: Shades, look: Look) -> NDArray[np.uint8]:
    """The sign in the field, its centre as near the middle as whole pixels allow."""
    field = np.zeros(look.shape, np.uint8)
    mass = small.sum()
    corner = []
    for axis, (side, length) in enumerate(zip(look.shape, small.shape, strict=True)):
        centre = (small.sum(1 - axis) * (np.arange(length) + 0.5)).sum() / mass
        if look.placing == "box":
            centre = length / 2 + MIDDLE
        corner.append(int(np.clip(round(side / 2 + MIDDLE - centre), 0, side - length)))
    top, left = corner
    field[top : top + small.shape[0], left : left + small.shape[1]] = small.round()
    return field
