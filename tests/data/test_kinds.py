"""Files that are no set we read: their kind is named, and what to do."""

import gzip
import io
import pickle
import tarfile
import zipfile

import numpy as np
import pytest

from spusk.data import load
from spusk.errors import DataError
from tests.i18n.russian import refused


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "label,a\n0,1\n")
    return file.getvalue()


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return file.getvalue()


NPY = io.BytesIO()
np.save(NPY, np.eye(3))
ARCHIVES = [
    ("set.zip", zipped(), "zip"), ("set.csv", zipped(), "zip"), ("set", zipped(), "zip"),
    ("set.tar", tarred(), "tar"), ("set.tar.gz", gzip.compress(tarred()), "tar"),
    ("set.tgz", gzip.compress(tarred()), "tgz"), ("set.7z", b"7z\xbc\xaf\x27\x1c" + bytes(9), "7z"),
    ("set.csv.bz2", b"BZh9" + bytes(60), "bz2"), ("set.csv.xz", b"\xfd7zXZ\0" + bytes(60), "xz"),
]  # fmt: skip
OTHERS = [
    ("set.parquet", b"PAR1" + bytes(60), "Parquet"), ("set", b"PAR1" + bytes(60), "Parquet"),
    ("set.mat", b"MATLAB 5.0 MAT-file, " + bytes(60), "MATLAB"),
    ("set.h5", b"\x89HDF\r\n\x1a\n" + bytes(60), "HDF5"), ("set.xlsx", zipped(), "Excel"),
    ("set.feather", b"ARROW1\0\0" + bytes(60), "Feather"), ("set.npy", NPY.getvalue(), "NPY"),
    ("set.json", b'[{"a": 1, "label": 0}]', "JSON"), ("set.arff", b"@relation iris", "ARFF"),
    ("set.csv", b"PAR1" + bytes(60), "Parquet"), ("libsvm.txt", b"0 1:0.5 3:1\n1 2:7\n", "LIBSVM"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "kind"), ARCHIVES)
def test_archives_are_to_be_unpacked(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    with refused(DataError, rf"{kind}.*unpack it.*CSV", kind, name):
        load(tmp_path / name)


@pytest.mark.parametrize(("name", "content", "kind"), OTHERS)
def test_other_kinds_are_named(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    with refused(DataError, rf"{kind}; export it as CSV", kind, name):
        load(tmp_path / name)


@pytest.mark.parametrize("name", ["set.pkl", "set.pickle", "set", "set.csv", "set.pkl.gz"])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_a_pickle_is_never_read(tmp_path, name, protocol):
    content = pickle.dumps({"x": [1]}, protocol)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with refused(DataError, "a pickle, which is never read.*CSV", name):
        load(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "encoding", "says"),
    [("label,имя\n0,1\n", "utf-16", "UTF-16"), ("label,имя\n0,1\n", "cp1251", "cp1251")],
)
def test_other_encodings_are_named(tmp_path, text, encoding, says):
    (tmp_path / "set.csv").write_bytes(text.encode(encoding))
    with refused(DataError, f"UTF-8, found .*{says}"):
        load(tmp_path / "set.csv")


def test_what_is_no_text_and_nothing_known_still_is_asked_for_its_labels(tmp_path):
    (tmp_path / "set.bin").write_bytes(bytes(range(256)))
    with pytest.raises(DataError, match="labels beside it"):
        load(tmp_path / "set.bin")
