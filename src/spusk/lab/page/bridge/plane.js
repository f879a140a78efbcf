// A square of the plane on a canvas: coordinates, axes, points of two classes, the start's mark.

import { contours, placed } from "../core/contours.js";
import { colour } from "../core/dom.js";
import { written } from "../core/words.js";

/** Letters on a picture grow with the page's. */
export const lineHeight = () => 0.75 * parseFloat(getComputedStyle(document.documentElement).fontSize);
export const letters = () => `${lineHeight()}px ${colour("font")}`;

const TAU = 2 * Math.PI;

/** The square −reach … reach in a canvas of this size: x(v), y(v) to the screen, back() from it. */
export function square(width, height, reach) {
  const margin = 2.5 * lineHeight();
  const side = Math.min(width, height) - margin - 8;
  const scale = side / (2 * reach);
  const [left, top] = [(width - side - margin - 8) / 2 + margin, 8];
  return {
    left, top, side, reach,
    x: (v) => left + (v + reach) * scale,
    y: (v) => top + (reach - v) * scale,
    back: ([px, py]) => [(px - left) / scale - reach, reach - (py - top) / scale],
  };
}

export function cropped(pen, { left, top, side }, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, side, side);
  pen.clip();
  draw();
  pen.restore();
}

export function axes(pen, area, names, lang) {
  const { left, top, side, reach } = area;
  const every = reach > 5 ? 4 : 1;
  pen.strokeStyle = colour("line");
  pen.lineWidth = 1;
  pen.strokeRect(left, top, side, side);
  pen.fillStyle = colour("faint");
  pen.font = letters();
  const last = Math.floor(reach / every) * every; // there the axis has its name
  for (let v = -last; v <= last; v += every) {
    pen.textAlign = v === last ? "right" : "center"; // a name must not leave the picture
    pen.textBaseline = "top";
    pen.fillText(v === last ? names[0] : written(v, lang), v === last ? left + side : area.x(v), top + side + 6);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.fillText(v === last ? names[1] : written(v, lang), left - 6, area.y(v));
  }
}

/** Class 1 is a filled disc, class 0 a diamond: told apart without colours too. */
export function points(pen, area, V, { size = 7, chosen = -1 } = {}) {
  const [zero, one, edge] = [colour("test"), colour("train"), colour("paper")];
  V.forEach(({ x, y }, k) => {
    const [px, py] = [area.x(x[0]), area.y(x[1])];
    pen.beginPath();
    if (y[0]) pen.arc(px, py, size, 0, TAU);
    else for (const [dx, dy] of [[1, 0], [0, 1], [-1, 0], [0, -1]]) pen.lineTo(px + dx * size * 1.25, py + dy * size * 1.25);
    pen.closePath();
    pen.fillStyle = y[0] ? one : zero;
    pen.strokeStyle = edge;
    pen.lineWidth = size > 5 ? 2 : 1;
    pen.fill();
    pen.stroke();
    if (k === chosen) ring(pen, px, py, size + 6);
  });
}

export function ring(pen, px, py, radius) {
  pen.beginPath();
  pen.arc(px, py, radius, 0, TAU);
  pen.strokeStyle = colour("accent");
  pen.lineWidth = 2.5;
  pen.stroke();
}

/** A path of [w1, w2]: white core, dark edge, a dot for each iterate; where it stands, a disc. */
export function trail(pen, area, path) {
  const line = () => {
    pen.beginPath();
    for (const [w1, w2] of path) pen.lineTo(area.x(w1), area.y(w2));
    pen.stroke();
  };
  pen.lineJoin = "round";
  for (const [name, width] of [["path-edge", 4.5], ["path", 2]]) {
    pen.strokeStyle = colour(name);
    pen.lineWidth = width;
    line();
  }
  for (const [k, [w1, w2]] of path.entries()) {
    const last = k === path.length - 1;
    disc(pen, area.x(w1), area.y(w2), last ? 6 : 2.5, colour("path"));
  }
}

export function disc(pen, px, py, radius, fill) {
  pen.beginPath();
  pen.arc(px, py, radius, 0, TAU);
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = colour("path-edge");
  pen.lineWidth = radius > 4 ? 1.5 : 0.75;
  pen.stroke();
}

/** The line a = 1/2 of a grid of answers taken at the middles of its cells. */
export function boundary(pen, area, values, size) {
  const cell = area.side / size;
  const corner = [area.left + cell / 2, area.top + area.side - cell / 2];
  const line = placed(contours(values, size, size, [0.5]), corner, [cell, cell]);
  for (const [name, width] of [["path-edge", 4], ["path", 1.75]]) {
    pen.strokeStyle = colour(name);
    pen.lineWidth = width;
    pen.stroke(line);
  }
}
