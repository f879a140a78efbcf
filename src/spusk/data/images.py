"""One picture of a file as shades of grey: PNG, JPEG, BMP, GIF, WebP or TIFF, its first frame."""

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

FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF")  # Pillow's names; no other decoder
KINDS = "PNG, JPEG, BMP, GIF, WebP, TIFF"
ENDINGS = (
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff",
)  # fmt: skip
MOST_PIXELS = 64_000_000  # of one picture; a phone's camera makes 50 million
STRIP = 1 << 20  # pixels turned grey at once
ORIENTATION = 0x0112  # of EXIF


def grey(path: Path, enough: int | None = None) -> "Image.Image":
    """A picture as shades of grey (mode L), upright, laid over black or white if transparent.

    A JPEG of more than twice `enough` pixels a side is decoded at a half, a quarter or an eighth of
    its size. Raises DataError for no picture, a broken file, or one that claims to be too large.
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
            with Image.open(content, formats=FORMATS) as picture:
                _check_size(picture, size, path)
                what, held = "×".join(map(str, picture.size)), _held(picture)
                if enough is not None:
                    picture.draft(None, (enough, enough))
                width, height = picture.size
                fits(held + 4 * width * height, size, f"{path}: {what}", "smaller")
                picture.load()
                return _upright(_shades(picture), picture.getexif().get(ORIENTATION, 1))
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError.keyed("data.no_picture", path=path, kinds=KINDS) from error
    except Exception as error:  # a decoder fed with broken bytes raises whatever it stumbles on
        raise DataError.keyed("data.broken_picture", path=path, why=reason(error)) from error


def _check_size(picture: "Image.Image", size: int, path: Path) -> None:
    width, height = picture.size
    bands = len(picture.getbands())
    bits = 8 * bands if bands > 1 else 1
    densest = MOST_PIXELS if picture.format == "WEBP" else DEFLATE * size * 8 // bits
    if width * height > min(MOST_PIXELS, densest):  # WebP packs an even ground into nothing
        claims = {"width": width, "height": height, "limit": MOST_PIXELS, "size": size}
        raise DataError.keyed("data.large_picture", path=path, **claims)


def _held(picture: "Image.Image") -> int:
    """The bytes that a decoder keeps of the whole picture beside its pixels.

    A JPEG's coefficients, if it comes in several scans; the canvases of what may be animated.
    """
    width, height = picture.size
    if picture.format in ("GIF", "WEBP", "TIFF"):
        return 12 * width * height
    layers = getattr(picture, "layer", [])
    if not layers:
        return 0
    sampled = [int(across) * int(down) for _, across, down, _ in layers]
    return 2 * width * height * sum(sampled) // max(sampled)


def _shades(picture: "Image.Image") -> "Image.Image":
    """The picture in grey, made strip by strip: beside it stands no second one in colour."""
    from PIL import Image

    wide = picture.mode.startswith(("I", "F"))  # 16 bits a pixel, or floating point
    paint = partial(_squeezed, _white(picture)) if wide else _plain
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


def _white(picture: "Image.Image") -> int:
    """The number that means white: of 16 bits, or by the brightest pixel in floating point."""
    if picture.mode != "F":
        return 65535
    brightest = max(float(np.nanmax(np.asarray(strip))) for strip in _strips(picture))
    return next((white for white in (1, 255) if brightest <= white), 65535)


def _squeezed(white: int, strip: "Image.Image") -> "Image.Image":
    from PIL import Image

    shades = np.array(strip, np.float32)
    np.nan_to_num(shades, copy=False)
    shades *= 255 / white
    np.rint(np.clip(shades, 0, 255, out=shades), out=shades)
    return Image.fromarray(shades.astype(np.uint8))


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
