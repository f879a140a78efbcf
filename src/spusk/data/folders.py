"""Where a set of IDX files stands, and under which names its four parts are known."""

import os
import re
from pathlib import Path

from spusk.data.idx import numbered, pair
from spusk.data.samples import Data, Sample, held_out
from spusk.errors import DataError
from spusk.io.paths import home

TRAIN, TEST = "train", "t10k"
KINDS = ("images", "labels")
IDX_NAME = re.compile(
    r"(?P<set>.*?)(?P<part>train|t10k|test)[-_.](?P<kind>images|labels)[-_.]idx[13][-_.]ubyte(\.gz)?",
    re.IGNORECASE,
)
SHOWN = 6  # sets named at most
Files = dict[tuple[str, str], Path]  # by part and kind


def mnist_folder(folder: Path | str | None = None) -> Path:
    """The folder given, else SPUSK_DATA, else the platform's cache folder."""
    if folder is not None:
        return home(folder)
    if os.environ.get("SPUSK_DATA"):
        return home(os.environ["SPUSK_DATA"])
    from platformdirs import user_cache_path

    return user_cache_path("spusk", appauthor=False) / "mnist"


def usual_name(part: str, kind: str, dot: str = "-") -> str:
    """What a file is called: its part ("train", "t10k") and kind ("images", "labels")."""
    return f"{part}-{kind}{dot}idx{3 if kind == 'images' else 1}-ubyte"


def find(folder: Path, part: str, kind: str) -> Path | None:
    """The file of one part and kind, `.gz` first."""
    for dot in "-.":
        for end in (".gz", ""):
            path = folder / f"{usual_name(part, kind, dot)}{end}"
            if path.is_file():
                return path
    return None


def labels_beside(images: Path) -> Path:
    """The labels file that belongs to an images file, by the usual naming."""
    plain = images.name.removesuffix(".gz")
    other = plain.replace("images", "labels").replace("idx3", "idx1")
    for name in (other, f"{other}.gz"):
        path = images.with_name(name)
        if other != plain and path.is_file():
            return path
    raise DataError.keyed("data.lone_images", path=images, other=other)


def idx_files(folder: Path) -> Files:
    """The IDX files of a folder, or of the first one inside that has some, by part and kind.

    Their names may begin with the set's, as EMNIST's and QMNIST's do. Raises DataError where the
    files of several sets lie there, none of them without such a name.
    """
    for depth in ("*", "*/*", "*/*/*"):
        sets: dict[tuple[Path, str], Files] = {}
        for path in sorted(folder.glob(depth), reverse=True):  # .gz first
            match = IDX_NAME.fullmatch(path.name)
            if match and path.is_file():
                part = TRAIN if match["part"].lower() == TRAIN else TEST
                files = sets.setdefault((path.parent, match["set"]), {})
                files.setdefault((part, match["kind"].lower()), path)
        plain = [files for (_, name), files in sets.items() if not name]
        if len(plain) == 1 or len(sets) == 1:
            return (plain or list(sets.values()))[0]
        if sets:
            found = ", ".join(repr(name or place.name) for place, name in list(sets)[:SHOWN])
            raise DataError.keyed("data.many_sets", folder=folder, found=found)
    return {}


def load_idx_folder(folder: Path, name: str, split: float | None) -> Data:
    """The set of a folder with MNIST's four files, or with the training two alone."""
    found = {(part, kind): find(folder, part, kind) for part in (TRAIN, TEST) for kind in KINDS}
    return load_idx_files({key: path for key, path in found.items() if path}, folder, name, split)


def load_idx_files(files: Files, folder: Path, name: str, split: float | None) -> Data:
    """The set of these files of a folder, the test part's or none of it."""
    train = _part(files, folder, TRAIN, name)
    if train is None:
        raise DataError.keyed("data.no_part", folder=folder, file=usual_name(TRAIN, "images"))
    test = _part(files, folder, TEST, name)
    if test is None:
        return held_out(numbered(train)[0], split)
    if test.shape != train.shape:
        raise DataError.keyed("data.parts", path=folder, train=train.shape, test=test.shape)
    train, test = numbered(train, test)
    return Data(train, test, name)


def _part(files: Files, folder: Path, part: str, name: str) -> Sample | None:
    images, labels = files.get((part, "images")), files.get((part, "labels"))
    if images is None and labels is None:
        return None
    if images is None or labels is None:
        missing = usual_name(part, "labels" if images else "images")
        raise DataError.keyed("data.no_part", folder=folder, file=missing)
    return pair(images, labels, f"{name}/{part if part == TRAIN else 'test'}")
