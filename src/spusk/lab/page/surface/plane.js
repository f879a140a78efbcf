// A box of the plane on a canvas: places to pixels and back, with ticks along two sides.

import { colour } from "../core/dom.js";
import { written } from "../core/words.js";
import { ticks } from "../math/scale.js";

const MARGIN = { left: 40, right: 10, top: 10, bottom: 28 }; // pixels at plain letters

const ROOM = 1.06; // so that a start in a corner is seen whole

/** The box `view` in a canvas; `equal`: one unit is as long both ways, and more may be seen. */
export function plane(view, width, height, equal = true) {
  const [left, right, top, bottom] = Object.values(MARGIN).map((room) => room * letters());
  const inner = { w: width - left - right, h: height - top - bottom };
  let [[x0, x1], [y0, y1]] = view;
  if (equal) {
    const unit = ROOM * Math.max((x1 - x0) / inner.w, (y1 - y0) / inner.h);
    const [middleX, middleY] = [(x0 + x1) / 2, (y0 + y1) / 2];
    [x0, x1] = [middleX - (unit * inner.w) / 2, middleX + (unit * inner.w) / 2];
    [y0, y1] = [middleY - (unit * inner.h) / 2, middleY + (unit * inner.h) / 2];
  }
  const [sx, sy] = [inner.w / (x1 - x0), inner.h / (y1 - y0)];
  return {
    box: [[x0, x1], [y0, y1]],
    inner: { x: left, y: top, ...inner },
    x: (value) => left + (value - x0) * sx,
    y: (value) => top + (y1 - value) * sy,
    place: (px, py) => [x0 + (px - left) / sx, y1 - (py - top) / sy],
  };
}

/** How much larger letters are than plain ones: a projector wants large ones. */
export function letters() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** Keeps what is drawn next inside the box. */
export function clip(pen, { inner }) {
  pen.beginPath();
  pen.rect(inner.x, inner.y, inner.w, inner.h);
  pen.clip();
}

/** Ticks with numbers below and at the left, and the names of both axes. */
export function axes(pen, at, names, lang) {
  const { inner, box } = at;
  pen.font = `${12 * letters()}px ${colour("font")}`;
  pen.fillStyle = colour("faint");
  pen.strokeStyle = colour("line");
  pen.lineWidth = 1;
  pen.strokeRect(inner.x + 0.5, inner.y + 0.5, inner.w - 1, inner.h - 1);
  pen.textAlign = "center";
  pen.textBaseline = "top";
  const label = (tick, [low, high]) => {
    const offset = Math.max(Math.abs(low), Math.abs(high)) / (high - low);
    return written(tick, lang, Math.max(3, 3 + Math.ceil(Math.log10(offset)))); // neighbours must differ
  };
  const bottom = inner.y + inner.h + 6 * letters();
  for (const tick of ticks(box[0], inner.w / 70 / letters())) {
    if (at.x(tick) < inner.x + inner.w - 24 * letters()) pen.fillText(label(tick, box[0]), at.x(tick), bottom);
  }
  pen.textAlign = "right";
  pen.fillText(names[0], inner.x + inner.w, bottom);
  pen.textBaseline = "middle";
  for (const tick of ticks(box[1], inner.h / 60 / letters())) {
    if (at.y(tick) > inner.y + 20 * letters()) pen.fillText(label(tick, box[1]), inner.x - 6, at.y(tick), inner.x - 8);
  }
  pen.fillText(names[1], inner.x - 6, inner.y + 7 * letters());
}
