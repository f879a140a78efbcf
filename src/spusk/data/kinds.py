"""What kind of file something is, by its first bytes and its ending, where it is no set we read."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

from spusk.data.stream import regular
from spusk.errors import DataError
from spusk.i18n import Phrase

TABLES = (".csv", ".tsv", ".txt", ".data", ".dat", ".train", ".test", ".tab")
LOOKED = 4096  # bytes
ARCHIVES = {
    b"PK\3\4": "zip", b"PK\5\6": "zip", b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar",
    b"BZh": "bz2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zst",
}  # fmt: skip
OTHERS = {
    b"PAR1": "Parquet", b"\x89HDF": "HDF5", b"MATLAB 5.0 MAT": "MATLAB", b"ARROW1": "Feather",
    b"FEA1": "Feather", b"SQLite format 3": "SQLite", b"%PDF": "PDF", b"\x93NUMPY": "NPY",
    b"\xd0\xcf\x11\xe0": "Excel",
}  # fmt: skip
PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth")
ENDINGS = {
    ".xlsx": "Excel", ".xls": "Excel", ".ods": "OpenDocument", ".parquet": "Parquet",
    ".mat": "MATLAB", ".h5": "HDF5", ".hdf5": "HDF5", ".feather": "Feather", ".arrow": "Arrow",
    ".json": "JSON", ".jsonl": "JSON", ".arff": "ARFF", ".npy": "NPY", ".html": "HTML",
    ".xml": "XML", ".docx": "Word", ".sav": "SPSS", ".dta": "Stata", ".rds": "R", ".rda": "R",
    ".rdata": "R", ".db": "SQLite", ".sqlite": "SQLite", ".tfrecord": "TFRecord",
}  # fmt: skip
PACKED = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".bz2", ".xz", ".7z", ".rar", ".zst")


def is_table(path: Path) -> bool:
    """Whether a file is read as a table: by its ending, or as text without a known one.

    Raises DataError where it is of a kind that is not read, whatever its ending says.
    """
    name = path.name.lower().removesuffix(".gz")
    start = beginning(path)
    if name.endswith(TABLES):
        checked_kind(path, start)
        return True
    if Path(name).suffix in ENDINGS or name.endswith((*PACKED, *PICKLES)) or not start:
        return False
    return start[:2] != b"\0\0" and "ubyte" not in name and decoded(start) is not None


def beginning(path: Path) -> bytes:
    """A file's first bytes, unpacked where it is packed by gzip; none where they can't be."""
    regular(path)
    with path.open("rb") as file:
        start = file.read(LOOKED)
    if start[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as file:
                return file.read(LOOKED)
        except (OSError, EOFError):
            return b""
    return start


def decoded(start: bytes) -> str | None:
    """The first bytes as text of UTF-8; None where they are none."""
    if b"\0" in start:
        return None
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError:
        return None


def checked_kind(path: Path, start: bytes | None = None) -> None:
    """Raises DataError that names the kind of a file that is none we read, and what to do."""
    start = beginning(path) if start is None else start
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    read = Phrase("tables.kinds")
    for mark, kind in ARCHIVES.items():
        if start.startswith(mark) and suffix not in (".xlsx", ".ods", ".docx", ".pt", ".pth"):
            raise DataError.keyed("tables.archive", path=path, kind=kind, kinds=read)
    if start[257:262] == b"ustar" or suffix in PACKED:
        kind = suffix.lstrip(".") if suffix in PACKED else "tar"
        raise DataError.keyed("tables.archive", path=path, kind=kind, kinds=read)
    if is_pickle(start) or suffix in PICKLES:
        raise DataError.keyed("tables.pickle", path=path, kinds=read)
    for mark, kind in OTHERS.items():
        if start.startswith(mark):
            raise DataError.keyed("tables.other_kind", path=path, kind=kind, kinds=read)
    if (
        start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        and start[:4] != b"\xff\xfe\0\0"
    ):
        raise DataError.keyed("tables.encoding", path=path, kind="UTF-16")
    if suffix in ENDINGS:
        raise DataError.keyed("tables.other_kind", path=path, kind=ENDINGS[suffix], kinds=read)
    if suffix in TABLES and b"\0" not in start and decoded(start) is None:
        raise DataError.keyed("tables.encoding", path=path, kind=Phrase("tables.one_byte"))


def is_pickle(start: bytes) -> bool:
    """Whether bytes begin as Python's pickles of protocol 2 and later do."""
    return len(start) > 2 and start[0] == 0x80 and start[1] in range(2, 6)
