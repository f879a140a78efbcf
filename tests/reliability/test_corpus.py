"""The fuzzers' kept inputs, every one, by the same rules; no fuzzer needed (see `make fuzz`)."""

from pathlib import Path

import pytest
from fuzz import formula, readers

CORPUS = Path(formula.__file__).parent / "corpus"
LONG = [b"epoch\n" + b"1" * 200_000, b"[" * 200_000]  # more than the corpus should hold
KEPT = {target: sorted((CORPUS / target).iterdir()) for target in ("formula", "readers")}


@pytest.mark.parametrize("path", KEPT["formula"], ids=lambda path: path.name)
def test_formula(path):
    formula.TestOneInput(path.read_bytes())


@pytest.mark.parametrize("path", KEPT["readers"], ids=lambda path: path.name)
def test_readers(path):
    readers.TestOneInput(path.read_bytes())


@pytest.mark.parametrize("reader", readers.READERS, ids=lambda reader: reader.name)
def test_no_reader_stumbles_over_another_readers_files(reader):
    for data in (*(path.read_bytes() for path in KEPT["readers"]), *LONG):
        readers.give(reader, data)


def test_the_corpus_stays_small():
    paths = [path for kept in KEPT.values() for path in kept]
    assert len(paths) >= 100
    assert sum(path.stat().st_size for path in paths) < 200_000
