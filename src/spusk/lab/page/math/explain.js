// Why a rate did what it did: what the point is where the run ended, and the bound it sets.
//
// The rule is that of descent/explain.py, whose text says it in full; spec/descents.json holds both.
// Converged: the critical point at the end itself. Else where the gradient flow leads: from the last point; from
// the mean of the last facts.descent.tail points of a cycle; from the point of least |∇f| where the end means nothing.

import { facts } from "../core/facts.js";
import { leadsTo, pointAt } from "./critical.js";
import { frame, within } from "./flow.js";
import { isMinimum } from "./kinds.js";
import { boundOf, fastestOf } from "./rules.js";
import { distance, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {import("./descent.js").Path} Path
 * @typedef {import("./descent.js").Options} Options
 * @typedef {import("./jumps.js").Kind} Kind
 * @typedef {import("./jumps.js").Point} Point
 * @typedef {{x: ArrayLike<number>, value?: number}} Minimum
 *
 * @typedef {object} Explanation
 * @property {Kind} kind what the point is
 * @property {Point} point
 * @property {string} did a key of what the rate did
 * @property {"global" | "local" | ""} level
 * @property {ArrayLike<number> | null} minimum
 * @property {number | null} bound
 * @property {number | null} fastest
 * @property {number} [low] the eigenvalues of the Hessian there
 * @property {number} [top]
 * @property {number} [axis] the variable along which it is highest, or −1
 * @property {boolean} zigzag whether the path jumps over the bottom at each step
 * @property {boolean} past whether η is not below the bound
 * @property {number | null} growth by what factor each of the last steps was longer
 * @property {Point | null} further where f falls on to from an end at which it still falls
 * @property {number} value f there, or at the point
 */

const ALIGNED = 0.99; // cosine from which a direction is called by its variable

/**
 * What is said of where a path ended. `known`: minima { x } that are known.
 * @param {Program} program
 * @param {Minimum[]} known
 * @param {Path} path
 * @param {Options} options
 * @returns {Explanation}
 */
export function explain(program, known, path, { rate, rule = "plain", parameters }) {
  const { outcome, step, values } = path;
  const converged = outcome === "converged";
  const [at, reach] = [anchorOf(path, program.n), reachOf(path, program.n)];
  const point = snapped(known, converged ? pointAt(program, at) : leadsTo(program, at, reach));
  const growth = growthOf(path);
  const pointless = outcome === "not_finite" && Number.isFinite(values[step]);
  const told = { kind: point.kind, point, growth, zigzag: false, past: false, further: null, level: /** @type {""} */ (""),
    minimum: null, bound: null, fastest: null, value: program.value(point.x) };
  if (!isMinimum(point)) {
    const further = converged && point.kind === "slope" ? leadsTo(program, at, reach) : null;
    const did = pointless ? "no_gradient" : converged ? `rest_${point.kind}` : outcome;
    return { ...told, did, further, value: calm(program.value((further ?? point).x), values[0]) };
  }
  const curving = (point.lambdas ?? []).filter((lambda) => lambda > 0);
  const slow = point.kind === "minimum" && curving.length < program.n;
  const bound = curving.length ? boundOf(rule, curving[curving.length - 1], parameters) : null;
  const fastest = curving.length && !slow ? fastestOf(rule, curving[0], curving[curving.length - 1]) : null;
  const { zigzag, loops } = point.lambdas ? turns(program, path, point.x) : { zigzag: false, loops: false };
  const past = bound !== null && isPast(rate, bound);
  const did = pointless ? "no_gradient" : didOf(path, { bound, past, zigzag, loops, growth, kind: point.kind });
  const level = levelOf(program, known, point, values);
  const { lambdas, vectors } = point.lambdas ? { ...frame(program, point.x), lambdas: point.lambdas } : { lambdas: [], vectors: [[]] };
  const axis = vectors[vectors.length - 1].findIndex((part) => Math.abs(part) > ALIGNED);
  return { ...told, did, level, minimum: point.x, bound, fastest, low: lambdas[0], top: lambdas[lambdas.length - 1], axis, zigzag, past };
}

/**
 * Whether a rate is not below a bound.
 * @type {(rate: number, bound: number) => boolean}
 */
export const isPast = (rate, bound) => rate >= bound * (1 - facts.critical.path.under);

/** @type {(path: Path, n: number, k: number) => Float64Array} */
const pointOf = ({ points }, n, k) => points.slice(k * n, (k + 1) * n);

/**
 * The point from which one looks.
 * @type {(path: Path, n: number) => Float64Array}
 */
function anchorOf(path, n) {
  const { values, norms, outcome, step } = path;
  if (outcome === "diverged" || outcome === "not_finite" || !Number.isFinite(values[step])) {
    let calmest = 0;
    for (let k = 1; k <= step; k++) if (Number.isFinite(values[k]) && norms[k] < norms[calmest]) calmest = k;
    return pointOf(path, n, calmest);
  }
  if (outcome !== "oscillating") return pointOf(path, n, step);
  const count = Math.min(facts.descent.tail, step + 1);
  const mean = new Float64Array(n);
  for (let k = step + 1 - count; k <= step; k++) pointOf(path, n, k).forEach((part, i) => (mean[i] += part / count));
  return mean;
}

/**
 * How far the last points are from each other.
 * @type {(path: Path, n: number) => number}
 */
function reachOf({ points, step }, n) {
  const from = Math.max(step + 1 - facts.descent.tail, 0);
  const spans = Array.from({ length: n }, (_, k) => {
    const parts = points.filter((_part, i) => i % n === k && i >= from * n);
    return Math.max(...parts) - Math.min(...parts);
  });
  return norm(spans);
}

/**
 * By what factor each of the last steps is longer than the last; null: they are not.
 * @type {(path: Path) => number | null}
 */
function growthOf({ norms }) {
  const last = norms.slice(-(facts.critical.path.rises + 1)).filter((size) => Number.isFinite(size) && size > 0);
  if (last.length < 3 || last.slice(1).some((size, k) => size <= last[k])) return null;
  return (last[last.length - 1] / last[0]) ** (1 / (last.length - 1));
}

/**
 * The point, at its known place where that is known.
 * @type {(known: Minimum[], point: Point) => Point}
 */
function snapped(known, point) {
  if (!isMinimum(point)) return point;
  const place = known.find(({ x }) => distance(x, point.x) <= facts.critical.path.snap * (1 + norm(point.x)));
  return place ? { ...point, x: Float64Array.from(place.x) } : point;
}

/** @type {(value: number, first: number) => number} */
const calm = (value, first) => (Math.abs(value) <= facts.critical.path.none * (1 + Math.abs(first)) ? 0 : value);

/**
 * Whether a minimum is global or local, where the gallery or the run itself knows.
 * @type {(program: Program, known: Minimum[], point: Point, values: Float64Array) => Explanation["level"]}
 */
function levelOf(program, known, point, values) {
  const all = known.map(({ x }) => program.value(x));
  const best = values.reduce((low, value) => (value < low ? value : low), Infinity);
  const least = Math.min(best, ...all);
  if (program.value(point.x) > least + facts.descent.same * (1 + Math.abs(least))) return "local";
  return known.length ? "global" : "";
}

/**
 * Whether the path jumps over the bottom at each step along an eigen-direction, and whether it loops in one.
 * @type {(program: Program, path: Path, x: Float64Array) => {zigzag: boolean, loops: boolean}}
 */
function turns(program, path, x) {
  const { counts, often, loops } = facts.critical.path;
  const { tail } = facts.descent;
  const own = frame(program, x);
  const found = { zigzag: false, loops: false };
  for (const from of new Set([0, Math.max(path.step + 1 - tail, 0)])) {
    const to = Math.min(from + tail, path.step + 1);
    const rows = Array.from({ length: to - from }, (_, k) => program.gradient(pointOf(path, program.n, from + k)));
    const along = rows.map((slopes) => ({ parts: within(own, slopes), size: norm(slopes) }));
    own.vectors.forEach((_, j) => {
      const pairs = along.slice(1).map((row, k) => [row, along[k]])
        .filter((pair) => pair.every(({ parts, size }) => Math.abs(parts[j]) >= counts * size));
      const over = pairs.filter(([a, b]) => a.parts[j] * b.parts[j] < 0).length;
      const zigzags = over >= 2 && over >= often * pairs.length;
      if (zigzags) found.zigzag = true;
      else if (over >= loops && to === path.step + 1) found.loops = true; // before, it may be about another bottom
    });
  }
  return found;
}

/**
 * The key of what happened, seen beside the bound.
 * @type {(path: Path, seen: {bound: number | null, past: boolean, zigzag: boolean, loops: boolean, growth: number | null, kind: Kind}) => string}
 */
function didOf({ outcome, step }, { bound, past, zigzag, loops, growth, kind }) {
  if (outcome === "converged") {
    if (step === 0) return "converged_at_once";
    if (kind === "kink") return "rest_kink";
    if (past) return "converged_against";
    return zigzag ? "converged_zigzag" : loops ? "converged_loops" : "converged";
  }
  if (outcome === "stopped" || bound === null || (outcome === "not_finite" && past)) return outcome;
  if (outcome === "diverged" && past && growth !== null) return "diverged_growing";
  return `${outcome}_${past ? "past" : "below"}`;
}
