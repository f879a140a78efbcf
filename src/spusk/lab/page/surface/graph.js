// The graph of a function of one variable, with its path from point to point of the curve.

import { canvas, colour, make } from "../core/dom.js";
import { moved, resized } from "../math/view_box.js";
import { gestures } from "./gestures.js";
import { pretty } from "./numbers.js";
import { crosses, paths } from "./paint.js";
import { axes, clip, plane } from "./plane.js";
import { pointer } from "./pointer.js";

const POINTS = 1200;

/** A graph that shows a model; `choose(x)` sets the start, `look(box)` shows another part of the axis. */
export function graph(say, lang, choose, look) {
  let model, at, curve;
  const base = canvas(say("surface.graph_label"), drawBase);
  const over = canvas(say("surface.graph_label"), drawOver, { "aria-hidden": "true" });
  // x at a pixel; the last drawing may be older than the model
  const here = (px) => {
    const [[low, high]] = model.view;
    return [low + ((px - at.inner.x) * (high - low)) / at.inner.w];
  };
  const tap = (px) => at && choose(here(px));
  const start = pointer(over.element, say, lang, tap, (dx) => {
    const [[low, high]] = model.view;
    choose([model.state.x[0] + (dx * (high - low)) / 100]);
  });
  gestures(over.element, {
    tap,
    free: () => model?.state.box !== undefined,
    pan: (dx) => look(moved(model.view, model.described.view, [here(0)[0] - here(dx)[0]])),
    zoom: (px, py, factor) => look(resized(model.view, model.described.view, here(px), factor)),
  });
  const element = make("div", { class: "stack" }, base.element, over.element, start.element);
  const place = ({ points, values }, k) => [at.x(points[k]), at.y(values[k])];

  function drawBase(pen, width, height) {
    if (!model) return;
    curve ??= sampled(model);
    at = plane([model.view[0], curve.range], width, height, false);
    axes(pen, at, [pretty(model.described.names[0]), "f"], lang);
    pen.save();
    clip(pen, at);
    pen.beginPath();
    let down = false;
    curve.xs.forEach((x, k) => {
      const y = curve.values[k];
      if (!Number.isFinite(y)) return (down = false);
      down ? pen.lineTo(at.x(x), at.y(y)) : pen.moveTo(at.x(x), at.y(y));
      return (down = true);
    });
    [pen.strokeStyle, pen.lineWidth] = [colour("ink"), 2];
    pen.stroke();
    crosses(pen, model.described.minima, ({ x, value }) => [at.x(x[0]), at.y(value)]);
    pen.restore();
    over.redraw();
  }

  function drawOver(pen) {
    if (!model || !at) return;
    pen.save();
    clip(pen, at);
    paths(pen, model, place);
    pen.restore();
    start.put(...place(model.path, 0), at.inner, model.state.x);
  }

  return {
    element,
    show(now) {
      const other = model?.described !== now.described || model?.view !== now.view;
      if (other) curve = null;
      model = now;
      other ? base.redraw() : over.redraw();
    },
    restyle: base.redraw,
  };
}

// f along the view, and the part of it worth seeing: a pole must not press the rest flat.
function sampled({ view, program }) {
  const [[low, high]] = view;
  const xs = Float64Array.from({ length: POINTS }, (_, k) => low + ((high - low) * k) / (POINTS - 1));
  const values = program.many([xs]);
  const sorted = values.filter(Number.isFinite).sort();
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const middle = at(0.98) - at(0.02) || 1;
  const [bottom, top] = [Math.max(at(0), at(0.02) - 2 * middle), Math.min(at(1), at(0.98) + 2 * middle)];
  const room = 0.06 * (top - bottom || 1);
  return { xs, values, range: [bottom - room, top + room] };
}
