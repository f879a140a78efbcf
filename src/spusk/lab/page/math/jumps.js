// Points at which ∇f jumps or f ends: what they are, by the values of f around them (functions/jumps.py).

import { facts } from "../core/facts.js";
import { around, moved, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {"minimum" | "valley" | "kink" | "saddle" | "maximum" | "inflection" | "flat" | "slope" | "unbounded" | "endless" | "edge"} Kind
 * @typedef {{kind: Kind, x: Float64Array, lambdas: number[] | null}} Point
 */

const EPSILON = 2 ** -52;

/**
 * The lesser of f's rises per length along a row and the opposite.
 * @type {(program: Program, x: ArrayLike<number>, row: number[], length: number) => number}
 */
function slopeAround(program, x, row, length) {
  const here = program.value(x);
  return Math.min(...[1, -1].map((sign) => (program.value(moved(x, sign * length, row)) - here) / length));
}

/** @type {(program: Program, x: ArrayLike<number>, length: number) => number} of a rise per length */
const roundingOf = (program, x, length) => (100 * EPSILON * (1 + Math.abs(program.value(x)))) / length;

/**
 * Whether f rises along a row, and its opposite, in proportion to the length.
 * @param {Program} program
 * @param {ArrayLike<number>} x
 * @param {number[][]} rows
 */
export function jumps(program, x, rows) {
  const { far, near, steep } = facts.critical.jumps;
  const scale = 1 + norm(x);
  return rows.some((row) => {
    const [wide, close] = [far, near].map((length) => slopeAround(program, x, row, length * scale));
    return wide > 0 && close >= steep * wide && close > roundingOf(program, x, near * scale);
  });
}

/**
 * Whether f rises on both sides along v, where its Hessian says that it curves down.
 * @type {(program: Program, x: Float64Array, curvature: number, v: number[]) => boolean}
 */
export function turnsUp(program, x, curvature, v) {
  const { far, near } = facts.critical.jumps;
  const [here, scale] = [program.value(x), 1 + norm(x)];
  return [far, -far, near, -near].map((share) => share * scale).every((length) =>
    program.value(moved(x, length, v)) - here > (-curvature * length * length) / 4 + 4e-16 * (1 + Math.abs(here)));
}

/**
 * Whether the curvature along v, λmax at x, is far less a little beside it: |x|^1.3.
 * @type {(program: Program, x: ArrayLike<number>, v: number[], top: number) => boolean}
 */
export function sharpens(program, x, v, top) {
  const { near, sharp } = facts.critical.jumps;
  const length = near * (1 + norm(x));
  const slope = Math.abs(slopeAround(program, x, v, length));
  return top > (sharp * 2 * (slope + roundingOf(program, x, length))) / length;
}

/**
 * What a point is at which ∇f is not there, or jumps.
 * @param {Program} program
 * @param {Float64Array} x
 * @returns {Point}
 */
export function atJump(program, x) {
  const { far, near } = facts.critical.jumps;
  const rows = around(program.n);
  const [here, scale] = [program.value(x), 1 + norm(x)];
  const [wide, close] = [far, near].map((r) => rows.map((row) => program.value(moved(x, r * scale, row))));
  /** @type {(kind: Kind) => Point} */
  const point = (kind) => ({ kind, x, lambdas: null });
  if (![here, ...wide, ...close].every(Number.isFinite)) return point("edge");
  const rounding = 4e-16 * (1 + Math.abs(here));
  const { pole, bent, steep } = facts.critical.jumps;
  const [further, beside] = [wide, close].map((values) => Math.max(...values) - here);
  if (beside > Math.max(pole * further, 0) + rounding) return point("edge"); // f is as far above beside it as further away
  if ([...close, ...wide].every((value) => Math.abs(value - here) <= rounding)) return point("flat");
  if (close.every((value) => value - here >= -rounding)) return point(beside > bent * (near / far) ** 2 * further ? "kink" : "minimum");
  if (close.every((value) => value - here <= rounding)) return point("maximum");
  const lowest = close.indexOf(Math.min(...close)); // its opposite is as far from the other end of the rows
  const [fall, opposite] = [close[lowest] - here, close[close.length - 1 - lowest] - here];
  if (fall / near > (steep * Math.min(wide[lowest] - here, 0)) / far) return point(program.n > 1 ? "saddle" : "inflection");
  return point(opposite < -rounding ? "saddle" : "slope");
}

/**
 * The lowest point near another, of ever smaller rings about the lowest so far.
 * @type {(program: Program, x: Float64Array, reach: number) => Float64Array}
 */
export function lowestNear(program, x, reach) {
  const { rings, reach: least } = facts.critical.jumps;
  const rows = [1, 0.5, 0.25].flatMap((share) => around(program.n).map((row) => row.map((part) => share * part)));
  const scale = 1 + norm(x);
  reach = Math.max(reach, least * scale);
  let value = number(program.value(x));
  for (let count = 0; count < rings && reach > 1e-13 * scale; count++) {
    const points = rows.map((row) => moved(x, reach, row));
    const values = points.map((point) => number(program.value(point)));
    const lowest = Math.min(...values);
    if (lowest < value) [x, value] = [points[values.indexOf(lowest)], lowest];
    else reach /= 4;
  }
  return x;
}

/**
 * Whether f falls without end towards a point along a ray: as much over each tenth of the way.
 * @type {(program: Program, x: Float64Array) => boolean}
 */
export function plunges(program, x) {
  const { tenths: [first, end], plunges: most } = facts.critical.jumps;
  const lengths = Array.from({ length: end - first }, (_, k) => (1 + norm(x)) / 10 ** (first + k));
  return around(program.n).some((row) => {
    const values = lengths.map((length) => program.value(moved(x, length, row)));
    const falls = values.slice(1).map((value, k) => (value === -Infinity ? Infinity : values[k] - value));
    return falls.every((fall, k) => fall > 1e-13 * (1 + Math.abs(values[k])) && fall >= most * falls[0]);
  });
}

/** @param {number} value */
const number = (value) => (Number.isNaN(value) ? Infinity : value);
