"""The surface in space, the map of basins and the escape experiment, in a real browser."""

import json
import time
import tomllib

import numpy as np
import pytest

import spusk
from spusk.descent.landing import basins
from spusk.gallery import GALLERY
from spusk.lab.tapes import described
from tests.lab.modules import ROOT
from tests.lab.served import pages

# Draws a surface, then tells what is on its two canvases (in the same task: WebGL forgets).
SHOW = """
async ([data, way]) => {
  const [{ relief }, { compile }, { descend }] = await Promise.all(
    ["surface/relief.js", "tape.js", "descent.js"].map((name) => import(`/page/${name}`)));
  const program = compile(data.tape);
  const { points } = descend(program, data.start, { rate: data.rate, steps: 40 });
  const made = (window.made ??= relief("a surface"));
  document.querySelector("#lab").replaceChildren(made.element);
  window.show = (more) => made.show({ program, view: data.view, minima: [], paths: [], ...more });
  window.path = { points };
  window.minima = data.minima;
  window.read = (layer) => {
    made.now();
    const canvas = made.element.querySelectorAll("canvas")[layer];
    const copy = Object.assign(document.createElement("canvas"), { width: 300, height: 300 });
    const pen = copy.getContext("2d");
    pen.drawImage(canvas, 0, 0, 300, 300);
    return pen.getImageData(0, 0, 300, 300).data;
  };
  window.filled = (data) => data.filter((part, i) => i % 4 === 3 && part > 200).length / 90000;
  window.shades = (data) => {
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] > 250) seen.add([0, 1, 2].map((k) => data[i + k] >> 4).join());
    return seen.size;
  };
  window.differ = (a, b) =>
    a.reduce((n, part, i) => n + (Math.abs(part - b[i]) > 24), 0) / a.length;
  show({});
}
"""
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
    ["surface/escape.js", "tape.js", "words.js"].map((name) => import(`/page/${name}`)));
  const say = speaker({ escape: words }, lang);
  const panel = escapePanel({ say, lang, program: compile(data.tape), described: data });
  document.querySelector("#lab").replaceChildren(panel.element);
  window.panel = panel;
}
"""
SHARES = """
async ([data, rates, options]) => {
  const { counter } = await import("/page/surface/shares.js");
  const shares = counter(data.tape, data.minima, data.view, options);
  return rates.map(shares);
}
"""


@pytest.fixture(scope="module")
def opened():
    with pages() as opened:
        yield opened


@pytest.fixture(scope="module")
def page(opened):
    return opened()


def scene(page, name="himmelblau"):
    page.evaluate(SHOW, [described(name), None])


def until(page, true, seconds=30):
    """Waits for a JavaScript sentence; Playwright's own wait would need eval."""
    ends = time.monotonic() + seconds
    while not page.evaluate(true):
        assert time.monotonic() < ends, true
        page.wait_for_timeout(20)


def words(lang):
    path = ROOT / f"src/spusk/words/{lang}/page_escape.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_surface_is_drawn_by_webgl(page):
    scene(page)
    assert page.evaluate("made.element.querySelector('canvas').getContext('webgl2') !== null")
    assert page.evaluate("filled(read(0))") > 0.2
    assert page.evaluate("shades(read(0))") > 40


def test_without_webgl_the_same_place_is_filled(page, opened):
    scene(page)
    by_webgl = page.evaluate("[...read(0)]")
    plain = opened(webgl=False)
    scene(plain)
    assert plain.evaluate("made.element.querySelector('canvas').getContext('2d') !== null")
    by_pen = plain.evaluate("[...read(0)]")
    one, other = (np.array(data).reshape(300, 300, 4) for data in (by_webgl, by_pen))
    drawn = (one[..., 3] > 200) & (other[..., 3] > 200)
    assert drawn.sum() > 0.97 * (one[..., 3] > 200).sum()
    assert np.abs(one[drawn] - other[drawn]).mean() < 25  # but for the height lines


def test_a_lost_webgl_is_replaced(page):
    scene(page)
    page.evaluate(
        "made.element.querySelector('canvas').getContext('webgl2')"
        ".getExtension('WEBGL_lose_context').loseContext()"
    )
    until(page, "made.element.querySelector('canvas').getContext('webgl2') === null")
    assert page.evaluate("filled(read(0))") > 0.2
    page.evaluate("made.unmount(); made = undefined")


def test_the_path_and_the_minima_lie_on_the_surface(page):
    scene(page)
    bare = "const bare = read(1);"
    shown = page.evaluate(f"{bare} show({{paths: [path]}}); differ(bare, read(1))")
    assert shown > 0.001
    begun = page.evaluate(f"{bare} show({{paths: [path], n: 1}}); differ(bare, read(1))")
    assert 0 < begun < shown
    page.evaluate("show({})")
    assert page.evaluate(f"{bare} show({{minima}}); differ(bare, read(1))") > 0.0005
    white = "show({paths: [path]}); const d = read(1); let n = 0;"
    white += "for (let i = 0; i < d.length; i += 4) n += d[i] + d[i + 1] + d[i + 2] > 700; n"
    assert page.evaluate(white) > 30


def test_it_turns_by_drag_keys_and_wheel(page):
    scene(page)
    page.evaluate("window.before = read(0)")
    box = page.locator(".relief").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    moves = [
        lambda: (page.mouse.down(), page.mouse.move(x + 90, y + 20), page.mouse.up()),
        lambda: (page.focus(".relief"), page.keyboard.press("ArrowRight")),
        lambda: page.keyboard.press("ArrowUp"),
        lambda: page.keyboard.press("Equal"),
        lambda: page.mouse.wheel(0, 300),
    ]
    for move in moves:
        move()
        page.wait_for_timeout(60)
        assert (
            page.evaluate("const now = read(0); const d = differ(before, now); before = now; d")
            > 0.01
        )
    page.dblclick(".relief")
    assert page.evaluate("[made.camera.turn, made.camera.nearness]") == [-0.95, 1]


def test_where_f_is_none_there_is_a_hole(page):
    data = described("x^2 + y^2 + sqrt(x)/1000")
    triangles = page.evaluate(
        """async (tape) => {
          const { heights, mesh } = await import("/page/surface/heights.js");
          const { compile } = await import("/page/tape.js");
          return [...mesh(heights(compile(tape), [[-5, 5], [-5, 5]])).triangles];
        }""",
        data["tape"],
    )
    assert len(triangles) == 3 * 2 * 48 * 96  # the half where x ≥ 0
    assert min(corner % 97 for corner in triangles) == 48
    page.evaluate(SHOW, [data, None])
    assert page.evaluate("filled(read(0))") > 0.1


def test_a_function_of_one_variable_is_a_ribbon(page):
    scene(page, "escape")
    assert page.evaluate("filled(read(0))") > 0.15
    bare = page.evaluate("const bare = read(1); show({paths: [path]}); differ(bare, read(1))")
    assert bare > 0.001


def test_colours_are_even_and_only_grow_lighter(page):
    shades = page.evaluate(
        "(async () => { const { shade } = await import('/page/surface/colours.js');"
        "return Array.from({ length: 65 }, (_, i) => shade(i / 64)).concat([shade(NaN)]) })()"
    )
    lab = oklab(np.array(shades[:65]))
    assert (np.diff(lab[:, 0]) > 0.005).all()
    steps = np.linalg.norm(np.diff(lab[::4], axis=0), axis=1)
    assert steps.max() < 1.15 * steps.min()
    assert shades[-1] == shades[0]


def oklab(rgb):
    """Ottosson 2020, from sRGB of 0–255."""
    part = rgb / 255
    light = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(light @ np.array([
        [0.4122214708, 0.2119034982, 0.0883024619], [0.5363325363, 0.6806995451, 0.2817188376],
        [0.0514459929, 0.1073969566, 0.6299787005],
    ]))  # fmt: skip
    return cones @ np.array([
        [0.2104542553, 1.9779984951, 0.0259040371], [0.7936177850, -2.4285922050, 0.7827717662],
        [-0.0040720468, 0.4505937099, -0.8086757660],
    ])  # fmt: skip


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


@pytest.mark.parametrize("name", ["escape", "trap", "styblinski-tang"])
def test_shares_are_pythons(page, name):
    bound, starts = GALLERY[name].bound, 1500
    rates = [share * bound for share in (0.05, 0.3, 0.9, 1.2)]
    options = {"count": starts, "steps": 400, "seed": 3}
    found = page.evaluate(SHARES, [described(name), rates, options])
    known = spusk.escape(name, rates, starts, 400, seed=4)
    for one, other in zip(found, known.rows, strict=True):
        expected = (other.share_global, other.share_local, other.unsettled, other.diverged)
        shares = [one[key] for key in ("global", "local", "unsettled", "diverged")]
        assert sum(shares) == pytest.approx(1)
        for share, its in zip(shares, expected, strict=True):
            middle = min((share + its) / 2, 1)
            assert abs(share - its) <= 4.5 * np.sqrt(2 * middle * (1 - middle) / starts) + 1e-9


def test_starts_are_even_and_of_their_seed(page):
    one, again, other = page.evaluate(
        "(async () => { const { startsIn } = await import('/page/surface/shares.js');"
        "const draw = (seed) => startsIn([[-4, 6], [0, 1]], 2000, seed).map((a) => [...a]);"
        "return [1, 1, 2].map(draw) })()"
    )
    assert one == again != other
    for (low, high), drawn in zip([(-4, 6), (0, 1)], one, strict=True):
        counts = np.histogram(drawn, 10, (low, high))[0]
        assert counts.sum() == 2000
        assert ((counts - 200) ** 2 / 200).sum() < 30  # χ² of 9 degrees


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


@pytest.mark.parametrize(("text", "reason"), [("himmelblau", "all_global"), ("x*y", "no_minimum")])
def test_where_there_is_nothing_to_escape_from_it_says_so(page, text, reason):
    page.evaluate(PANEL, [described(text), "en", words("en")])
    assert words("en")[reason] in page.evaluate("panel.element.textContent")
