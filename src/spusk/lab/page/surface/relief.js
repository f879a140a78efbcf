// The surface z = f(x1, x2) in space, with the path of a descent lying on it.

import { make } from "../dom.js";
import { written } from "../words.js";
import { Camera, turning } from "./camera.js";
import { flatPainter } from "./flat.js";
import { glPainter } from "./gl.js";
import { heights } from "./heights.js";
import { drawLifted } from "./lifted.js";

const CELLS = 96;
const LOWERED = { 0: "₀", 1: "₁", 2: "₂", 3: "₃" };
const FROM_LEFT = [-0.45, 0.35, 0.82]; // the lamp, as the eye sees it: right, up, back

/**
 * A picture of a surface that can be turned; `label` is what a screen reader says.
 *
 * show({program, view, paths: [{points, colour}], minima, n}): paths are drawn up to step n, in
 * the theme's own path colour where they bring none; names: of the axes, x₁ and x₂ by default.
 */
export function relief(label) {
  const camera = new Camera();
  const above = layer({ "aria-hidden": "true" });
  const element = make("div", { class: "relief", tabindex: "0", role: "img", "aria-label": label }, above);
  Object.assign(element.style, {
    position: "relative", width: "100%", aspectRatio: "1", overflow: "hidden",
    touchAction: "pan-y", cursor: "grab", userSelect: "none",
  });
  let below, painter, scene, shown, asked = 0;

  const begin = (make3d) => {
    below?.remove();
    below = layer({ "aria-hidden": "true" });
    element.prepend(below);
    painter = make3d(below);
    if (!painter) return begin(flatPainter); // a canvas that refused WebGL serves no more
    below.addEventListener("webglcontextlost", () => {
      if (!below.isConnected) return;
      begin(flatPainter);
      ask();
    });
    if (scene) painter.load(scene.surface);
  };
  const draw = () => {
    asked = 0;
    const { width, height } = element.getBoundingClientRect();
    if (!scene || !width || !height) return;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [below, above]) fit(canvas, Math.round(width * scale), Math.round(height * scale));
    painter.draw(camera, lampOf(camera));
    const pen = above.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    drawLifted(pen, width, height, camera, { ...scene, letters: lettersOf(element) });
  };
  const ask = () => (asked ||= requestAnimationFrame(draw));

  const show = (now) => {
    const { program, view, paths = [], minima = [], n, names } = now;
    const same = shown && shown.program === program && JSON.stringify(shown.view) === JSON.stringify(view);
    const surface = same ? scene.surface : heights(program, view, minima, CELLS);
    scene = {
      surface, paths, minima, n, size: program.n, ribbon: surface.view[1][0],
      names: (names ?? ["x1", "x2"]).map(lowered),
      written: (number) => written(number, document.documentElement.lang),
    };
    shown = { program, view };
    if (!same) painter.load(surface);
    ask();
  };

  begin(glPainter);
  turning(element, camera, ask);
  const size = new ResizeObserver(ask);
  size.observe(element);
  const unmount = () => {
    cancelAnimationFrame(asked);
    size.disconnect();
    below.remove();
    painter.free();
  };
  return { element, show, restyle: ask, now: draw, unmount, camera };
}

function layer(attributes) {
  const canvas = make("canvas", attributes);
  Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%" });
  return canvas;
}

function fit(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
}

// The lamp goes with the eye, so that no side of the surface is ever dark.
function lampOf(camera) {
  const lamp = [0, 1, 2].map((k) => camera.axes.reduce((sum, axis, i) => sum + axis[k] * FROM_LEFT[i], 0));
  const length = Math.hypot(...lamp);
  return lamp.map((part) => part / length);
}

function lettersOf(element) {
  return 0.85 * parseFloat(getComputedStyle(element).fontSize);
}

function lowered(name) {
  return name.replace(/[0-3]$/, (digit) => LOWERED[digit]);
}
