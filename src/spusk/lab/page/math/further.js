// Minima beside the known ones, found where descents end (descent/gather.py).

import { facts } from "../core/facts.js";
import { basins } from "./basins.js";
import { pointAt } from "./critical.js";
import { isMinimum } from "./kinds.js";
import { distance } from "./vector.js";

const COARSE = 48; // starts along a side that are enough to come to every minimum of some width

/**
 * The minima beside the known ones that a few starts of a view come to; a valley has no one place.
 * @param {import("./tape.js").Program} program
 * @param {{x: number[]}[]} minima
 * @param {number[][]} view
 * @param {import("./basins.js").Options} options
 */
export function furtherMinima(program, minima, view, options) {
  /** @type {number[][]} */
  const judged = [];
  const all = basins(program, minima, view, COARSE, {
    ...options,
    beside(map, x) {
      const near = (/** @type {ArrayLike<number>} */ place, /** @type {ArrayLike<number>} */ other) => distance(place, other) <= map.near;
      if (judged.length >= facts.descent.places || judged.some((known) => near(x, known))) return;
      judged.push(x);
      const point = pointAt(program, Float64Array.from(x));
      if (!isMinimum(point) || point.kind === "valley") return;
      if (!map.minima.some((minimum) => near(point.x, minimum))) map.minima.push(point.x);
    },
  }).minima;
  return all.slice(minima.length).map((x) => ({ x: Array.from(x), value: program.value(x) }));
}
