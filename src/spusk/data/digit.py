"""One picture of a digit, made like MNIST's: white on black, in a box of 20×20, centred by mass.

After the description on MNIST's page: the digit is fitted into 20×20 keeping its aspect, grey by
anti-aliasing, and its centre of mass is put into the middle of 28×28.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spusk.data.images import grey
from spusk.errors import DataError
from spusk.io.paths import home

Shades = NDArray[np.floating] | NDArray[np.uint8]

WORKING = 400  # a larger picture is first made this small: quicker, and it smooths a photo's noise
BLACK = 16  # a background up to this shade counts as black
STROKE = 2.0  # pixels of the 28; three quarters of MNIST's digits are bolder
FAINTEST = 24  # ink less than this above its background is none
BOX = 20 / 28
MIDDLE = 0.5  # MNIST's centres of mass lie at 14.5 on average, half a pixel past the middle


def image(path: str | Path, shape: tuple[int, ...] = (28, 28)) -> NDArray[np.uint8]:
    """The picture in a file as one input x, made like MNIST's: white on black, centred by its mass.

    A picture that already has the shape and a black background passes unchanged.

    Args:
        path: a PNG or JPEG of any size.
        shape: height and width of the input, (h, w).

    Returns:
        Bytes (n,), n = h·w.

    Raises:
        DataError: no picture, or one with nothing on it.

    Source: the description on MNIST's own page.
    """
    path = home(path)
    if len(shape) != 2 or min(shape) < 4:
        raise DataError.keyed("data.picture_shape", path=path, shape=shape)
    picture = grey(path, max(2 * WORKING, *shape))
    shades = np.array(picture)  # (h, w) uint8
    if shades.shape == tuple(shape) and _background(shades) <= BLACK:
        return shades.reshape(-1)
    picture.thumbnail((WORKING, WORKING))
    ink = _ink(np.asarray(picture, np.float64), path)
    return _centred(_fitted(ink, shape), shape).reshape(-1)


def drawn(ink: Shades) -> NDArray[np.uint8]:
    """A digit drawn white on black, (h, w) of 0…255, as one input x, (n,) with n = h·w.

    Raises DataError when nothing is drawn.
    """
    if ink.max() < FAINTEST:
        raise DataError.keyed("data.no_digit")
    bright = np.asarray(ink, np.float64) * (255 / ink.max())
    return _centred(_fitted(bright, ink.shape), ink.shape).reshape(-1)


def _edge(shades: Shades) -> Shades:
    return np.concatenate([shades[0], shades[-1], shades[:, 0], shades[:, -1]], dtype=np.float64)


def _background(shades: Shades) -> float:
    return float(np.median(_edge(shades)))


def _ink(shades: Shades, path: Path) -> Shades:
    """White on black, 0..255: the distance from the background, on the side that has more of it."""
    shades = shades - _light(shades)
    noise = 6 * float(np.median(np.abs(_edge(shades))))  # about 4 standard deviations
    bright = np.maximum(shades - noise, 0)
    dark = np.maximum(-shades - noise, 0)
    ink = bright if bright.sum() > dark.sum() else dark
    if ink.max() < FAINTEST:
        raise DataError.keyed("data.faint", path=path)
    full = float(np.median(ink[ink > ink.max() / 2]))
    return np.asarray(np.minimum(ink / full, 1) * 255)


def _light(shades: Shades) -> Shades:
    """The background: the plane through the edge's pixels, for light is rarely even."""
    h, w = shades.shape
    rows, columns = np.mgrid[0:h, 0:w] / max(h, w)
    plane = np.stack([np.ones((h, w)), rows, columns], -1)  # (h, w, 3)
    edge = _edge(shades)
    away = np.abs(edge - np.median(edge))
    paper = away <= 3 * np.median(away) + FAINTEST / 2  # not where the ink runs off the picture
    sides = np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
    level, *_ = np.linalg.lstsq(sides[paper], edge[paper])
    return np.asarray(plane @ level)


def _fitted(ink: Shades, shape: tuple[int, ...]) -> Shades:
    """The digit alone, scaled to fit 20×20 (of 28×28), its brightest pixel at 255."""
    from PIL import Image

    crop = _bolder(_cropped(ink), shape)
    scale = _scale(crop, shape)
    height, width = (max(1, round(scale * length)) for length in crop.shape)
    picture = Image.fromarray(crop.round().astype(np.uint8))
    small = np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS), np.float64)
    return np.asarray(small * (255 / small.max()))


def _cropped(ink: Shades) -> Shades:
    drawn = ink > 255 / 4
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _scale(crop: Shades, shape: tuple[int, ...]) -> float:
    return float(min(BOX * side / size for side, size in zip(shape, crop.shape, strict=True)))


def _bolder(crop: Shades, shape: tuple[int, ...]) -> Shades:
    """A thin pen's strokes widened to what is usual in MNIST, or scaling would make them faint."""
    from PIL import Image, ImageFilter

    drawn = np.pad(crop > 255 / 2, 1)
    inner = drawn[1:-1, :-2] & drawn[1:-1, 2:] & drawn[:-2, 1:-1] & drawn[2:, 1:-1]
    area = drawn.sum()
    width = 2 * area / max(area - (inner & drawn[1:-1, 1:-1]).sum(), 1)
    reach = int((STROKE / _scale(crop, shape) - width) / 2)
    if reach < 1:
        return crop
    picture = Image.fromarray(np.pad(crop, reach).round().astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.MaxFilter(2 * reach + 1)), np.float64)


def _centred(small: Shades, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The digit in the field, its centre of mass as near the middle as whole pixels allow."""
    field = np.zeros(shape, np.uint8)
    mass = small.sum()
    corner = []
    for axis, (side, length) in enumerate(zip(shape, small.shape, strict=True)):
        centre = (small.sum(1 - axis) * (np.arange(length) + 0.5)).sum() / mass
        corner.append(int(np.clip(round(side / 2 + MIDDLE - centre), 0, side - length)))
    top, left = corner
    field[top : top + small.shape[0], left : left + small.shape[1]] = small.round()
    return field
