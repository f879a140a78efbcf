// The two pictures of the two-weight neuron: its cost surface with the path, its line among points.

import { shade } from "../core/colours.js";
import { contours, placed } from "../core/contours.js";
import { colour } from "../core/dom.js";
import { forward, network, pass } from "../math/mlp.js";
import * as neuron from "../math/neuron.js";
import { REACH } from "../math/point_sets.js";
import { classMap, picture } from "./colours.js";
import * as plane from "./plane.js";

export const SPAN = 8; // the map shows w1, w2 in −8 … 8
const GRID = 81;
const SHADES = 64;
const LEVELS = 14;

/** The cost surface as a picture with levels, both even in √(C − min): valleys keep their lines. */
export function relief(V) {
  const values = neuron.surface(V, SPAN, GRID);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const levels = Array.from({ length: LEVELS }, (_, k) => low + (high - low) * ((k + 0.5) / LEVELS) ** 2);
  const sheet = picture(values, GRID, (c) => shade(Math.sqrt((c - low) / (high - low || 1))));
  return { sheet, lines: contours(values, GRID, GRID, levels) };
}

export function drawMap(pen, area, { relief, path, start, chosen, lang }) {
  plane.cropped(pen, area, () => {
    pen.drawImage(relief.sheet, area.left, area.top, area.side, area.side);
    pen.strokeStyle = "rgba(255, 255, 255, 0.35)";
    pen.lineWidth = 1;
    const cell = area.side / (GRID - 1);
    pen.stroke(placed(relief.lines, [area.left, area.top + area.side], [cell, cell]));
    plane.trail(pen, area, path);
  });
  const [px, py] = [area.x(start[0]), area.y(start[1])];
  plane.disc(pen, px, py, 7, colour("accent"));
  if (chosen) plane.ring(pen, px, py, 12);
  plane.axes(pen, area, ["w₁", "w₂"], lang);
}

export const dataSquare = (width, height) => plane.square(width, height, REACH + 0.2);

export function drawData(pen, area, { V, w, chosen, lang }) {
  const layers = network([2, 1]);
  const room = pass(layers);
  layers[0].W.set(w);
  const at = (k) => area.reach * ((2 * k + 1) / SHADES - 1);
  const answer = (_, k) => forward(layers, [at(k % SHADES), at(Math.floor(k / SHADES))], room)[0];
  const values = Float64Array.from({ length: SHADES * SHADES }, answer);
  plane.cropped(pen, area, () => {
    pen.drawImage(picture(values, SHADES, classMap()), area.left, area.top, area.side, area.side);
    drawLine(pen, area, w);
  });
  plane.points(pen, area, V, { chosen });
  plane.axes(pen, area, ["x₁", "x₂"], lang);
}

// the line a = 1/2, that is w1 x1 + w2 x2 = 0, and across it the direction of w
function drawLine(pen, area, [w1, w2]) {
  const length = Math.hypot(w1, w2);
  if (!length) return;
  const [u1, u2] = [w1 / length, w2 / length];
  const far = 2 * area.reach;
  const strokes = [
    [[-u2 * far, u1 * far], [u2 * far, -u1 * far]],
    [[0, 0], [u1, u2], [0.8 * u1 - 0.12 * u2, 0.8 * u2 + 0.12 * u1]],
    [[u1, u2], [0.8 * u1 + 0.12 * u2, 0.8 * u2 - 0.12 * u1]],
  ];
  pen.lineCap = pen.lineJoin = "round";
  for (const [name, width] of [["path-edge", 4.5], ["path", 2]]) {
    pen.strokeStyle = colour(name);
    pen.lineWidth = width;
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x1, x2] of stroke) pen.lineTo(area.x(x1), area.y(x2));
      pen.stroke();
    }
  }
}
