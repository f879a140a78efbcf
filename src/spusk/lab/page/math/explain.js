// Why a rate did what it did: curvature at the minimum where the run ended, and the bound it sets.
//
// The rule is that of descent/explain.py, whose text says it in full; spec/descents.json holds both.
// Converged: the end itself. Out of steps, stopped: the minimum near the last point. Oscillating:
// near the mean of the last facts.descent.tail points. Diverged, not finite: near the point of least |∇f|.

import { facts } from "../core/facts.js";
import { eigen } from "./eigen.js";
import { boundOf } from "./rules.js";
import { distance } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {{x: ArrayLike<number>}} Minimum
 *
 * @typedef {object} Explanation
 * @property {string} why where there is no bound to tell, the reason, "none" or "nonsmooth"; else ""
 * @property {string} did a key of the sentences did_… in words
 * @property {ArrayLike<number> | null} minimum
 * @property {number | null} bound
 * @property {number | null} fastest
 * @property {number} [low] the eigenvalues of the Hessian there
 * @property {number} [top]
 * @property {number} [axis] the variable along which it is highest, or −1
 * @property {"below" | "zigzag" | "past" | null} side below 1/λ, up to the bound, or past it
 */

const ALIGNED = 0.99; // cosine from which a direction is called by its variable

/**
 * Of the minima that are known the nearest to a point, with its distance `gap`; null without any.
 * @template {Minimum} T
 * @param {T[]} minima
 * @param {ArrayLike<number>} x
 */
export function nearest(minima, x) {
  return minima.map((m) => ({ ...m, gap: distance(m.x, x) })).sort((a, b) => a.gap - b.gap)[0] ?? null;
}

/**
 * What curvature says where a path ended. `known`: minima { x } that Newton's method may miss.
 * @param {Program} program
 * @param {Minimum[]} known
 * @param {import("./descent.js").Path} path
 * @param {import("./descent.js").Options} options by which it went
 * @returns {Explanation}
 */
export function explain(program, known, path, { rate, rule = "plain", parameters }) {
  const at = anchorOf(path, program.n);
  const converged = path.outcome === "converged";
  const minimum = converged ? settled(program, at) : minimumNear(program, known, at);
  const none = { did: converged ? "converged_still" : path.outcome, minimum: null, bound: null, fastest: null, side: null };
  if (!minimum) return { why: "none", ...none };
  const { low, top, along } = eigen(program.hessian(minimum), program.n);
  const why = reason(program, minimum, low, top);
  if (why) return { why, ...none };
  const bound = boundOf(rule, top, parameters);
  const side = sideOf(rate, rule, bound, top);
  const fastest = rule === "plain" ? 2 / (low + top) : null;
  const axis = along.findIndex((part) => Math.abs(part) > ALIGNED);
  return { why, did: didOf(path.outcome, side), minimum, bound, fastest, low, top, axis, side };
}

/**
 * The point from which the minimum is sought.
 * @type {(path: import("./descent.js").Path, n: number) => Float64Array}
 */
function anchorOf({ points, values, norms, outcome, step }, n) {
  /** @param {number} k */
  const at = (k) => points.slice(k * n, (k + 1) * n);
  if (outcome === "diverged" || outcome === "not_finite" || !Number.isFinite(values[step])) {
    let calmest = 0;
    for (let k = 1; k <= step; k++) if (Number.isFinite(values[k]) && norms[k] < norms[calmest]) calmest = k;
    return at(calmest);
  }
  if (outcome !== "oscillating") return at(step);
  const count = Math.min(facts.descent.tail, step + 1);
  const mean = new Float64Array(n);
  for (let k = step + 1 - count; k <= step; k++) at(k).forEach((part, i) => (mean[i] += part / count));
  return mean;
}

/**
 * The end of a run that converged, polished where Newton's method stays near it.
 * @type {(program: Program, end: Float64Array) => Float64Array}
 */
function settled(program, end) {
  const found = newton(program, end);
  return found && distance(found, end) <= facts.explain.near * (1 + Math.hypot(...end)) ? found : end;
}

/**
 * The nearest of the minimum that Newton's method finds and of those that are known.
 * @type {(program: Program, known: Minimum[], x: Float64Array) => ArrayLike<number> | null}
 */
function minimumNear(program, known, x) {
  const found = newton(program, x);
  return nearest([...(found ? [{ x: found }] : []), ...known], x)?.x ?? null;
}

/**
 * A point with ∇f = 0 and a Hessian without negative curvature; or null.
 * @param {Program} program
 * @param {ArrayLike<number>} start
 */
export function newton(program, start) {
  const x = Float64Array.from(start);
  for (let count = 0; count < facts.explain.newton; count++) {
    const [slopes, hessian] = [program.gradient(x), program.hessian(x)];
    if (![...slopes, ...hessian].every(Number.isFinite)) return null;
    const { low, top, along } = eigen(hessian, program.n);
    const step = newtonStep(slopes, low, top, along);
    const [size, reach] = [Math.hypot(...step), 1 + Math.hypot(...x)];
    const share = size > reach ? reach / size : 1;
    for (let k = 0; k < x.length; k++) x[k] -= share * step[k];
    if (size <= facts.explain.arrived * (1 + Math.hypot(...x))) return isMinimum(low, top) ? x : null;
  }
  return null;
}

/**
 * H⁻¹∇f with |λ| in place of λ: downhill also where f curves down, never towards a saddle.
 * @type {(slopes: Float64Array, low: number, top: number, along: number[]) => number[]}
 */
function newtonStep(slopes, low, top, along) {
  const largest = Math.max(Math.abs(low), Math.abs(top));
  /** @param {number} value */
  const scale = (value) => Math.max(Math.abs(value), facts.explain.curved * Math.max(1, largest));
  if (slopes.length === 1) return [slopes[0] / scale(top)];
  const [c, s] = along;
  const up = (c * slopes[0] + s * slopes[1]) / scale(top);
  const across = (c * slopes[1] - s * slopes[0]) / scale(low);
  return [c * up - s * across, s * up + c * across];
}

/** @type {(low: number, top: number) => boolean} */
const isMinimum = (low, top) => top > 0 && low >= -facts.explain.flat * top;

/**
 * Why there is no bound to tell at this point; "" where there is.
 * @type {(program: Program, minimum: ArrayLike<number>, low: number, top: number) => string}
 */
function reason(program, minimum, low, top) {
  if (program.isNonsmooth(minimum) || !Number.isFinite(low + top)) return "nonsmooth";
  return isMinimum(low, top) ? "" : "none";
}

/**
 * Whether a rate is not below a bound.
 * @type {(rate: number, bound: number) => boolean}
 */
export const isPast = (rate, bound) => rate >= bound * (1 - facts.explain.under);

/** @type {(rate: number, rule: string, bound: number | null, top: number) => Explanation["side"]} */
function sideOf(rate, rule, bound, top) {
  if (bound === null) return null;
  if (isPast(rate, bound)) return "past";
  return rule === "plain" && rate > (1 + facts.explain.over) / top ? "zigzag" : "below";
}

/**
 * The key of what happened, seen beside the bound.
 * @type {(outcome: string, side: Explanation["side"]) => string}
 */
function didOf(outcome, side) {
  if (side === null || outcome === "stopped" || outcome === "not_finite") return outcome;
  if (outcome !== "converged") return `${outcome}_${side === "past" ? "past" : "below"}`;
  return { below: "converged", zigzag: "converged_zigzag", past: "converged_against" }[side];
}
