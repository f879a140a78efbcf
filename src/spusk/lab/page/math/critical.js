// Critical points of one variable or two: what each is, by what f does around it (functions/critical.py).

import { facts } from "../core/facts.js";
import { curved, degenerate, orZero, top } from "./degenerate.js";
import { flow, frame, isGrain, vectorOf, within } from "./flow.js";
import { atJump, jumps, lowestNear, plunges, sharpens, turnsUp } from "./jumps.js";
import { isMinimum } from "./kinds.js";
import { distance, moved, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {import("./flow.js").Frame} Frame
 * @typedef {import("./jumps.js").Kind} Kind
 * @typedef {import("./jumps.js").Point} Point
 */

/**
 * What a point is at which a descent came to rest, or the critical point beside it.
 * @param {Program} program
 * @param {Float64Array} x
 * @returns {Point}
 */
export function pointAt(program, x) {
  if (!Number.isFinite(program.value(x))) return { kind: "edge", x, lambdas: null };
  if (program.isNonsmooth(x) || !program.gradient(x).every(Number.isFinite)) return atJump(program, x);
  const place = rest(program, x);
  return place && belongs(program, x, place) ? kindAt(program, place) : { kind: "slope", x, lambdas: null };
}

/**
 * Where the gradient flow leads from a point, and what that is.
 * @param {Program} program
 * @param {Float64Array} x
 * @param {number} reach how far around a jump of ∇f its lowest point is looked for
 * @returns {Point}
 */
export function leadsTo(program, x, reach) {
  for (let count = 0; count < facts.critical.jumps.most; count++) {
    const led = flow(program, x);
    x = led.x;
    if (led.end === "rest" || led.end === "unfinished") return bottomAt(program, x);
    if (led.end !== "stuck") return { kind: led.end, x, lambdas: null };
    const low = lowestNear(program, x, reach);
    const point = smooth(program, atJump(program, low));
    if (point.kind === "edge" && plunges(program, low)) return { kind: "unbounded", x: low, lambdas: null };
    if (point.kind !== "slope" || program.value(low) >= program.value(x)) return point;
    x = low;
  }
  return { kind: "slope", x, lambdas: null };
}

/**
 * What a flow came to; where the slope is all rounding, x itself if f rises on every side.
 * @type {(program: Program, x: Float64Array) => Point}
 */
function bottomAt(program, x) {
  const place = rest(program, x);
  if (place && belongs(program, x, place)) return kindAt(program, place);
  const grain = isGrain(norm(program.gradient(x)), 1 + norm(x), program.value(x));
  const point = grain ? kindAt(program, x) : null;
  return point?.kind === "minimum" && point.lambdas?.includes(0) ? point : { kind: "slope", x, lambdas: null };
}

/**
 * The minimum that the lowest point of rings is beside, where ∇f does not jump there.
 * @type {(program: Program, point: Point) => Point}
 */
function smooth(program, point) {
  const place = isMinimum(point) ? rest(program, point.x) : null;
  if (!place || distance(place, point.x) > facts.critical.touching * (1 + norm(point.x))) return point;
  const found = kindAt(program, place);
  return isMinimum(found) ? found : point;
}

/** @type {(program: Program, x: Float64Array, place: Float64Array) => boolean} */
function belongs(program, x, place) {
  const { beside, notFar } = facts.critical;
  const gap = distance(place, x) / (1 + norm(x));
  if (!(gap > beside && gap <= notFar)) return gap <= beside;
  const way = moved(place, -1, x);
  const values = Array.from({ length: 17 }, (_, k) => program.value(moved(x, k / 16, way)));
  return values.slice(1).every((value, k) => value < values[k]);
}

/**
 * The point with ∇f = 0 to which Newton's method leads by ever shorter steps; or null. Where each makes the same
 * share of the way the rest of them is made at once.
 * @param {Program} program
 * @param {Float64Array} x
 */
function rest(program, x) {
  const { newton, rest: short, beside, steady, shrinking } = facts.critical;
  let [last, share] = [Infinity, 0];
  /** @type {ArrayLike<number>} */
  let before = x;
  for (let count = 0; count < newton; count++) {
    const [slopes, own] = [program.gradient(x), frame(program, x)];
    if (![...slopes, ...own.lambdas].every(Number.isFinite)) return slopes.every((part) => part === 0) ? x : null;
    const step = newtonStep(own, slopes);
    const [size, scale] = [norm(step), 1 + norm(x)];
    if (size <= short * scale) return x;
    if (size >= last) {
      const near = shrinking[0] < share && share < shrinking[1] && last <= beside * scale;
      return near && isGrain(norm(slopes), scale, program.value(x)) ? x : null;
    }
    const now = last < Infinity ? step.reduce((sum, part, k) => sum + part * before[k], 0) / last ** 2 : 0;
    const leaps = now > 0.5 && now < 1 && Math.abs(now - share) <= steady;
    x = moved(x, -1 / (leaps ? 1 - now : 1), step);
    [last, share, before] = [size, now, step];
  }
  return null;
}

/** @type {(own: Frame, slopes: Float64Array) => Float64Array} H⁻¹∇f, without directions in which f does not curve */
function newtonStep(own, slopes) {
  const largest = Math.max(...own.lambdas.map(Math.abs));
  const along = within(own, slopes);
  return vectorOf(own, own.lambdas.map((lambda, k) => (Math.abs(lambda) > facts.critical.still * largest ? along[k] / lambda : 0)));
}

/**
 * What a critical point is.
 * @param {Program} program
 * @param {Float64Array} x
 * @returns {Point}
 */
function kindAt(program, x) {
  x = withoutDust(program, x);
  const own = frame(program, x);
  if (!own.lambdas.every(Number.isFinite)) return atJump(program, x);
  own.lambdas = withoutRounding(program, x, own);
  const { lambdas, vectors } = own;
  if (lambdas.some((lambda) => lambda < 0)) {
    if (turnsUp(program, x, lambdas[0], vectors[0])) return atJump(program, x);
    return { kind: lambdas[lambdas.length - 1] > 0 ? "saddle" : top(program, x, own), x, lambdas };
  }
  const kind = lambdas.every((lambda) => lambda > 0) ? "minimum" : degenerate(program, x, own);
  const axes = vectors.map((_, k) => vectors.map((_v, j) => Number(j === k)));
  const kinked = () => jumps(program, x, [...axes, ...vectors]) || sharpens(program, x, vectors[program.n - 1], lambdas[program.n - 1]);
  if (isMinimum({ kind }) && kinked()) return { kind: "kink", x, lambdas: null };
  return { kind, x, lambdas };
}

/**
 * The point with 0 for what is less than rounding beside 1 + |x|, where f has a value.
 * @type {(program: Program, x: Float64Array) => Float64Array}
 */
function withoutDust(program, x) {
  const least = facts.critical.dust * (1 + norm(x));
  const clean = x.map((part) => (Math.abs(part) <= least ? 0 : part));
  return Number.isFinite(program.value(clean)) ? clean : x;
}

/**
 * The eigenvalues with 0 for those that the point's own uncertainty may have made.
 * @type {(program: Program, x: Float64Array, own: Frame) => number[]}
 */
function withoutRounding(program, x, { lambdas, vectors }) {
  const { zero } = facts.critical;
  const largest = Math.max(...lambdas.map(Math.abs));
  return lambdas.map((lambda, k) => {
    const v = vectors[k];
    const gaps = Math.abs(lambda) < 1e-4 * Math.max(1, largest)
      ? [1, -1].map((sign) => Math.abs(orZero(curved(program, moved(x, sign * blurOf(program, x, v), v), v)) - lambda))
      : [0];
    return Math.abs(lambda) <= Math.max(zero * largest, ...gaps) ? 0 : lambda;
  });
}

/** @type {(program: Program, x: Float64Array, v: number[]) => number} how far from x along v the slope is rounding */
function blurOf(program, x, v) {
  const [scale, value, { blurs }] = [1 + norm(x), program.value(x), facts.critical];
  const sharp = blurs.findIndex((blur) => [1, -1].some((sign) =>
    !isGrain(Math.abs(dot(program.gradient(moved(x, sign * blur * scale, v)), v)), scale, value)));
  return blurs[Math.max((sharp < 0 ? blurs.length : sharp) - 1, 0)] * scale;
}

/** @type {(a: ArrayLike<number>, v: number[]) => number} */
const dot = (a, v) => v.reduce((sum, part, k) => sum + part * a[k], 0);
