// Descents in the page: the loop of spusk.descend, number by number.

import { facts } from "../core/facts.js";
import { made } from "./rules.js";
import { distance, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {{rate: number, rule?: string, steps?: number, tolerance?: number, parameters?: Record<string, number>}} Options
 *
 * @typedef {object} Path
 * @property {Float64Array} points step + 1 rows of n numbers
 * @property {Float64Array} values f
 * @property {Float64Array} norms |∇f|
 * @property {string} outcome one of facts.outcomes
 * @property {number} step the last
 */

const ROUNDING = Math.sqrt(Number.EPSILON); // a shorter step is no movement

/** @param {Float64Array} numbers */
function shrinks(numbers) {
  const { blocks, fall } = facts.descent;
  const size = Math.floor(numbers.length / blocks);
  const used = numbers.slice(numbers.length - size * blocks);
  const maxima = Array.from({ length: blocks }, (_, i) =>
    Math.max(...used.slice(i * size, (i + 1) * size)),
  );
  return maxima.slice(1).every((b, i) => b < maxima[i] - fall * Math.abs(maxima[i]));
}

/**
 * Whether each of the last numbers is above the one before, by ever more, and above all others.
 * @param {Float64Array} numbers
 */
function grows(numbers) {
  const { rising, leastRising } = facts.descent;
  const last = numbers.slice(-rising);
  const rises = last.slice(1).map((b, i) => b - last[i]);
  if (last.length < leastRising || !rises.every((rise) => rise > 0)) return false;
  return rises[rises.length - 1] > rises[0] && last[last.length - 1] > Math.max(...numbers.slice(0, -1));
}

/**
 * What this iterate means, or null: go on.
 * @type {(scene: {far: number, tolerance: number, firstNorm: number}, finite: boolean, distance: number, norm: number) => string | null}
 */
function look({ far, tolerance, firstNorm }, finite, distance, norm) {
  if (!finite) return distance <= far ? "not_finite" : "diverged";
  if (norm <= tolerance) return "converged";
  if (distance > far && norm > facts.descent.grown * firstNorm) return "diverged";
  return null;
}

/**
 * Out of steps; diverged, when |∇f| and f grow over the last; oscillating, when neither shrinks.
 * @type {(moving: boolean, norms: Float64Array, values: Float64Array) => string}
 */
function atTheEnd(moving, norms, values) {
  const { blocks, shortest, tail } = facts.descent;
  const [lastNorms, lastValues] = [norms.slice(-tail), values.slice(-tail)];
  if (grows(lastNorms) && grows(lastValues)) return "diverged";
  const enough = moving && norms.length >= shortest * blocks;
  const cycle = enough && !shrinks(lastNorms) && !shrinks(lastValues);
  return cycle ? "oscillating" : "out_of_steps";
}

/**
 * Gradient descent from `start`; `parameters` are the rule's own (beta, …).
 * @param {Program} program
 * @param {ArrayLike<number>} start
 * @param {Options} options
 * @returns {Path}
 */
export function descend(
  program,
  start,
  { rate, rule = "plain", steps = facts.descent.steps, tolerance = facts.descent.tolerance, parameters },
) {
  const dim = program.n;
  const { move } = made(rule, rate, program, parameters);
  const x0 = Float64Array.from(start);
  const x = Float64Array.from(start);
  const points = new Float64Array((steps + 1) * dim);
  const values = new Float64Array(steps + 1);
  const norms = new Float64Array(steps + 1);
  const watch = { far: facts.descent.far * (1 + norm(x0)), tolerance, firstNorm: 0 };
  let moving = false;
  for (let n = 0; ; n++) {
    const both = program.both(x);
    const gradient = both.subarray(1);
    points.set(x, n * dim);
    values[n] = both[0];
    norms[n] = norm(gradient);
    if (n === 0) watch.firstNorm = norms[0];
    const finite = Number.isFinite(values[n]) && Number.isFinite(norms[n]);
    let outcome = look(watch, finite, distance(x, x0), norms[n]);
    const count = n + 1;
    if (!outcome && n === steps) {
      outcome = atTheEnd(moving, norms.subarray(0, count), values.subarray(0, count));
    }
    const old = x.slice();
    if (!outcome && move(x, gradient, n, values[n]) === null) outcome = "stopped";
    if (outcome) {
      return {
        points: points.slice(0, count * dim),
        values: values.slice(0, count),
        norms: norms.slice(0, count),
        outcome,
        step: n,
      };
    }
    moving = distance(x, old) > ROUNDING * (1 + norm(x));
  }
}

/**
 * Step n of a path again: ∇f there, the η it went by, and what the rule carried before and after.
 * @param {Program} program
 * @param {Float64Array} points
 * @param {number} n
 * @param {Options} options
 */
export function replayed(program, points, n, { rate, rule = "plain", parameters }) {
  const { move, memory } = made(rule, rate, program, parameters);
  const remembered = () => Object.fromEntries(Object.entries(memory).map(([name, cells]) => [name, cells.slice()]));
  const from = rule === "backtracking" ? n - 1 : 0; // it carries nothing along, and its steps cost more
  for (let k = from; ; k++) {
    const x = points.slice(k * program.n, (k + 1) * program.n);
    const both = program.both(x);
    const before = remembered();
    const step = move(x, both.subarray(1), k, both[0]);
    if (k === n - 1) return { slopes: both.subarray(1), step, before, after: remembered() };
  }
}
