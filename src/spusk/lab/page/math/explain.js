// Why a rate did what it did: curvature at the minimum where the run ended, and the bound it sets.
//
// The rule is that of descent/explain.py, whose text says it in full; spec/descents.json holds both.
// Converged: the end itself. Out of steps, stopped: the minimum near the last point. Oscillating:
// near the mean of the last facts.descent.tail points. Diverged, not finite: near the point of least |∇f|.

import { facts } from "../core/facts.js";
import { distance } from "./vector.js";

const ALIGNED = 0.99; // cosine from which a direction is called by its variable

/** Eigenvalues, lowest first, and the eigenvector of the highest. */
export function eigen(hessian, n) {
  if (n === 1) return { low: hessian[0], top: hessian[0], along: [1] };
  const [a, b, , d] = hessian;
  const [middle, spread] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
  const angle = Math.atan2(2 * b, a - d) / 2;
  return { low: middle - spread, top: middle + spread, along: [Math.cos(angle), Math.sin(angle)] };
}

/** The largest stable η of a rule where the highest curvature is `top`; null where there is none. */
export function boundOf(rule, beta, top) {
  if (rule === "plain") return 2 / top;
  if (rule === "momentum") return (2 * (1 + beta)) / top;
  if (rule === "nesterov") return (2 + 2 * beta) / ((1 + 2 * beta) * top);
  return null;
}

/** Of the minima that are known the nearest to a point, with its distance `gap`; null without any. */
export function nearest(minima, x) {
  const gap = (minimum) => distance(minimum.x, x);
  return minima.map((m) => ({ ...m, gap: gap(m) })).sort((a, b) => a.gap - b.gap)[0] ?? null;
}

/**
 * What curvature says where a path ended. `known`: minima { x } that Newton's method may miss.
 *
 * why: where there is no bound to tell, the reason, "none" or "nonsmooth"; else "". did: a key of the
 * sentences did_… in words. low, top: the eigenvalues of the Hessian at `minimum`; axis: the
 * variable along which it is highest, or −1; side: "below" 1/λ, "zigzag" up to the bound, or "past".
 */
export function explain(program, known, path, { rate, rule, beta }) {
  const at = anchorOf(path, program.n);
  const converged = path.outcome === "converged";
  const minimum = converged ? settled(program, at) : minimumNear(program, known, at);
  const { low, top, along } = minimum ? eigen(program.hessian(minimum), program.n) : {};
  const why = reason(program, minimum, low, top);
  if (why) return { why, did: converged ? "converged_still" : path.outcome, minimum: null, bound: null, fastest: null, side: null };
  const bound = boundOf(rule, beta, top);
  const side = sideOf(rate, rule, bound, top);
  const fastest = rule === "plain" ? 2 / (low + top) : null;
  const axis = along.findIndex((part) => Math.abs(part) > ALIGNED);
  return { why, did: didOf(path.outcome, side), minimum, bound, fastest, low, top, axis, side };
}

// The point from which the minimum is sought.
function anchorOf({ points, values, norms, outcome, step }, n) {
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

// The end of a run that converged, polished where Newton's method stays near it.
function settled(program, end) {
  const found = newton(program, end);
  return found && distance(found, end) <= facts.explain.near * (1 + Math.hypot(...end)) ? found : end;
}

// The nearest of the minimum that Newton's method finds and of those that are known.
function minimumNear(program, known, x) {
  const found = newton(program, x);
  return nearest([...(found ? [{ x: found }] : []), ...known], x)?.x ?? null;
}

/** A point with ∇f = 0 and a Hessian without negative curvature; or null. */
export function newton(program, start) {
  const x = Float64Array.from(start);
  for (let count = 0; count < facts.explain.newton; count++) {
    const [slopes, hessian] = [program.gradient(x), program.hessian(x)];
    if (![...slopes, ...hessian].every(Number.isFinite)) return null;
    const { low, top, along } = eigen(hessian, program.n);
    const step = newtonStep(slopes, low, top, along);
    const size = Math.hypot(...step);
    const share = Math.min(1, (1 + Math.hypot(...x)) / Math.max(size, 1e-300));
    for (let k = 0; k < x.length; k++) x[k] -= share * step[k];
    if (size <= 1e-10 * (1 + Math.hypot(...x))) return isMinimum(low, top) ? x : null;
  }
  return null;
}

// H⁻¹∇f with |λ| in place of λ: downhill also where f curves down, never towards a saddle.
function newtonStep(slopes, low, top, along) {
  const largest = Math.max(Math.abs(low), Math.abs(top));
  const scale = (value) => Math.max(Math.abs(value), 1e-12 * Math.max(1, largest));
  if (slopes.length === 1) return [slopes[0] / scale(top)];
  const [c, s] = along;
  const up = (c * slopes[0] + s * slopes[1]) / scale(top);
  const across = (c * slopes[1] - s * slopes[0]) / scale(low);
  return [c * up - s * across, s * up + c * across];
}

const isMinimum = (low, top) => top > 0 && low >= -facts.explain.flat * top;

// Why there is no bound to tell at this point; "" where there is.
function reason(program, minimum, low, top) {
  if (!minimum) return "none";
  if (program.isNonsmooth(minimum) || !Number.isFinite(low + top)) return "nonsmooth";
  return isMinimum(low, top) ? "" : "none";
}

// below 1/λ · zigzag between 1/λ and the bound · past the bound
function sideOf(rate, rule, bound, top) {
  if (bound === null) return null;
  if (rate >= bound * (1 - 1e-12)) return "past";
  return rule === "plain" && rate > (1 + 1e-9) / top ? "zigzag" : "below";
}

// The key of what happened, seen beside the bound.
function didOf(outcome, side) {
  if (side === null || outcome === "stopped" || outcome === "not_finite") return outcome;
  if (outcome !== "converged") return `${outcome}_${side === "past" ? "past" : "below"}`;
  return { below: "converged", zigzag: "converged_zigzag", past: "converged_against" }[side];
}
