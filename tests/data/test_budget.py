"""What a file costs in memory, seen by the system: Pillow's pixels and zlib's bytes are in it.

Each is read in a process of its own, by its peak of resident memory over what the libraries take.
"""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spusk.data.stream import ALLOWANCE, EXPANSION, budget
from tests.data.helpers import idx_bytes

STATUS = Path("/proc/self/status")
pytestmark = [
    pytest.mark.more,  # a process for each, and files as large as are allowed
    pytest.mark.skipif(not STATUS.exists(), reason="this system tells no peak of memory"),
]
SLACK = 32 << 20  # what zlib, csv, Pillow and NumPy keep for themselves
SCRIPT = """
import json, sys
from pathlib import Path
import numpy, csv, gzip, zipfile
from PIL import Image, PngImagePlugin, JpegImagePlugin
import spusk.data, spusk.data.npz, spusk.data.tables
from spusk.errors import DataError

def kilobytes(what):
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith(what))

path, before = Path(sys.argv[1]), kilobytes("VmRSS")
try:
    if path.suffix in (".png", ".jpg"):
        spusk.data.image(path)
    else:
        spusk.data.load(path)
    said = ""
except DataError as error:
    said = str(error)
print(json.dumps([1024 * (kilobytes("VmHWM") - before), said]))
"""


def read(path):
    """The peak in bytes, and the refusal, if it was refused."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=True,
        timeout=120,
    )  # fmt: skip
    peak, said = json.loads(done.stdout)
    print(f"{path.name}: {peak:,} bytes for a file of {size_of(path):,}; {said}")
    return peak, said


def size_of(path):
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(file.stat().st_size for file in files)


RANDOM = np.random.default_rng(0)


def labels(folder, count):
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(count, dtype="u1") % 10))


def idx(folder, array, end=""):
    labels(folder, len(array))
    path = folder / f"train-images-idx3-ubyte{end}"
    data = idx_bytes(array)
    path.write_bytes(gzip.compress(data, 6) if end else data)
    return path


def table(folder, cells, rows, end=""):
    path = folder / f"set.csv{end}"
    data = b"".join(b"%d,%s\n" % (k % 3, cells) for k in range(rows))
    path.write_bytes(gzip.compress(data, 6) if end else data)
    return path


def npz(folder, save=np.savez, **named):
    save(folder / "set.npz", y=np.arange(len(named["x"])) % 3, **named)
    return folder / "set.npz"


def drawing(folder, width, height, mode="RGBA", name="a.png", **more):
    """A black bar on white, as flat as a drawing is: the file is tiny."""
    picture = Image.new("L", (width, height), "white")
    picture.paste("black", (width // 3, height // 4, width // 2, height // 2))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture, np.uint16) * 257)
    picture.convert(mode).save(folder / name, **more)
    return folder / name


def photo(folder, width, height, name, **more):
    """A black bar under a camera's noise."""
    small = RANDOM.normal(200, 9, (height // 4, width // 4, 3))
    small[height // 16 : height // 8, width // 12 : width // 8] -= 180
    shades = small.clip(0, 255).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    shades ^= RANDOM.integers(0, 16, (height, width, 1), np.uint8)
    Image.fromarray(shades).save(folder / name, **more)
    return folder / name


def folder_of(folder, count, side):
    for number in range(count):
        place = folder / str(number % 2)
        place.mkdir(exist_ok=True)
        Image.new("1", (side, side), number % 2).save(place / f"{number}.png")
    return folder


LARGE = {  # files of 20 MB and more, as people have them -> and the peak in times their size
    "bytes": (lambda f: idx(f, RANDOM.integers(0, 256, (30_000, 28, 28), np.uint8)), 2),
    "floats": (lambda f: idx(f, RANDOM.normal(size=(7_000, 20, 20)).astype("<f8")), 2),
    "an archive": (lambda f: npz(f, x=RANDOM.integers(0, 256, (30_000, 784), np.uint8)), 2),
    "whole numbers": (lambda f: npz(f, x=RANDOM.integers(-99, 99, (20_000, 1000), np.int8)), 17),
    "a table of pixels": (lambda f: table(f, b",".join([b"17", b"205"] * 140), 23_000), 1),
    "a table of numbers": (lambda f: table(f, b",".join([b"-1,2.5"] * 100), 30_000), 5),
    "a table of digits": (lambda f: table(f, b",".join([b"1"] * 499 + [b".5"]), 20_000), 9),
    "a photo": (lambda f: photo(f, 8000, 6000, "a.jpg", quality=97), 1),
    "a photo in scans": (lambda f: photo(f, 8000, 6000, "a.jpg", quality=97, progressive=True), 7),
    "a photo as PNG": (lambda f: photo(f, 4800, 3200, "a.png", compress_level=1), 4),
}  # fmt: skip


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_file_takes_so_many_times_its_size(tmp_path, kind):
    make, times = LARGE[kind]
    path = make(tmp_path)
    assert size_of(path) > 20_000_000
    peak, said = read(path)
    assert not said
    assert peak < times * size_of(path) + SLACK


ZEROS = np.zeros((90_000, 28, 28), np.uint8)  # 70 MB that pack to 70 kB
BOMBS = {
    "IDX": lambda f: idx(f, ZEROS, ".gz"),
    "signed IDX": lambda f: idx(f, ZEROS[:12_000].astype(np.int8), ".gz"),
    "NPZ": lambda f: npz(f, np.savez_compressed, x=ZEROS),
    "pixels in CSV": lambda f: table(f, b",".join([b"0"] * 1000), 50_000, ".gz"),
    "numbers in CSV": lambda f: table(f, b",".join([b".5"] + [b"1"] * 1000), 12_000, ".gz"),
    "PNG": lambda f: drawing(f, 6000, 5000),
    "grey PNG": lambda f: drawing(f, 7900, 8000, "L"),
    "JPEG in scans": lambda f: drawing(f, 7900, 8000, "RGB", "a.jpg", progressive=True),
    "pictures": lambda f: folder_of(f, 30, 2000),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(tmp_path, kind):
    path = BOMBS[kind](tmp_path)
    peak, said = read(path)
    assert path.name in said
    assert "would take" in said
    assert ("unpack it first" in said) == (path.suffix in (".gz", ".npz"))
    assert "\n" not in said
    assert peak < SLACK + budget(size_of(path))


NEARLY = {
    "IDX": lambda f: idx(f, ZEROS[:80_000], ".gz"),
    "signed IDX": lambda f: idx(f, ZEROS[:10_000].astype(np.int8), ".gz"),
    "NPZ": lambda f: npz(f, np.savez_compressed, x=ZEROS[:80_000]),
    "pixels in CSV": lambda f: table(f, b",".join([b"0"] * 999 + [b"9"]), 30_000, ".gz"),
    "numbers in CSV": lambda f: table(f, b",".join([b".5"] + [b"1"] * 1000), 7_000, ".gz"),
    "PNG": lambda f: drawing(f, 4000, 4000),
    "grey PNG": lambda f: drawing(f, 4000, 4000, "L"),
    "PNG of 16 bits": lambda f: drawing(f, 4000, 4000, "I;16"),
    "PNG with a palette": lambda f: drawing(f, 4000, 4000, "P", transparency=3),
    "turned JPEG": lambda f: drawing(f, 5000, 4000, "RGB", "a.jpg", exif=turned()),
}


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.parametrize("kind", NEARLY)
def test_what_is_nearly_a_bomb_keeps_to_the_promise(tmp_path, kind):
    path = NEARLY[kind](tmp_path)
    peak, said = read(path)
    assert not said
    assert peak < 2.5 * budget(size_of(path))


def test_the_budget_is_what_the_docs_say():
    assert (ALLOWANCE, EXPANSION) == (64 << 20, 32)
