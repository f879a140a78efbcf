"""One picture of a file as shades of grey."""

import io
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spusk.data.stream import DEFLATE, fits, reading, regular
from spusk.errors import DataError
from spusk.i18n.reasons import reason

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = (".png", ".jpg", ".jpeg")
MOST_PIXELS = 64_000_000  # of one picture; a phone's camera makes 50 million
STRIP = 1 << 20  # pixels turned grey at once
ORIENTATION = 0x0112  # of EXIF


def grey(path: Path, enough: int | None = None) -> "Image.Image":
    """A PNG or JPEG as shades of grey (mode L), upright, laid over black or white if transparent.

    A JPEG of more than twice `enough` pixels a side is decoded at a half, a quarter or an eighth of
    its size. Raises DataError for anything else, a broken file, or one that claims to be too large.
    """
    with reading(path):
        size = regular(path).stat().st_size
    if size > 4 * MOST_PIXELS:
        raise DataError.keyed("data.many_bytes", path=path, size=size)
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = io.BytesIO(path.read_bytes())  # a file would set aside what a chunk claims
            with Image.open(content, formats=("PNG", "JPEG")) as picture:
                _check_size(picture, size, path)
                what, held = "×".join(map(str, picture.size)), _coefficients(picture)
                if enough is not None:
                    picture.draft(None, (enough, enough))
                width, height = picture.size
                fits(held + 4 * width * height, size, f"{path}: {what}", "smaller")
                picture.load()
                return _upright(_shades(picture), picture.getexif().get(ORIENTATION, 1))
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError.keyed("data.no_picture", path=path) from error
    except Exception as error:  # a decoder fed with broken bytes raises whatever it stumbles on
        raise DataError.keyed("data.broken_picture", path=path, why=reason(error)) from error


def _check_size(picture: "Image.Image", size: int, path: Path) -> None:
    width, height = picture.size
    bands = len(picture.getbands())
    bits = 8 * bands if bands > 1 else 1
    if width * height > min(MOST_PIXELS, DEFLATE * size * 8 // bits):
        claims = {"width": width, "height": height, "limit": MOST_PIXELS, "size": size}
        raise DataError.keyed("data.large_picture", path=path, **claims)


def _coefficients(picture: "Image.Image") -> int:
    """The bytes that a JPEG's decoder keeps of the whole picture, if it comes in several scans."""
    layers = getattr(picture, "layer", [])
    if not layers:
        return 0
    width, height = picture.size
    sampled = [int(across) * int(down) for _, across, down, _ in layers]
    return 2 * width * height * sum(sampled) // max(sampled)


def _shades(picture: "Image.Image") -> "Image.Image":
    """The picture in grey, made strip by strip: beside it stands no second one in colour."""
    from PIL import Image

    wide = picture.mode.startswith(("I", "F"))  # 16 bits a pixel
    paint = _squeezed if wide else _plain
    if not wide and picture.has_transparency_data:
        ink = np.sum([_plain(s).histogram(_alpha(s)) for s in _strips(picture)], axis=0)
        if not ink.any():
            return Image.new("L", picture.size)
        bright = ink @ np.arange(256) >= 128 * ink.sum()  # the ink's, where there is any
        paint = partial(_laid_over, 0 if bright else 255)
    shades = Image.new("L", picture.size)
    top = 0
    for strip in _strips(picture):
        shades.paste(paint(strip), (0, top))
        top += strip.height
    return shades


def _strips(picture: "Image.Image") -> "Iterator[Image.Image]":
    width, height = picture.size
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        yield picture.crop((0, top, width, min(top + rows, height)))


def _plain(strip: "Image.Image") -> "Image.Image":
    colours = strip.convert("RGBA").convert("RGB") if strip.has_transparency_data else strip
    return colours.convert("L")


def _alpha(strip: "Image.Image") -> "Image.Image":
    return strip.convert("RGBA").getchannel("A")


def _squeezed(strip: "Image.Image") -> "Image.Image":
    from PIL import Image

    wide = np.asarray(strip, np.float32) / 257
    return Image.fromarray(np.clip(wide, 0, 255).round().astype(np.uint8))


def _laid_over(ground: int, strip: "Image.Image") -> "Image.Image":
    from PIL import Image

    return Image.composite(_plain(strip), Image.new("L", strip.size, ground), _alpha(strip))


def _upright(shades: "Image.Image", orientation: int) -> "Image.Image":
    """Turned as EXIF's orientation (1 … 8) says."""
    from PIL.Image import Transpose

    turns = (
        Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90,
    )  # fmt: skip
    return shades.transpose(turns[orientation - 2]) if orientation in range(2, 9) else shades
