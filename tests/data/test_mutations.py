"""Files with random damage: a DataError or a sound set, never another exception, never much memory.

`make test` runs 120 of each format, `make soak` 10,000.
"""

import gzip
import io
import tracemalloc

import numpy as np
import pytest
from fuzz.packing import resealed
from PIL import Image

from spusk.data import Sample, image, load
from spusk.data.digit import WORKING
from spusk.data.images import STRIP
from spusk.errors import DataError
from tests.data.helpers import digits, idx_bytes, table_text

IMAGES, LABELS = digits(60, side=8)
SLACK = 400_000  # bytes that a reader may take whatever the file: buffers, decoders, messages
PILLOW = 1_100_000  # a picture's decoder works in pieces of 1 MiB
WIDE = 8 * STRIP  # 16 bits a pixel: a strip as they are, as floating point and as shades


def saved(save, **named) -> bytes:
    out = io.BytesIO()
    save(out, **named)
    return out.getvalue()


def picture(shades: np.ndarray, kind: str, **more: object) -> bytes:
    return saved(lambda out: Image.fromarray(shades).save(out, kind, **more))


PICTURES = (".png", ".jpg", ".bmp", ".gif", ".webp", ".tif")


DRAWN = np.full((24, 20, 4), 255, np.uint8)  # a dark bar with an irregular end, half transparent
DRAWN[4:18, 8:13] = np.random.default_rng(1).integers(0, 90, (14, 5, 4))
DRAWN[4:18, 8:13, 3] += 160
FLOATS = IMAGES.reshape(60, -1) / 7
TEXT = table_text(IMAGES, LABELS).encode()
FORMATS = {  # name of the file -> its good bytes
    "train-images-idx3-ubyte": idx_bytes(IMAGES),
    "train-images-idx3-ubyte.gz": gzip.compress(idx_bytes(IMAGES), mtime=0),
    "set.csv": TEXT,
    "set.csv.gz": gzip.compress(TEXT, mtime=0),
    "numbered.csv": b",a,y\n" + b",1,2\n0,3,4\n" * 20,
    "words.csv": b"class,a,b\ncat,1.5,2\ndog,-3,4e2\ncat,0,1\n",
    "set.npz": saved(np.savez, x=IMAGES, y=LABELS),
    "packed.npz": saved(np.savez_compressed, x_train=FLOATS, y_train=LABELS,
                        x_test=FLOATS[:9], y_test=LABELS[:9]),
    "grey.png": picture(DRAWN[:, :, 0], "PNG"),
    "colour.png": picture(DRAWN, "PNG"),
    "photo.jpg": picture(DRAWN[:, :, :3], "JPEG"),
    "plain.bmp": picture(DRAWN[:, :, :3], "BMP"),
    "frames.gif": picture(DRAWN[:, :, 0], "GIF", save_all=True,
                          append_images=[Image.fromarray(255 - DRAWN[:, :, 0])]),
    "colour.webp": picture(DRAWN, "WEBP", lossless=True),
    "packed.tif": picture(DRAWN[:, :, 0], "TIFF", compression="tiff_lzw"),
    "wide.tif": picture(DRAWN[:, :, 0].astype(np.uint16) * 257, "TIFF"),
}  # fmt: skip


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    """One to eight hits: bytes changed, set to extremes, cut out, doubled, put in; the end lost."""
    damaged = bytearray(data)
    for _ in range(random.integers(1, 9)):
        if not damaged:
            break
        place = int(random.integers(len(damaged)))
        if random.random() < 0.4:
            place = min(place, int(random.integers(40)))  # headers are where the harm is done
        length = int(random.integers(1, 9))
        kind = random.integers(7)
        if kind == 0:
            damaged[place] = int(random.integers(256))
        elif kind == 1:
            damaged[place] ^= 1 << int(random.integers(8))
        elif kind == 2:
            damaged[place : place + length] = random.choice([b"\0", b"\xff", b"9", b"\n"]) * length
        elif kind == 3:
            del damaged[place : place + length]
        elif kind == 4:
            damaged[place:place] = damaged[place : place + length]
        elif kind == 5:
            damaged[place:place] = random.bytes(length)
        elif random.random() < 0.3:
            del damaged[place:]
    return bytes(damaged)


def sound(sample: Sample) -> None:
    assert len(sample) >= 1
    rows = sample.inputs(slice(None), np.float64)
    targets = sample.targets(slice(None), np.float64)
    assert rows.shape[0] == targets.shape[0] == len(sample)
    assert targets.shape[1] == sample.classes
    assert np.isfinite(rows).all()
    assert np.isfinite(targets).all()


def read(path, size) -> int:
    """Reads one damaged file and checks what came; 1 if it was refused."""
    shown = path.suffix in PICTURES
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    slack = SLACK + PILLOW * shown + WIDE * path.name.startswith("wide")
    refusal = ""
    try:
        data = image(path) if shown else load(path)
    except DataError as error:
        refusal = str(error)
    used = tracemalloc.get_traced_memory()[1] - before
    if refusal:
        assert path.name in refusal or str(path.parent) in refusal
        assert "\n" not in refusal
        assert used < 2 * size + slack
        return 1
    parts = () if shown else [part for part in data[:2] if part is not None]
    declared = WORKING**2 * 8 if shown else sum(part.x.size for part in parts) * 8
    assert used < 2 * size + 3 * declared + slack
    for part in parts:
        sound(part)
    return 0


def mutate(tmp_path, name, count):
    good = FORMATS[name]
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS))
    path = tmp_path / name
    path.write_bytes(good)
    assert (image(path) if path.suffix in PICTURES else load(path)) is not None
    random = np.random.default_rng(0)
    refused = 0
    tracemalloc.start()
    try:
        for number in range(count):
            bad = mutated(good, random)
            if name.endswith(".png") and number % 2:
                bad = resealed(bad)
            path.write_bytes(bad)
            refused += read(path, len(bad))
    finally:
        tracemalloc.stop()
    assert refused > count / 4


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_refused_or_sound(tmp_path, name):
    mutate(tmp_path, name, 120)


@pytest.mark.soak
@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_refused_or_sound_soak(tmp_path, name):
    mutate(tmp_path, name, 10_000)


@pytest.mark.more  # packs an archive anew for each
@pytest.mark.parametrize("name", [n for n in FORMATS if n.endswith((".gz", ".npz"))])
def test_what_lies_inside_an_archive_is_damaged(tmp_path, name):
    """The archive is sound, its content is not: the damage goes past every checksum."""
    import zipfile

    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS))
    path, random = tmp_path / name, np.random.default_rng(1)
    tracemalloc.start()
    try:
        for _ in range(300):
            if name.endswith(".gz"):
                path.write_bytes(gzip.compress(mutated(gzip.decompress(FORMATS[name]), random)))
            else:
                with (
                    zipfile.ZipFile(io.BytesIO(FORMATS[name])) as good,
                    zipfile.ZipFile(path, "w") as bad,
                ):
                    for member in good.namelist():
                        bad.writestr(member, mutated(good.read(member), random))
            read(path, path.stat().st_size)
    finally:
        tracemalloc.stop()
