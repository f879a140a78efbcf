"""The surface in space, in a real browser."""

import numpy as np
import pytest

from spusk.lab.formulas.describe import described
from tests.lab.served import pages, until

pytestmark = pytest.mark.more  # a browser walks; `make test` walks each view once

# Draws a surface, then tells what is on its two canvases (in the same task: WebGL forgets).
SHOW = """
async ([data, way]) => {
  const [{ relief }, { compile }, { descend }] = await Promise.all(
    ["surface/relief", "math/tape", "math/descent"].map((name) => import(`/page/${name}.js`)));
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


@pytest.fixture(scope="module")
def opened():
    with pages() as opened:
        yield opened


@pytest.fixture(scope="module")
def page(opened):
    return opened()


def scene(page, name="himmelblau"):
    page.evaluate(SHOW, [described(name), None])


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
    page.evaluate(SHOW, [data, None])
    assert page.evaluate("filled(read(0))") > 0.05


def test_a_function_of_one_variable_is_a_ribbon(page):
    scene(page, "escape")
    assert page.evaluate("filled(read(0))") > 0.15
    bare = page.evaluate("const bare = read(1); show({paths: [path]}); differ(bare, read(1))")
    assert bare > 0.001
