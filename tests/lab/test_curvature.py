"""The bridge's bound 2/λmax: its Hessians are right, and it is the bound of the steps."""

import numpy as np
import pytest

import spusk
from tests.lab import browser
from tests.lab.test_bridge import by_node

chromium, lab_address = browser.chromium, browser.lab_address
new_page = browser.new_page

CURVED = """
import * as net from "./mlp.js";
import * as neuron from "./neuron.js";
import { hessianOf } from "./curvature.js";
import { highest } from "./eigen.js";
import { FEW, examplesOf } from "./point_sets.js";
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { theta, V, matrices } = JSON.parse(text);
const layers = net.network([2, 2, 1]);
let next = 0;
for (const part of ["W", "b"])
  for (const layer of layers) layer[part].set(theta.slice(next, next += layer[part].length));
const hessian = hessianOf(layers, V);
const mixed = examplesOf(FEW.mixed);
const w = neuron.path(mixed, [0, 0], 10, 500).at(-1);
const bound = 2 / highest(neuron.hessian(mixed, ...w), 2);
const left = (share) => {
  const [a, b] = neuron.path(mixed, w.map((part) => part + 1e-3), share * bound, 400).at(-1);
  return Math.hypot(a - w[0], b - w[1]);
};
const tops = matrices.map((m) => highest(m.flat(), m.length));
const exact = neuron.hessian(mixed, 0.5, -1.2);
process.stdout.write(JSON.stringify({
  top: highest(hessian, 9), tops, mixed, exact, below: left(0.97), above: left(1.03) }));
"""


def differences(slope, at, h=1e-5):
    """The Hessian of a cost by differences of its gradient."""
    rows = [(slope(at + h * e) - slope(at - h * e)) / (2 * h) for e in np.eye(len(at))]
    return np.array(rows)


def slope_of(net, V):
    def slope(theta):
        net.theta[:] = theta
        return net.gradients(V).theta.copy()

    return slope


def test_the_pages_curvature_is_pythons_and_bounds_the_steps(tmp_path):
    rng = np.random.default_rng(2)
    net = spusk.Network([2, 2, 1], seed=4, dtype=np.float64)
    x, y = rng.normal(size=(4, 2)), rng.uniform(size=(4, 1))
    theta = net.theta.copy()
    noise = [rng.normal(size=(n, n)) for n in (2, 5, 9)]
    matrices = [m + m.T for m in noise] + [-np.eye(3), np.zeros((2, 2))]
    job = {"theta": theta.tolist(), "matrices": [m.tolist() for m in matrices],
           "V": [{"x": list(a), "y": list(b)} for a, b in zip(x, y, strict=True)]}  # fmt: skip
    found = by_node(job, tmp_path, CURVED)
    tops = [np.linalg.eigvalsh(m)[-1] for m in matrices]
    np.testing.assert_allclose(found["tops"], tops, rtol=1e-6, atol=1e-12)
    hessian = differences(slope_of(net, spusk.Sample(x, y)), theta)
    assert found["top"] == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-5)
    few = found["mixed"]
    V = spusk.Sample([row["x"] for row in few], np.array([row["y"] for row in few], float))
    both = differences(
        slope_of(spusk.Network([2, 1], dtype=np.float64), V), np.array([0.5, -1.2, 0])
    )
    np.testing.assert_allclose(np.reshape(found["exact"], (2, 2)), both[:2, :2], rtol=1e-5)
    assert found["below"] < 1e-7
    assert found["above"] > 1e-3


@pytest.mark.parametrize(("lang", "says"), [("en-US", "λmax of C here = "),
                                            ("ru-RU", "λmax для C здесь = ")])  # fmt: skip
def test_the_bound_stands_on_the_slider_and_follows_the_point(new_page, lang, says):
    page = new_page("#bridge", lang)
    mark = page.locator(".bound")
    mark.wait_for()
    last = mark.inner_text()
    assert says in last
    place = mark.bounding_box()["x"]
    for _ in range(175):  # farther up the path f curves otherwise
        page.keyboard.press("ArrowLeft")
    assert mark.inner_text() != last
    page.click("#tab-network")
    mark.wait_for()
    assert says in mark.inner_text()
    assert mark.bounding_box()["x"] != place
