"""The Surface and Bridge views as one file that needs no server: for a phone, for a classroom.

The page's modules stay modules: each becomes a data: address, and an import map gives it its name
back. A worker sees no import map, so its imports are written into it as data: addresses.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import quote

from spusk.errors import InputError
from spusk.functions.gallery import GALLERY
from spusk.i18n import LANGUAGES, topic
from spusk.i18n.reasons import reason
from spusk.io.files import write
from spusk.lab.facts import facts
from spusk.lab.formulas.describe import described
from spusk.lab.formulas.page_data import PAGE_TOPICS, described_entry
from spusk.lab.requests import FORMULA_LIMIT

FIRST = "main.js"
LEFT_OUT = ("network/view.js", "network/view.css")  # the view whose trainings need the server
REMARK = re.compile(r"^[ \t]*(//.*|/\*\*((?!\*/)[\s\S])*\*/)\n", re.MULTILINE)
IMPORTED = re.compile(r'"(\.\.?/[\w./-]+\.js)"')  # also where import() reads it from a table
LINKED = re.compile(r"^<(?:link|script)\b.*\n", re.MULTILINE)
STYLES = re.compile(r'href="/page/([\w/-]+\.css)"')
PLAIN = " !$&'()*+,/:;=?@[]^`{|}"  # base64 would be a fifth longer
SCENE = ("view", "start", "rate", "bound", "minima")


def export(path: Path, formulas: Sequence[str] = ()) -> int:
    """Writes the page with the gallery and these formulas as one file; gives its size in bytes.

    InputError: no .html file can be written at path. FormulaError: a text that is no function.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError.keyed("lab.no_html", path=path, found=path.suffix)
    if path.is_dir():
        raise InputError.keyed("lab.is_folder", path=path)
    text = page(formulas).encode()
    try:
        write(path, text)
    except OSError as error:
        raise InputError.keyed("lab.unwritten", path=path, why=reason(error)) from error
    return len(text)


def page(formulas: Sequence[str] = (), opening: Mapping[str, Any] | None = None) -> str:
    """The whole file as text.

    `opening`: {"settings": as in the page's address, "lang", "plays"}; else the first formula.
    """
    index = source("index.html")
    style = "".join(source(name) for name in STYLES.findall(index) if name not in LEFT_OUT)
    imports = embedded({"imports": import_map()})
    start = f'import "{called(FIRST)}";'
    icon = address(source("icon.svg"), "image/svg+xml")
    head = f"""<meta http-equiv="Content-Security-Policy" content="{policy(style, imports, start)}">
<link rel="icon" href="{icon}">
<style>{style}</style>
<script type="application/json" id="offline">{embedded(answers(formulas, opening))}</script>
<script type="importmap">{imports}</script>
<script type="module">{start}</script>
"""
    before, end, after = LINKED.sub("", index).partition("</head>")
    return before + head + end + after


def policy(style: str, *scripts: str) -> str:
    """What the file may do: run and show what is in it, and reach nothing else."""
    hashes = " ".join(map(fingerprint, scripts))
    return (
        f"default-src 'none'; script-src data: {hashes}; worker-src data:; "
        f"style-src {fingerprint(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def fingerprint(text: str) -> str:
    """A text as a policy names it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def answers(formulas: Sequence[str], opening: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All that the page asks a server for, by path, and what it opens with."""
    own = {"settings": {"f": formulas[0]} if formulas else {}}
    shown = [entry for entry in GALLERY.values() if len(entry.view) <= 2]
    known = [described(entry.name) for entry in shown]
    added = [read_formula(text) for text in dict.fromkeys(formulas) if text not in GALLERY]
    rows = [described_entry(entry) for entry in shown]
    rows += [{"name": f["formula"], "formula": ""} | {k: f[k] for k in SCENE} for f in added]
    return {f"/words/{lang}": words(lang) for lang in LANGUAGES} | {
        "/facts": facts(),
        "/gallery": rows,
        "/formula": known + added,
        "opening": opening or own,
    }


def read_formula(text: str) -> dict[str, Any]:
    """A formula as the page gets it. FormulaError, InputError: it cannot be shown there."""
    if len(text) > FORMULA_LIMIT:
        raise InputError.keyed("lab.long_text", n=len(text), limit=FORMULA_LIMIT)
    return described(text)


def words(lang: str) -> dict[str, Any]:
    """Every sentence of the views that are in the file."""
    names = (name for name in PAGE_TOPICS if name != "page_network")
    return {name.removeprefix("page_"): topic(name, lang) for name in names}


def import_map() -> dict[str, str]:
    """The address of every module that the page may come to, by the name it is imported by."""
    found: dict[str, str] = {}
    waiting = [FIRST]
    while waiting:
        name = waiting.pop()
        if called(name) in found or name in LEFT_OUT:
            continue
        waiting += imported(name)
        alone = name.endswith("-worker.js")
        found[called(name)] = nested(name) if alone else address(relinked(name, called))
    return found


def nested(name: str) -> str:
    """A module's address that holds those of all it imports."""
    return address(relinked(name, nested))


def imported(name: str) -> Iterator[str]:
    """The files that a module of the page imports."""
    return (beside(name, other) for other in IMPORTED.findall(source(name)))


def relinked(name: str, link: Callable[[str], str]) -> str:
    """A module's text with other links in the place of relative ones."""
    return IMPORTED.sub(lambda found: f'"{link(beside(name, found[1]))}"', bare(source(name)))


def bare(text: str) -> str:
    """A module without the lines that only remark on it: they are for readers of the source."""
    return REMARK.sub("", text)


def beside(name: str, other: str) -> str:
    """The file that ./other or ../other means in the module of this name."""
    return normpath(join(dirname(name), other))


def called(name: str) -> str:
    """A module's name in the import map."""
    return f"spusk/{name}"


def source(name: str) -> str:
    """A file of the page."""
    return files("spusk.lab").joinpath("page", name).read_text(encoding="utf-8")


def address(text: str, kind: str = "text/javascript") -> str:
    """A text as an address that holds it, safe in JSON, in JavaScript and in such an address."""
    return f"data:{kind};charset=utf-8,{quote(text, safe=PLAIN)}"


def embedded(data: object) -> str:
    """JSON that ends no script element, whatever it says."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")
