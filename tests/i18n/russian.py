"""Whether a sentence is Russian whole: the Latin words that may stand in one are names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from spusk.errors import SpuskError

NAMES = """
    MNIST EMNIST IDX PNG JPEG BMP GIF WebP TIFF JSON NumPy NaN UTF-8 SHA-256 F32 F64 uint8 int64
    float32 float64 complex128 None Python Ctrl+C spusk --help
    data get mnist lab sample train test predict engine Network split x_train y_train x_test W1
    SPUSK_DATA SPUSK_ISA
    --data-dir --data --export --host --port file label dtype error output gain init activation
    scaling pixels standardise minmax auto pickle cp1251 UTF-16 CSV NPZ class target --label
    --missing mean drop spusk.data.load
    record wide scaled normal he glorot quiet plain momentum nesterov adam adamw AdamW inverse
    sigmoid tanh relu identity leaky-relu softmax cross-entropy http https pip install spusk.descend
    --rule --decay --weight --class-weight balanced
    history.json history.csv labels.csv train_labels.csv board.local html
    gif .gz gz .npz .csv .tsv .txt .safetensors
"""
WORD = re.compile(r"[\w.+-]*[A-Za-z]{2}[\w.+-]*")
QUOTED = re.compile(r"b?'[^']*'|b?\"[^\"]*\"")  # what was found, as the file has it
PATH = re.compile(r"[^\s:(]*/[^\s:,;)]+|[\w-]+-ubyte|\bset\.npz")  # also those of the tests
CHECKSUM = re.compile(r"\b[0-9a-f]{8}\b")
RUSSIAN = re.compile("[а-яё]{2}", re.IGNORECASE)


def foreign(sentence: str, *names: str) -> set[str]:
    """The words that are neither Russian nor names, nor these: {'found'}; all, where none is."""
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, "")
    words = WORD.findall(CHECKSUM.sub("", PATH.sub("", QUOTED.sub("", sentence))))
    left = {word for word in (word.strip(".") for word in words) if word not in NAMES.split()}
    return left if RUSSIAN.search(sentence) else left | {sentence}


@contextmanager
def refused(kind: type[SpuskError], says: str, *names: str) -> Iterator[None]:
    """Like `pytest.raises(kind, match=says)`; and what is wrong is known in Russian too."""
    with pytest.raises(kind, match=says) as caught:
        yield
    error = caught.value
    assert error.sentence("en") == str(error)
    assert not foreign(error.sentence("ru"), *names), error.sentence("ru")
