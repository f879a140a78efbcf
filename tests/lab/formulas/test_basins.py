"""The map of basins and the escape experiment, in a real browser, held to Python's."""

import json
import tomllib

import numpy as np
import pytest

from spusk.descent.basin_maps import basins
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.lab.formulas.describe import described
from tests.lab.modules import ROOT
from tests.lab.served import pages, until

BASINS = """
async ([data, options]) => {
  const { basinMap } = await import("/page/surface/basins.js");
  const began = performance.now();
  const { which, steps, rgba, legend } = await basinMap(data.tape, data, options);
  const seconds = (performance.now() - began) / 1000;
  if (options.size > 100) return { seconds };
  return { which: [...which], steps: [...steps], rgba: [...rgba], legend };
}
"""
PANEL = """
async ([data, lang, words]) => {
  const [{ escapePanel }, { compile }, { speaker }] = await Promise.all(
    ["surface/escape.js", "math/tape.js", "core/words.js"].map((name) => import(`/page/${name}`)));
  const say = speaker({ escape: words }, lang);
  const panel = escapePanel({ say, lang, program: compile(data.tape), described: data });
  document.querySelector("#lab").replaceChildren(panel.element);
  window.panel = panel;
}
"""


@pytest.fixture(scope="module")
def page():
    with pages() as opened:
        yield opened()


def words(lang):
    path = ROOT / f"src/spusk/i18n/{lang}/page_escape.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_basins_are_pythons(page):
    options = {"rate": 0.01, "steps": 200, "size": 64, "tolerance": 1e-6}
    found = page.evaluate(BASINS, [described("himmelblau"), options])
    known = basins("himmelblau", 0.01, size=64, steps=200)
    assert found["which"] == known.index.ravel().tolist()
    assert found["steps"] == known.steps.ravel().tolist()
    kinds = [(item["kind"], item["x"]) for item in found["legend"]]
    assert kinds[:4] == [("global", x) for x in known.minima.tolist()]
    assert [kind for kind, _ in kinds[4:]] == ["none", "diverged"]


def test_a_map_shows_minima_slowness_and_flight(page):
    options = {"rate": 0.2, "steps": 200, "size": 64}
    found = page.evaluate(BASINS, [described("three-hump-camel"), options])
    which = np.array(found["which"]).reshape(64, 64)[::-1]  # the picture's first row is the top
    rgb = np.array(found["rgba"]).reshape(64, 64, 4)[..., :3]
    assert rgb[which == 0].mean() > rgb[which == -2].mean()  # dark where it ran away
    assert np.ptp(rgb[which == -1], axis=0).max() == 0  # one grey for none
    colours = {item["kind"]: item["colour"] for item in found["legend"]}
    assert tuple(rgb[which == -1][0]) == tuple(json.loads(f"[{colours['none'][4:-1]}]"))
    blue = rgb[which == 0].astype(float)
    steps = np.array(found["steps"]).reshape(64, 64)[::-1][which == 0]
    assert blue[steps == steps.min()].mean() > blue[steps >= np.quantile(steps, 0.98)].mean()


def test_a_newer_map_ends_the_older(page):
    said = page.evaluate(
        """async (data) => {
          const { basinMap } = await import("/page/surface/basins.js");
          const old = basinMap(data.tape, data, { rate: 0.001, size: 256 }).catch((e) => e.name);
          const map = await basinMap(data.tape, data, { rate: 0.01, size: 32, steps: 100 });
          return [await old, map.which.length];
        }""",
        described("himmelblau"),
    )
    assert said == ["AbortError", 32 * 32]


@pytest.mark.soak
def test_a_large_map_takes_less_than_a_second(page):
    options = {"rate": 0.01, "steps": 1000, "size": 512}
    job = [described("himmelblau"), options]
    assert min(page.evaluate(BASINS, job)["seconds"] for _ in range(3)) < 1


@pytest.mark.parametrize(("lang", "word"), [("en", "Best at η"), ("ru", "Лучше всего η")])
def test_the_panel_counts_draws_and_reads(page, lang, word):
    page.evaluate(PANEL, [described("escape"), lang, words(lang)])
    until(page, "panel.rows.length === 25")
    until(page, f"panel.element.textContent.includes({json.dumps(word)})")
    picture = page.locator(".escape canvas")
    colours = picture.evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = {};
          for (let i = 0; i < data.length; i += 4) {
            const key = data.slice(i, i + 3).join();
            seen[key] = (seen[key] ?? 0) + 1;
          }
          return seen;
        }"""
    )
    assert colours["0,114,178"] > 5 * colours["230,159,0"] > 500  # most escape, some do not
    picture.focus()
    page.keyboard.press("ArrowRight")
    first = page.evaluate("panel.element.querySelector('[aria-live]').textContent")
    assert first.startswith("η = 0.112" if lang == "en" else "η = 0,112")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("panel.element.querySelector('[aria-live]').textContent") != first
    page.evaluate("panel.unmount()")


def bounds(name):
    """The largest 2/λ of a local and of a global minimum, by Python's own Hessians."""
    f = function(name)
    most = {"local": 0.0, "global": 0.0}
    for minimum in GALLERY[name].minima:
        top = np.linalg.eigvalsh(f.hessian(np.array(minimum.x)))[-1]
        most[minimum.kind] = max(most[minimum.kind], 2 / top)
    return most["local"], most["global"]


@pytest.mark.parametrize(
    "name", ["escape", "trap", "styblinski-tang", "rastrigin", "six-hump-camel"]
)
def test_when_the_lectures_claim_holds_is_said(page, name):
    page.evaluate(PANEL, [described(name), "en", words("en")])
    said = page.evaluate("panel.element.querySelector('.condition').textContent")
    local, best = bounds(name)
    assert (local < best) == (name == "escape")
    assert said.startswith("The local minimum is the sharper" if local < best else "No constant η")
    assert f"= {local:.3g}" in said
    assert f"= {best:.3g}" in said
    page.evaluate("panel.unmount()")


def test_thousands_of_starts_are_counted_part_by_part(page):
    page.evaluate(PANEL, [described("escape"), "en", words("en")])
    until(page, "panel.rows.length === 25")
    first = page.evaluate("panel.rows.map((row) => row.global)")
    until(page, "panel.element.textContent.includes('3000 random starts')")
    last = page.evaluate("panel.rows.map((row) => row.global)")
    assert first != last
    assert all(float(round(share * 3000, 6)).is_integer() for share in last)
    assert np.abs(np.subtract(first, last)).max() < 0.12  # 300 tell nearly the same
    page.evaluate("panel.unmount()")


@pytest.mark.parametrize(("text", "reason"), [("himmelblau", "all_global"), ("x*y", "no_minimum")])
def test_where_there_is_nothing_to_escape_from_it_says_so(page, text, reason):
    page.evaluate(PANEL, [described(text), "en", words("en")])
    assert words("en")[reason] in page.evaluate("panel.element.textContent")
