"""Pictures: one file as shades of grey, and folders of them as a set.

A folder has a sub-folder for each class, or `train/` and `test/` with such sub-folders, or a
`labels.csv` of lines `file,label`. All pictures of a set have one size; they are taken as they
are, as bytes. Classes named 0, 1, 2 … keep their numbers, others are numbered in order of name.
"""

import csv
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spusk.data.sample import Data, Sample, held_out
from spusk.data.stream import DEFLATE, reading, regular
from spusk.data.tables import lines_of
from spusk.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = (".png", ".jpg", ".jpeg")
MOST_PIXELS = 64_000_000  # of one picture; a phone's camera makes 50 million
LABELS = "labels.csv"
HEADER = ("file", "filename", "image", "name", "path")


def grey(path: Path) -> "Image.Image":
    """A PNG or JPEG as shades of grey (mode L), upright, laid over black or white if transparent.

    Raises DataError for anything else, a broken file, or one that claims to be too large.
    """
    with reading(path):
        size = regular(path).stat().st_size
    if size > 4 * MOST_PIXELS:
        raise DataError(f"{path}: {size} bytes are too many for one picture")
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = io.BytesIO(path.read_bytes())  # a file would set aside what a chunk claims
            with Image.open(content, formats=("PNG", "JPEG")) as picture:
                _check_size(picture, size, path)
                picture.load()
                return _shades(ImageOps.exif_transpose(picture))
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: expected a PNG or JPEG picture, found neither") from error
    except Exception as error:  # a decoder fed with broken bytes raises whatever it stumbles on
        raise DataError(f"{path}: a broken picture ({error})") from error


def read_folder(folder: Path, split: float | None) -> Data:
    """The set of a folder of pictures. Raises DataError naming the file that does not fit."""
    if (folder / LABELS).is_file():
        return held_out(_sample(_listed(folder / LABELS), folder.name), split)
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        train = _sample(_sorted_out(folder / "train"), f"{folder.name} train")
        test = _sample(_sorted_out(folder / "test"), f"{folder.name} test", train)
        return Data(train, test, folder.name)
    return held_out(_sample(_sorted_out(folder), folder.name), split)


def _check_size(picture: "Image.Image", size: int, path: Path) -> None:
    width, height = picture.size
    bands = len(picture.getbands())
    bits = 8 * bands if bands > 1 else 1
    if width * height > min(MOST_PIXELS, DEFLATE * size * 8 // bits):
        raise DataError(
            f"{path}: claims {width}×{height} pixels, more than {MOST_PIXELS} or than a file of "
            f"{size} bytes can hold; make it smaller"
        )


def _shades(picture: "Image.Image") -> "Image.Image":
    from PIL import Image, ImageStat

    if picture.mode.startswith(("I", "F")):  # 16 bits a pixel
        wide = np.asarray(picture, np.float32) / 257
        return Image.fromarray(np.clip(wide, 0, 255).round().astype(np.uint8))
    if not picture.has_transparency_data:
        return picture.convert("L")
    colours = picture.convert("RGBA")
    shades, alpha = colours.convert("RGB").convert("L"), colours.getchannel("A")
    if alpha.getextrema()[1] == 0:
        return Image.new("L", picture.size)
    bright = ImageStat.Stat(shades, alpha).mean[0] >= 128  # the ink's, where there is any
    return Image.composite(shades, Image.new("L", picture.size, 0 if bright else 255), alpha)


def _sorted_out(folder: Path) -> list[tuple[Path, str]]:
    """Every picture in the sub-folders, with its sub-folder's name."""
    classes = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    files = [
        (path, group.name)
        for group in classes
        for path in sorted(group.iterdir())
        if path.suffix.lower() in ENDINGS
    ]
    if not files:
        raise DataError(
            f"{folder}: no set found; expected MNIST's IDX files, a sub-folder of PNG pictures "
            f"for each class, or {LABELS} with lines file,label"
        )
    return files


def _listed(table: Path) -> list[tuple[Path, str]]:
    """Every picture that labels.csv names, with its label."""
    folder = table.parent
    files = []
    reader = csv.reader(lines_of(table), strict=True)
    try:
        for cells in reader:
            if not cells or (reader.line_num == 1 and cells[0].strip().lower() in HEADER):
                continue
            where = f"{table}, line {reader.line_num}"
            if len(cells) != 2 or not cells[1].strip():
                raise DataError(f"{where}: expected file,label, found {len(cells)} values")
            path = folder / cells[0].strip()
            inside = cells[0].isprintable() and path.resolve().is_relative_to(folder.resolve())
            if not inside:
                raise DataError(f"{where}: {cells[0][:80]!r} is no file's name, or one outside")
            files.append((path, cells[1].strip()))
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"{table}, line {reader.line_num}: {error}") from error
    if not files:
        raise DataError(f"{table}: an empty set: it names no pictures")
    return files


def _sample(files: list[tuple[Path, str]], name: str, like: Sample | None = None) -> Sample:
    """The set of these pictures; its size and classes are those of `like`, where given."""
    names = sorted({label for _, label in files})
    if like is None and all(label.isdecimal() and len(label) < 6 for label in names):
        names = [str(number) for number in range(max(map(int, names)) + 1)]
    elif like is not None:
        names = list(like.class_names)
    place = {label: number for number, label in enumerate(names)}
    x: NDArray[np.uint8] | None = None
    labels = []
    for row, (path, label) in enumerate(files):
        picture = np.asarray(grey(path))
        if x is None:
            shape = picture.shape if like is None else like.shape
            x = np.empty((len(files), *shape), np.uint8)
        if picture.shape != x.shape[1:]:
            expected, found = ("×".join(map(str, s[::-1])) for s in (x.shape[1:], picture.shape))
            raise DataError(f"{path}: expected {expected} pixels as the first, found {found}")
        x[row] = picture
        number = place.get(str(int(label)) if label.isdecimal() else label)
        if number is None:
            raise DataError(f"{path}: class {label!r} is not among those trained on")
        labels.append(number)
    assert x is not None
    return Sample(x, labels=labels, classes=len(names), name=name, class_names=tuple(names))
