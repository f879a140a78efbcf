"""The page's rooms: who may import whom, and that its mathematics needs no document."""

import re
from pathlib import PurePosixPath
from posixpath import normpath

import pytest

from tests.lab.modules import PAGE, ROOT

FILES = {str(path.relative_to(ROOT / PAGE)): path for path in sorted((ROOT / PAGE).rglob("*.js"))}
IMPORTED = re.compile(r'"(\.\.?/[\w./-]+\.js)"')
BESIDE = re.compile(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)
# what a browser has and Node, or another thread, has not
BROWSERS = re.compile(
    r"\b(document|window|self|globalThis|fetch|navigator|location|history|localStorage|performance"
    r"|Worker|postMessage|onmessage|setTimeout|setInterval|requestAnimationFrame|matchMedia"
    r"|Path2D|DOMMatrix|ImageData|HTML\w+|SVG\w+|addEventListener|innerHTML)\b"
)
REACH = {  # the rooms that each may use besides itself; facts is a room of its own
    "facts": (),
    "math": ("facts",),
    "core": ("facts", "math"),
    "surface": ("facts", "math", "core"),
    "bridge": ("facts", "math", "core"),
    "network": ("facts", "math", "core"),
    "frame": ("facts", "core", "surface", "bridge", "network"),
}


def room(name):
    if name == "core/facts.js":
        return "facts"
    parts = PurePosixPath(name).parts
    return parts[0] if len(parts) > 1 else "frame"


def imports(name):
    """The files that a module names, also where import() reads them from a table."""
    folder = PurePosixPath(name).parent
    text = FILES[name].read_text(encoding="utf-8")
    return [normpath(str(folder / other)) for other in IMPORTED.findall(text)]


@pytest.mark.parametrize("name", FILES)
def test_imports_flow_one_way(name):
    for other in imports(name):
        assert other in FILES, other
        assert room(other) in (room(name), *REACH[room(name)]), f"{name} imports {other}"


@pytest.mark.parametrize("name", [name for name in FILES if room(name) in ("math", "facts")])
def test_mathematics_needs_no_document(name):
    assert not BROWSERS.findall(BESIDE.sub("", FILES[name].read_text(encoding="utf-8")))


def test_there_is_no_circle():
    seen, path = set(), []

    def visit(name):
        assert name not in path, path
        if name in seen:
            return
        path.append(name)
        for other in imports(name):
            visit(other)
        seen.add(path.pop())

    for name in FILES:
        visit(name)
    assert len(seen) == len(FILES)


def test_a_browser_is_seen():
    assert BROWSERS.findall("document.body; const p = new Path2D(); fetch(x)")
    assert not BROWSERS.findall("const windowed = selfish(locations)")
