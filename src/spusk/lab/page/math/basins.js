// Maps of basins of attraction: where every start of a grid ends, all of them in step.

import { facts } from "../core/facts.js";
import { distance, norm } from "./vector.js";

/**
 * @typedef {object} Map
 * @property {import("./tape.js").Program} program
 * @property {ReturnType<import("./tape.js").Program["block"]>} block
 * @property {number} rate
 * @property {Float64Array} xs
 * @property {Float64Array} ys
 * @property {number} near
 * @property {number} size
 * @property {number} first the start that it begins with
 * @property {ArrayLike<number>[]} minima
 * @property {(map: Map, x: number[]) => void} beside what to do with an end beside no minimum
 * @property {number} floor of |∇f|²: a start has settled
 * @property {Float64Array} limit of |∇f|²: beyond it a start is looked at twice
 * @property {Int32Array} place which start stands in each place of the block
 * @property {Int16Array} which
 * @property {Uint16Array} steps
 *
 * @typedef {object} Options
 * @property {number} rate
 * @property {number} [steps]
 * @property {number} [tolerance]
 * @property {number[]} [rows] [from, to): a part of the map, so that several workers can share it
 * @property {(map: Map, x: number[]) => void} [beside] what to do with an end beside no minimum
 * @property {number[][]} [whole] the view by which nearness to a minimum is judged, where `view` is a part of it
 */

/**
 * Which minimum each start of a grid reaches (size × size, row 0 the lowest y), and in how many
 * steps of the plain rule: `which` holds places in `minima`, or facts.basins.none, or .away for a
 * descent that ran away.
 * @param {import("./tape.js").Program} program
 * @param {{x: number[]}[]} minima
 * @param {number[][]} view
 * @param {number} size
 * @param {Options} options
 */
export function basins(
  program,
  minima,
  view,
  size,
  { rate, steps = facts.basins.steps, tolerance = facts.descent.tolerance, rows = [0, size], whole = view, beside = () => {} },
) {
  const [xs, ys] = view.map(([low, high]) => ticks(low, high, size));
  const near = facts.descent.near * Math.max(...whole.map(([low, high]) => high - low));
  const block = program.block(program.partial ? "both" : "gradient");
  const count = (rows[1] - rows[0]) * size;
  /** @type {Map} */
  const map = {
    program, block, rate, xs, ys, near, size, beside,
    first: rows[0] * size,
    minima: minima.map((minimum) => minimum.x),
    floor: tolerance * tolerance,
    limit: new Float64Array(block.size),
    place: new Int32Array(block.size),
    which: new Int16Array(count).fill(facts.basins.none),
    steps: new Uint16Array(count).fill(steps),
  };
  for (let first = 0; first < count; first += block.size) {
    let going = fill(map, first, Math.min(block.size, count - first));
    for (let n = 0; n <= steps && going; n++) going = advance(map, going, n);
  }
  return { which: map.which, steps: map.steps, minima: map.minima };
}

/** @type {(low: number, high: number, count: number) => Float64Array} */
function ticks(low, high, count) {
  const step = (high - low) / Math.max(count - 1, 1);
  return Float64Array.from({ length: count }, (_, i) =>
    i && i === count - 1 ? high : low + i * step,
  );
}

/**
 * Puts the next starts into the block.
 * @type {(map: Map, first: number, count: number) => number}
 */
function fill(map, first, count) {
  const [x, y] = map.block.inputs;
  for (let i = 0; i < count; i++) {
    const place = first + i;
    [x[i], y[i]] = startOf(map, place);
    map.place[i] = place;
  }
  return count;
}

/** @type {(map: Map, place: number) => [number, number]} */
function startOf({ xs, ys, size, first }, place) {
  return [xs[(first + place) % size], ys[Math.floor((first + place) / size)]];
}

/**
 * One step of all that still go; those that settled leave, the others close the ranks.
 * @type {(map: Map, count: number, n: number) => number}
 */
function advance(map, count, n) {
  const { block, limit, place, rate, floor } = map;
  const slopes = block.run(count);
  const [x, y] = block.inputs;
  const gx = slopes[slopes.length - 2];
  const gy = slopes[slopes.length - 1];
  if (slopes.length === 3) forbid(slopes[0], gx, count);
  if (n === 0) {
    const { grown } = facts.descent;
    for (let i = 0; i < count; i++) {
      limit[i] = Math.min(grown * grown * (gx[i] * gx[i] + gy[i] * gy[i]), Number.MAX_VALUE);
    }
  }
  let going = 0;
  for (let i = 0; i < count; i++) {
    const square = gx[i] * gx[i] + gy[i] * gy[i];
    if (square > floor && (square <= limit[i] || stays(map, i, square))) {
      x[going] = x[i] - rate * gx[i];
      y[going] = y[i] - rate * gy[i];
      limit[going] = limit[i];
      place[going++] = place[i];
    } else {
      settle(map, i, square, n);
    }
  }
  return going;
}

/**
 * Where f is not finite its gradient is none.
 * @type {(values: Float64Array, slopes: Float64Array, count: number) => void}
 */
function forbid(values, slopes, count) {
  for (let i = 0; i < count; i++) slopes[i] += values[i] - values[i];
}

/**
 * Whether a point whose gradient grew a lot is not far away yet.
 * @type {(map: Map, i: number, square: number) => boolean}
 */
function stays(map, i, square) {
  const [x, y] = map.block.inputs;
  const [x0, y0] = startOf(map, map.place[i]);
  const far = facts.descent.far * (1 + norm([x0, y0]));
  return Number.isFinite(square) && distance([x[i], y[i]], [x0, y0]) <= far;
}

/** @type {(map: Map, i: number, square: number, n: number) => void} */
function settle(map, i, square, n) {
  const x = map.block.inputs.map((cell) => cell[i]);
  const converged = square <= map.floor || map.program.isNonsmooth(x);
  map.steps[map.place[i]] = n;
  map.which[map.place[i]] = converged ? landed(map, x) : facts.basins.away;
}

/**
 * The place of the minimum that x is at.
 * @type {(map: Map, x: number[]) => number}
 */
function landed(map, x) {
  const { minima, near } = map;
  const place = minima.findIndex((minimum) => distance(x, minimum) <= near);
  if (place >= 0) return place;
  map.beside(map, x);
  return facts.basins.none;
}
