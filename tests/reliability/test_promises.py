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
    r"|(?<![\w.])(eval|exec)\("
    r"|allow_pickle\s*=\s*True"
    r"|weights_only\s*=\s*False",
    re.MULTILINE,
)


def test_every_named_test_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)
    assert len(named) >= 12
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, f"{file}::{test}"


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
