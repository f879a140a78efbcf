"""docs/reliability.md names tests that are there; nothing in the package runs text or unpickles."""

import re
from pathlib import Path

import pytest

import spusk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
SOURCES = sorted(Path(spusk.__file__).parent.rglob("*.py"))
FORBIDDEN = re.compile(
    r"\b(pickle|cPickle|dill|marshal|shelve|joblib)\b(?=[.\s]*(import|load|dump))"
    r"|^\s*(import|from)\s+(pickle|dill|marshal|shelve|joblib)\b"
    r"|(?<![\w.])(?<!def )(eval|exec)\("  # SymPy's functions define their eval
    r"|allow_pickle\s*=\s*True"
    r"|weights_only\s*=\s*False",
    re.MULTILINE,
)


NAMED = re.compile(r"`((?:tests|fuzz)/[\w/]+\.py)(?:::(\w+))?`")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| Promise")
]


def missing(row: list[str]) -> str:
    """What a row of the table names in vain: no test at all, no such file, or none of this name."""
    if len(row) != 4:
        return "four cells"
    named = NAMED.findall(row[1])
    if not named or named != NAMED.findall(" ".join(row)):
        return "a test in its second cell, and there alone"
    for file, test in named:
        path = ROOT / file
        if not path.is_file():
            return file
        text = path.read_text(encoding="utf-8")
        tests = file.startswith("tests/")
        if not re.search(rf"^def {test}\(" if test else "^def test_" if tests else "", text, re.M):
            return f"{file}::{test}"
    return ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: re.sub(r"\W+", " ", row[0])[:40].strip())
def test_every_row_names_a_test_that_is_there(row):
    assert not missing(row)


def test_every_table_was_found():
    assert len(ROWS) >= 30
    assert PAGE.count("| Promise | Test |") == 3


@pytest.mark.parametrize(
    "second",
    ["", "`docs/tests.md`", "`tests/nowhere.py`", "`tests/reliability/helpers.py`",
     "`tests/reliability/test_promises.py::test_nothing`", "`fuzz/nowhere.py`"],
)  # fmt: skip
def test_a_row_that_names_nothing_is_found(second):
    good = ["Promise", "`tests/reliability/test_promises.py`, `fuzz/readers.py`", "all", "the same"]
    assert not missing(good)
    assert missing([good[0], second, *good[2:]])
    assert missing(good[:3])


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_the_package_runs_no_text_and_unpickles_nothing(path):
    found = FORBIDDEN.search(path.read_text(encoding="utf-8"))
    assert found is None, f"{path}: {found and found[0]}"


@pytest.mark.parametrize(
    "bad",
    ["import pickle", "x = eval(text)", "np.load(f, allow_pickle=True)", "  exec(code)"],
)
def test_the_search_finds_what_it_looks_for(bad):
    assert FORBIDDEN.search(bad)
