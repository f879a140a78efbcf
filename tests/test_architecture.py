"""docs/architecture.md names every room, each once, and nothing that is not there."""

import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "docs" / name for name in ("architecture.md", "architecture.ru.md")]
BESIDE = ("spec", "tests", "benchmarks", "fuzz", "examples", "tools", "docs")
SOURCES = (".py", ".js", ".hpp", ".cpp")
ROW = re.compile(r"^\| `([^`]+)/` \| (.+) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)")
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
PATH = re.compile(r"`((?:src|native|tests|docs)/[\w./]*)`")

FILE = re.compile(r"`([\w*][\w./*-]*(?:/|\.(?:py|js|css|toml|cpp|hpp|md|json)))`")


def rooms():
    """Every folder with sources in src and native, and the folders beside them."""
    inside = {file.parent for tree in ("src/spusk", "native") for file in (ROOT / tree).rglob("*")
              if file.suffix in SOURCES}  # fmt: skip
    return {folder.relative_to(ROOT).as_posix() for folder in inside} | set(BESIDE)


def text(page):
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_room_has_its_line(page):
    named = [room for room, _ in ROW.findall(text(page))]
    assert sorted(named) == sorted(rooms())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_is_there(page):
    paths = PATH.findall(text(page))
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_folders_beside_the_sources_are_there():
    assert [name for name in BESIDE if not (ROOT / name).is_dir()] == []


def test_both_languages_speak_of_the_same_files():
    english, russian = (PATH.findall(text(page)) for page in PAGES)
    assert english == russian


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_drawing_holds_every_room_of_python(page):
    drawing = text(page).split("```")[1]
    there = {path.name for path in (ROOT / "src/spusk").iterdir() if path.is_dir()} - {
        "__pycache__"
    }
    assert [room for room in there if not re.search(rf"\b{room}\b", drawing)] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md",
                                  *(f"docs/decisions/{p.name}" for p in DECISIONS)])  # fmt: skip
def test_links_lead_somewhere(name):
    page = ROOT / name
    links = [link for link in LINK.findall(text(page)) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@cache
def paths():
    """Every file and folder of the project, folders with / behind."""
    inside = [p for tree in ("src", "native", *BESIDE) for p in (ROOT / tree).rglob("*")]
    return [
        f"/{p.relative_to(ROOT).as_posix()}{'/' * p.is_dir()}"
        for p in [ROOT / t for t in ("src", "native", *BESIDE)] + inside
    ]


def missing(page):
    """What a page names as a file or folder, from wherever it counts, and is none."""
    return [
        name for name in FILE.findall(page) if not any(fnmatch(p, f"*/{name}") for p in paths())
    ]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_every_file_that_a_decision_names_is_there(path):
    assert missing(text(path)) == []


def test_a_file_that_is_not_there_is_seen():
    there = "`math/tape.js`, `io/`, `i18n/*/runs.toml`, `np.exp`, `critical.newton` and `/facts`"
    assert missing(there) == []
    assert missing("`math/tap.js`, `gone/`, `erics.py`") == ["math/tap.js", "gone/", "erics.py"]


def test_every_decision_is_listed():
    listed = LINK.findall(text(ROOT / "docs/decisions/README.md"))
    assert sorted(listed) == sorted(p.name for p in DECISIONS if p.name != "README.md")
