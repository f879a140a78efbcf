// The surface z = f(x1, x2) in space, with the path of a descent lying on it.

import { make } from "../core/dom.js";
import { written } from "../core/words.js";
import { Camera } from "../math/camera.js";
import { heights } from "../math/heights.js";
import { flatPainter } from "./flat.js";
import { glPainter } from "./gl.js";
import { drawLifted } from "./lifted.js";
import { turning } from "./turning.js";

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
  const picture = new Relief(label);
  return {
    element: picture.element,
    camera: picture.camera,
    show: (now) => picture.show(now),
    restyle: () => picture.ask(),
    now: () => picture.draw(),
    unmount: () => picture.end(),
  };
}

class Relief {
  below; painter; // the canvas of the surface, and who paints it
  program; shape; scene; asked; // what is shown
  ended = false;

  constructor(label) {
    this.camera = new Camera();
    this.above = layer();
    this.element = make("div", { class: "relief", tabindex: "0", role: "img", "aria-label": label }, this.above);
    Object.assign(this.element.style, {
      position: "relative", width: "100%", aspectRatio: "1", overflow: "hidden",
      touchAction: "pan-y", cursor: "grab", userSelect: "none",
    });
    this.begin(glPainter);
    turning(this.element, this.camera, () => this.ask());
    this.size = new ResizeObserver(() => this.ask());
    this.size.observe(this.element);
  }

  // A canvas serves one kind of painter for good, so another kind gets another canvas.
  begin(paintedBy) {
    const canvas = layer();
    const painter = paintedBy(canvas);
    if (!painter) return this.begin(flatPainter);
    this.below?.remove();
    this.element.prepend(canvas);
    [this.below, this.painter] = [canvas, painter];
    canvas.addEventListener("webglcontextlost", () => {
      if (this.ended) return;
      this.begin(flatPainter);
      this.ask();
    });
    if (this.scene) painter.load(this.scene.surface);
  }

  show({ program, view, paths = [], minima = [], n, names = ["x1", "x2"] }) {
    const shape = JSON.stringify([view, minima]);
    const same = this.program === program && this.shape === shape;
    const surface = same ? this.scene.surface : heights(program, view, minima, CELLS);
    this.scene = {
      surface, paths, minima, n, size: program.n, ribbon: surface.view[1][0],
      names: names.map(lowered),
      written: (number) => written(number, document.documentElement.lang),
    };
    if (!same) this.painter.load(surface);
    [this.program, this.shape] = [program, shape];
    this.ask();
  }

  ask() {
    this.asked ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.asked = 0;
    const { width, height } = this.element.getBoundingClientRect();
    if (!this.scene || !width || !height) return;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.below, this.above]) {
      fit(canvas, Math.round(width * scale), Math.round(height * scale));
    }
    this.painter.draw(this.camera, lampOf(this.camera));
    const pen = this.above.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    drawLifted(pen, width, height, this.camera, { ...this.scene, letters: lettersOf(this.element) });
  }

  end() {
    this.ended = true;
    cancelAnimationFrame(this.asked);
    this.size.disconnect();
    this.painter.free();
  }
}

function layer() {
  const canvas = make("canvas", { "aria-hidden": "true" });
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
