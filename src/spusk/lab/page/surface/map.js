// The contour map of a function of two variables: colours and lines of f, minima, paths.

import { shade } from "../core/colours.js";
import { contours, placed } from "../core/contours.js";
import { canvas, make } from "../core/dom.js";
import { scaleOf } from "../math/scale.js";
import { inside, moved, resized } from "../math/view_box.js";
import { gestures } from "./gestures.js";
import { pretty } from "./numbers.js";
import { crosses, paths } from "./paint.js";
import { axes, clip, plane } from "./plane.js";
import { pointer } from "./pointer.js";

const GRID = 240; // points along the longer side
const LEVELS = 14;
const FADED = 0.35; // basins of settings that are past

/** A map that shows a model; `choose(x)` sets the start, `look(box)` shows another part of the plane. */
export function contourMap(say, lang, choose, look) {
  let model, at, ground, size;
  const base = canvas(say("surface.map_label"), drawBase);
  const over = canvas(say("surface.map_label"), drawOver, { "aria-hidden": "true" });
  const here = () => plane(model.view, ...size); // the last drawing may be older than the model
  const tap = (px, py) => size && choose(here().place(px, py));
  const start = pointer(over.element, say, lang, tap, (dx, dy) => {
    const step = at.box.map(([low, high]) => (high - low) / 50);
    choose([model.state.x[0] + dx * step[0], model.state.x[1] + dy * step[1]]);
  });
  gestures(over.element, {
    tap,
    free: () => model?.state.box !== undefined,
    pan(dx, dy) {
      const [from, to] = [here().place(dx, dy), here().place(0, 0)];
      look(moved(model.view, model.described.view, to.map((part, k) => part - from[k])));
    },
    zoom: (px, py, factor) => look(resized(model.view, model.described.view, here().place(px, py), factor)),
  });
  const element = make("div", { class: "stack" }, base.element, over.element, start.element);

  function drawBase(pen, width, height) {
    if (!model) return;
    size = [width, height];
    at = here();
    ground ??= survey(model, at);
    pen.save();
    clip(pen, at);
    pen.drawImage(ground.picture, at.inner.x, at.inner.y, at.inner.w, at.inner.h);
    if (model.basins) basinsOver(pen);
    linesOf(pen);
    crosses(pen, model.described.minima, ({ x }) => [at.x(x[0]), at.y(x[1])]);
    pen.restore();
    axes(pen, at, model.described.names.map(pretty), lang);
    over.redraw();
  }

  function basinsOver(pen) {
    const [[x0, x1], [y0, y1]] = model.basins.view;
    pen.imageSmoothingEnabled = false;
    pen.globalAlpha = model.basins.old ? FADED : 1;
    pen.drawImage(model.basins.picture, at.x(x0), at.y(y1), at.x(x1) - at.x(x0), at.y(y0) - at.y(y1));
    pen.globalAlpha = 1;
  }

  function linesOf(pen) {
    const { x, y, w, h } = at.inner;
    const cell = [w / (ground.width - 1), h / (ground.height - 1)];
    [pen.strokeStyle, pen.lineWidth] = ["rgba(255, 255, 255, 0.45)", 1];
    pen.stroke(placed(ground.lines, [x, y + h], cell));
  }

  function drawOver(pen) {
    if (!model || !at) return;
    pen.save();
    clip(pen, at);
    paths(pen, model, ({ points }, k) => [at.x(points[2 * k]), at.y(points[2 * k + 1])]);
    pen.restore();
    start.put(at.x(model.state.x[0]), at.y(model.state.x[1]), at.inner, model.state.x);
  }

  return {
    element,
    /** The paths of the same function, at once: a slider is moving. */
    show(now) {
      const elsewhere = model?.described !== now.described || model?.view !== now.view;
      const other = elsewhere || model?.basins?.picture !== now.basins?.picture || model?.basins?.old !== now.basins?.old;
      if (elsewhere) ground = null;
      model = now;
      other ? base.redraw() : over.redraw();
    },
    restyle: base.redraw,
  };
}

// f on a grid of the whole box, as a picture with its lines.
function survey({ described, program, state }, at) {
  const [[x0, x1], [y0, y1]] = at.box;
  const longest = Math.max(at.inner.w, at.inner.h);
  const spread = (low, high, side) => {
    const count = Math.max(2, Math.round((GRID * side) / longest));
    return Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
  };
  const [xs, ys] = [spread(x0, x1, at.inner.w), spread(y0, y1, at.inner.h)];
  const values = program.grid(xs, ys);
  const minima = state.box ? inside(described.minima, at.box) : described.minima;
  const floor = Math.min(...minima.map((m) => m.value));
  const scale = scaleOf(values, floor);
  const shares = values.map(scale.share);
  const levels = Array.from({ length: LEVELS }, (_, k) => (k + 0.5) / LEVELS);
  const [width, height] = [xs.length, ys.length];
  return { width, height, lines: contours(shares, width, height, levels), picture: picture(shares, width, height) };
}

// Row 0 of a picture is the top; of the grid, the lowest y. Where f is no number nothing is drawn.
function picture(shares, width, height) {
  const image = new ImageData(width, height);
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const share = shares[(height - 1 - j) * width + i];
      if (Number.isFinite(share)) image.data.set([...shade(share), 255], 4 * (j * width + i));
    }
  }
  return pictureOf(image);
}

/** A canvas that holds an image, to be drawn at any size. */
export function pictureOf(image) {
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [image.width, image.height];
  sheet.getContext("2d").putImageData(image, 0, 0);
  return sheet;
}
