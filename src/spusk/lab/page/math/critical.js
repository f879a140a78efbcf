// Critical points of one variable or two: what each is, by what f does around it (functions/critical.py).

import { facts } from "../core/facts.js";
import { flow, frame, isGrain, moved, vectorOf, within } from "./flow.js";
import { around, atJump, jumps, lowestNear, sharpens, turnsUp } from "./jumps.js";
import { distance, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {import("./flow.js").Frame} Frame
 * @typedef {import("./jumps.js").Kind} Kind
 * @typedef {import("./jumps.js").Point} Point
 * @typedef {{n: number, value: (x: ArrayLike<number>) => number, gradient: (x: ArrayLike<number>) => Float64Array}} Surface
 */

const MINIMA = ["minimum", "valley", "kink"];

/** @param {{kind: string}} point */
export const isMinimum = ({ kind }) => MINIMA.includes(kind);

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
  if (MINIMA.includes(kind) && kinked()) return { kind: "kink", x, lambdas: null };
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
      ? [1, -1].map((sign) => Math.abs(number(curved(program, moved(x, sign * blurOf(program, x, v), v), v)) - lambda))
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

/** @type {(program: Program, x: Float64Array, v: number[]) => number} vᵀHv */
function curved(program, x, v) {
  const hessian = program.hessian(x);
  return v.reduce((sum, a, i) => sum + v.reduce((row, b, j) => row + a * hessian[i * v.length + j] * b, 0), 0);
}

/** @param {number} value */
const number = (value) => (Number.isNaN(value) ? 0 : value);

/**
 * What a critical point is at which nothing curves down and some directions not at all.
 * @type {(surface: Surface, x: Float64Array, own: Frame) => Kind}
 */
function degenerate(surface, x, own) {
  const up = own.lambdas.flatMap((lambda, k) => (lambda > 0 ? [{ lambda, v: own.vectors[k] }] : []));
  const axes = own.vectors.map((_, k) => own.vectors.map((_v, j) => Number(j === k)));
  const flat = up.length ? own.vectors.filter((_, k) => own.lambdas[k] === 0) : axes; // of no direction before another
  const rows = around(flat.length);
  const directions = rows.slice(0, rows.length / 2).map((row) => flat[0].map((_, k) => row.reduce((sum, a, j) => sum + a * flat[j][k], 0)));
  const noise = noiseAt(surface, x, flat);
  const signs = directions.flatMap((v) => [1, -1].map((sign) => Math.sign(rise(surface, x, v.map((part) => sign * part), up, noise))));
  if (signs.some((sign) => sign < 0)) {
    if (signs.every((sign) => sign < 0) && !up.length) return "maximum";
    if (slopesOn(surface, x)) return "slope";
    return surface.n === 1 ? "inflection" : "saddle";
  }
  if (signs.every((sign) => sign > 0)) return "minimum";
  return up.length || signs.some((sign) => sign > 0) ? "valley" : "flat";
}

/**
 * How much f changes over so little along rows that nobody knows the point better.
 * @type {(surface: Surface, x: Float64Array, rows: number[][]) => number}
 */
function noiseAt(surface, x, rows) {
  const [here, scale] = [surface.value(x), 1 + norm(x)];
  const beside = rows.flatMap((v) => [1, -1, 7, -7].map((t) => surface.value(moved(x, facts.critical.touch * scale * t, v))));
  return 4 * Math.max(...beside.map((value) => number(Math.abs(value - here)))) + 4e-16 * Math.abs(here);
}

/**
 * φ(r) − φ(0) along v at the first radius where it is more than rounding; 0: at none.
 * @type {(surface: Surface, x: Float64Array, v: number[], up: {lambda: number, v: number[]}[], noise: number) => number}
 */
function rise(surface, x, v, up, noise) {
  const [here, scale] = [surface.value(x), 1 + norm(x)];
  const curvature = Math.max(0, ...up.map(({ lambda }) => lambda));
  let before = Infinity;
  for (const share of facts.critical.radii) {
    const radius = share * scale;
    const change = bottom(surface, moved(x, radius, v), up) - here;
    if (!Number.isFinite(change)) return 1;
    const rounding = noise + facts.critical.left * curvature * radius * radius;
    if (Math.abs(change) > rounding) return Math.abs(change) <= facts.critical.step * before ? change : 0;
    before = rounding;
  }
  return 0;
}

/**
 * The least f from a point on, where only the directions are free in which f curves up.
 * @type {(surface: Surface, y: Float64Array, up: {lambda: number, v: number[]}[]) => number}
 */
function bottom(surface, y, up) {
  let value = surface.value(y);
  for (let count = 0; count < (up.length ? 20 : 0); count++) {
    const slopes = surface.gradient(y);
    for (const { lambda, v } of up) y = moved(y, -v.reduce((sum, part, k) => sum + part * slopes[k], 0) / lambda, v);
    const lower = surface.value(y);
    if (!(lower < value)) break;
    value = lower;
  }
  return value;
}

/**
 * A maximum, or a saddle, where some directions curve down and none up.
 * @type {(program: Program, x: Float64Array, own: Frame) => Kind}
 */
function top(program, x, { lambdas, vectors }) {
  if (lambdas.every((lambda) => lambda < 0)) return "maximum";
  /** @type {Surface} */
  const upside = {
    n: program.n,
    value: (y) => -program.value(y),
    gradient: (y) => program.gradient(y).map((part) => -part),
  };
  const turned = { lambdas: lambdas.map((lambda) => -lambda).reverse(), vectors: [...vectors].reverse() };
  return MINIMA.includes(degenerate(upside, x, turned)) ? "maximum" : "saddle";
}

/**
 * Whether f falls in proportion to the length along −∇f: a slope so small it seemed none.
 * @type {(surface: Surface, x: Float64Array) => boolean}
 */
function slopesOn(surface, x) {
  const slope = surface.gradient(x);
  const [size, here] = [norm(slope), surface.value(x)];
  return size > 0 && [1e-3, 1e-5].every((share) => {
    const length = share * (1 + norm(x));
    const ratio = (here - surface.value(moved(x, -length / size, slope))) / (length * size);
    return ratio > 0.5 && ratio < 2;
  });
}
