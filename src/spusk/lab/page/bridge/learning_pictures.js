// The two pictures of a network that learns points: its answer over the plane, and its cost by epochs.

import { colour } from "../core/dom.js";
import { written } from "../core/words.js";
import * as net from "../math/mlp.js";
import { REACH } from "../math/point_sets.js";
import { classMap, picture } from "./colours.js";
import * as plane from "./plane.js";

const GRID = 72;

export const mapArea = (width, height) => plane.square(width, height, REACH);

export function drawMap(pen, area, { layers, pass, V, size, chosen, lang }) {
  const at = (k) => REACH * ((2 * k + 1) / GRID - 1);
  const values = new Float64Array(GRID * GRID);
  const x = [0, 0];
  for (let k = 0; k < values.length; k++) {
    [x[0], x[1]] = [at(k % GRID), at(Math.floor(k / GRID))];
    values[k] = net.forward(layers, x, pass)[0];
  }
  plane.cropped(pen, area, () => {
    pen.drawImage(picture(values, GRID, classMap()), area.left, area.top, area.side, area.side);
    plane.boundary(pen, area, values, GRID);
  });
  plane.points(pen, area, V, { size, chosen });
  plane.axes(pen, area, ["x₁", "x₂"], lang);
}

/** Where the curve's numbers lie on a canvas: epochs 0 … last, C from 0 to high. */
export function curveArea(width, height, history, epochs) {
  const line = plane.lineHeight();
  const [left, right, top, bottom] = [3.7 * line, width - 6, 6, height - 1.6 * line];
  const high = Math.max(...history.map(([, cost]) => cost), 0.01), last = Math.max(epochs, 10);
  return {
    left, right, top, bottom, high, last, line,
    x: (n) => left + (n / last) * (right - left),
    y: (cost) => bottom - (cost / high) * (bottom - 8),
    back: (x) => ((x - left) / (right - left)) * last,
  };
}

/** `rows` are [n, C]; `pointed`, where there is one, is the row that is being read. */
export function drawCurve(pen, area, { rows, pointed, lang }) {
  const { left, right, top, bottom, high, last, line } = area;
  pen.font = plane.letters();
  pen.fillStyle = colour("faint");
  pen.strokeStyle = colour("line");
  pen.strokeRect(left, top, right - left, bottom - top);
  pen.textAlign = "right";
  pen.fillText(`C ${written(high, lang, 2)}`, left - 4, top + line);
  pen.fillText("0", left - 4, bottom);
  pen.fillText(`n = ${written(last, lang)}`, right, bottom + 1.6 * line - 4);
  pen.strokeStyle = colour("train");
  pen.lineWidth = 2;
  pen.beginPath();
  for (const [n, cost] of rows) pen.lineTo(area.x(n), area.y(cost));
  pen.stroke();
  if (pointed) plane.disc(pen, area.x(pointed[0]), area.y(pointed[1]), 5, colour("train"));
}
