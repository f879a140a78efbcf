"""The page as one file: opened from a disk, without a network, as a phone in a classroom would."""

import json
import os
import re
import signal
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
import segno

from spusk.cli import main
from spusk.errors import FormulaError, InputError
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.lab.formulas.describe import described
from spusk.lab.formulas.export import export, page
from tests.lab import browser

chromium = browser.chromium

OWN = "x^2 + sin(y)"
LIMIT = 490_000  # bytes: 467,715 with the mathematics of points, flow, jumps, holes and basins
OUTCOME = "#verdict[data-outcome={}]"
PAINTED = """(where) => [...document.querySelectorAll(where)].map((canvas) => {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  const pen = copy.getContext("2d");
  pen.drawImage(canvas, 0, 0);
  return new Set(new Uint32Array(pen.getImageData(0, 0, copy.width, copy.height).data.buffer)).size;
})"""  # colours in each
DONE = 200  # ms: all is drawn
PATH = "[...document.querySelectorAll('.picture canvas')].map((c) => c.toDataURL()).join()"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The lab as one file, with one formula of its own."""
    path = tmp_path_factory.mktemp("export") / "lab.html"
    export(path, [OWN])
    return path


@pytest.fixture
def opened(file, chromium):
    """opened("#bridge"): the file from the disk, offline; a request or an error is a failure."""
    contexts, asked, said = [], [], []

    def open_at(picture="", lang="en-US"):
        context = chromium.new_context(viewport=browser.WIDE, locale=lang)
        contexts.append(context)
        context.set_offline(True)
        tab = context.new_page()
        tab.set_default_timeout(browser.PATIENCE)
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(file.as_uri() + picture)
        return tab

    yield open_at
    for context in contexts:
        context.close()
    assert not said, said
    away = [url for url in asked if not url.startswith(("data:", file.as_uri()))]
    assert not away, away
    assert sum(url.startswith("file:") for url in asked) == len(contexts)


def expect(locator):
    """Playwright's own waiting, which needs no eval in the page."""
    from playwright.sync_api import expect

    return expect(locator)


def test_the_file_is_small_and_has_no_address_in_it(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) < LIMIT
    assert not re.search(r"\b(src|href)=\"(?!data:)", text)
    assert '"spusk/surface/view.js"' in text
    assert '"spusk/network/view.js"' not in text
    assert list(file.parent.iterdir()) == [file]


def test_the_map_is_drawn_and_the_path_moves_with_the_rate(opened):
    tab = opened()
    tab.wait_for_selector(OUTCOME.format("converged"))
    assert tab.input_value("#formula") == OWN, "it opens with the formula it was made with"
    tab.wait_for_timeout(DONE)
    assert max(tab.evaluate(PAINTED, ".picture canvas")) > 50
    before = tab.evaluate(PATH)
    tab.fill("#rate-number", "0.05")
    tab.press("#rate-number", "Enter")
    tab.wait_for_timeout(DONE)
    assert tab.evaluate(PATH) != before
    tab.fill("#rate-number", "1.2")
    tab.press("#rate-number", "Enter")
    tab.wait_for_selector(OUTCOME.format("diverged"))


def test_the_gallery_has_the_own_formula_and_no_training(opened):
    tab = opened("#surface&f=himmelblau")
    tab.wait_for_selector("#verdict[data-outcome]")
    tab.click("#gallery")
    items = tab.eval_on_selector_all("[data-item]", "all => all.map((one) => one.dataset.item)")
    assert {*GALLERY, OWN, "picture_path"} <= {*items}
    assert not {"picture_network", "picture_size"} & {*items}
    tab.click(f'[data-item="{OWN}"]')
    expect(tab.locator("#formula")).to_have_value(OWN)
    assert tab.locator("nav a").count() == 2
    tab.locator("body").press("3")
    assert tab.locator("#told").is_hidden()


@pytest.mark.parametrize(
    ("lang", "words"), [("en-US", "not in this file"), ("ru-RU", "в файле нет")]
)
def test_a_formula_that_is_not_there_gets_a_sentence(opened, lang, words):
    tab = opened(lang=lang)
    tab.wait_for_selector("#verdict[data-outcome]")
    tab.fill("#formula", " x^2+sin( y ) ")
    tab.click("#draw")
    expect(tab.locator("#formula")).to_have_value(OWN)
    tab.fill("#formula", "x^6")
    tab.click("#draw")
    tab.wait_for_selector("#formula-wrong:not([hidden])")
    assert words in tab.inner_text("#formula-wrong")


def test_the_workers_work(opened):
    tab = opened("#surface&f=himmelblau&show=basins")
    tab.wait_for_selector(".legend .chip")
    tab.goto(tab.url.split("#")[0] + "#surface&f=trap&show=escape")
    expect(tab.locator(".escape p[aria-live]")).to_contain_text("%", timeout=browser.PATIENCE)


def test_the_bridge_opens_and_the_language_switches(opened):
    tab = opened("#bridge")
    tab.wait_for_selector(".bridge canvas")
    tab.wait_for_timeout(DONE)
    assert max(tab.evaluate(PAINTED, ".bridge canvas")) > 50
    tab.click("#language")
    tab.wait_for_selector("text=Сеть 2-2-1")
    tab.click("#tab-plane")
    tab.wait_for_selector("#bridge-floor[data-tab=plane] canvas")
    tab.click("nav a[data-view=surface]")
    tab.wait_for_selector("#verdict[data-outcome]")
    assert "Сошёлся" in tab.inner_text("#verdict") or "шаг" in tab.inner_text("#verdict")


def test_a_file_runs_nothing_that_comes_later_and_reaches_nothing(file, chromium):
    tab = chromium.new_page()
    tab.goto(file.as_uri())
    tab.wait_for_selector("#verdict[data-outcome]")
    said = tab.evaluate("""async () => {
      const script = document.createElement("script");
      script.textContent = "window.broken = true";
      document.body.append(script);
      const away = await fetch("http://127.0.0.1:9/").then(() => "sent", () => "refused");
      const policy = document.querySelector("meta[http-equiv]").content;
      return [window.broken ?? false, away, policy.includes("unsafe")];
    }""")
    tab.close()
    assert said == [False, "refused", False]


def test_the_tapes_in_the_file_give_pythons_numbers(opened):
    tab = opened()
    tab.wait_for_selector("#verdict[data-outcome]")
    points = {2: [[0.3, -1.7], [2.1, 0.9], [-0.4, 3.3]], 1: [[0.3], [-1.7], [2.9]]}
    found = tab.evaluate("""async (points) => {
      const { compile } = await import("spusk/math/tape.js");
      const kept = JSON.parse(document.querySelector("#offline").textContent)["/formula"];
      return kept.map(({ name, formula, tape }) => [name ?? formula,
        points[tape.n].map((x) => [...compile(tape).run(x)].slice(0, 1 + tape.n))]);
    }""", points)  # fmt: skip
    assert {name for name, _ in found} == {*GALLERY, OWN}
    for name, rows in found:
        f = function(name)
        for x, row in zip(points[f.n], rows, strict=True):
            value, slopes = f.value_and_gradient(np.array(x))
            np.testing.assert_allclose(row, [value, *slopes], rtol=1e-12, atol=1e-12)


class Scripts(HTMLParser):
    """The scripts of a page: [attributes, text] of each."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.found.append([dict(attrs), ""])

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.found[-1][1] += data


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "]]>\u2028"]
)
def test_no_text_breaks_out_of_the_file(monkeypatch, text):
    with pytest.raises(FormulaError):
        page([text])
    # were it a formula, it would still be nothing but text
    monkeypatch.setattr(
        "spusk.lab.formulas.export.described", lambda name: described("x^2") | {"name": name}
    )
    scripts = Scripts(page([text])).found
    assert [attributes["type"] for attributes, _ in scripts] == [
        "application/json", "importmap", "module"]  # fmt: skip
    assert json.loads(scripts[0][1])["opening"]["settings"]["f"] == text
    assert "<" not in scripts[0][1] + scripts[1][1]


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch, capsys):
    path = tmp_path / "lab.html"
    path.write_text("before")
    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(InputError, match="cannot be written"):
        export(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    with pytest.raises(SystemExit) as end:
        main(["lab", "--export", str(path), "x^4"])
    assert end.value.code == 0
    assert re.search(r"lab\.html: .* kB", capsys.readouterr().out)
    assert "Content-Security-Policy" in path.read_text(encoding="utf-8")


def broken(*names):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("name", "formulas", "why"), [
    ("folder.html", [], "found a folder"), ("lab.txt", [], "ends in .html"),
    ("lab.html", ["x+y+z"], "one or two variables"), ("lab.html", ["x+"], "formula"),
    ("lab.html", ["x+" * 250 + "x"], "at most 500"), ("lab.html/x.html", [], "cannot be written"),
])  # fmt: skip
def test_what_cannot_be_exported_is_explained_and_nothing_is_written(
    tmp_path, capsys, name, formulas, why
):
    (tmp_path / "folder.html").mkdir()
    if "/" in name:
        (tmp_path / "lab.html").write_text("a file")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SystemExit) as end:
        main(["lab", "--export", str(tmp_path / name), *formulas])
    said = capsys.readouterr().err
    assert end.value.code == 2
    assert why in said
    assert said.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_second_address_is_explained(capsys):
    with pytest.raises(SystemExit):
        main(["lab", "--no-browser", "#a", "#b"])
    assert "at most one shared address, found 2" in capsys.readouterr().err


def squares(text):
    """The code's dark squares, read from blocks of two."""
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    rows = []
    for line in text.splitlines():
        rows += zip(*(halves[block] for block in line), strict=True)
    return np.array(rows)


def test_a_class_gets_the_address_as_a_code():
    """In a terminal only: a pipe gets the line alone."""
    mine, its = pytest.importorskip("pty", reason="this system has no terminals to lend").openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "spusk", "lab", "--no-browser", "--port", "0", "--host", "board"],
        stdout=its, stderr=its, env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    os.close(its)
    said = b""
    try:
        while b"Ctrl+C" not in said:
            said += os.read(mine, 4096)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        os.close(mine)
    lines = said.decode().splitlines()
    address = re.search(r"http://board\S+", lines[0])[0]
    drawn = squares("\n".join(line for line in lines if line[:1] in ("█", "▀")))
    wanted = np.pad(segno.make_qr(address).matrix, 4)
    assert (drawn[: len(wanted)] == wanted).all()
