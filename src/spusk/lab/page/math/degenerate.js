// Critical points at which f does not curve in some directions: what decides there (functions/degenerate.py).

import { facts } from "../core/facts.js";
import { isMinimum } from "./kinds.js";
import { around, moved, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {import("./flow.js").Frame} Frame
 * @typedef {import("./jumps.js").Kind} Kind
 * @typedef {{n: number, value: (x: ArrayLike<number>) => number, gradient: (x: ArrayLike<number>) => Float64Array,
 *   hessian: (x: ArrayLike<number>) => Float64Array}} Surface
 */

/** @param {number} value */
export const orZero = (value) => (Number.isNaN(value) ? 0 : value);

/** @type {(surface: Surface, x: ArrayLike<number>, v: number[]) => number} vᵀHv */
export function curved(surface, x, v) {
  const hessian = surface.hessian(x);
  return v.reduce((sum, a, i) => sum + v.reduce((row, b, j) => row + a * hessian[i * v.length + j] * b, 0), 0);
}

/**
 * What a critical point is at which nothing curves down and some directions not at all.
 * @type {(surface: Surface, x: Float64Array, own: Frame) => Kind}
 */
export function degenerate(surface, x, own) {
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
  if (signs.every((sign) => sign > 0) && (flat.length < 2 || isEncircled(surface, x, noise))) return "minimum";
  return up.length || signs.some((sign) => sign > 0) ? "valley" : "flat";
}

/**
 * How much f changes over so little along rows that nobody knows the point better.
 * @type {(surface: Surface, x: Float64Array, rows: number[][]) => number}
 */
function noiseAt(surface, x, rows) {
  const [here, scale] = [surface.value(x), 1 + norm(x)];
  const beside = rows.flatMap((v) => [1, -1, 7, -7].map((t) => surface.value(moved(x, facts.critical.touch * scale * t, v))));
  return 4 * Math.max(...beside.map((value) => orZero(Math.abs(value - here)))) + 4e-16 * Math.abs(here);
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
 * The least f from a point on, where only the direction is free in which f curves up: by Newton's method, downhill.
 * @type {(surface: Surface, y: Float64Array, up: {lambda: number, v: number[]}[]) => number}
 */
function bottom(surface, y, up) {
  let value = surface.value(y);
  for (let count = 0; count < (up.length ? 20 : 0); count++) {
    const slopes = surface.gradient(y);
    for (const { v } of up) y = moved(y, -v.reduce((sum, part, k) => sum + part * slopes[k], 0) / Math.abs(curved(surface, y, v)), v);
    const lower = surface.value(y);
    if (!(lower < value)) break;
    value = lower;
  }
  return value;
}

/**
 * Whether f is above its value at a point on a whole ring about it: no valley bends or crosses another there.
 * @type {(surface: Surface, x: Float64Array, noise: number) => boolean}
 */
function isEncircled(surface, x, noise) {
  const { radii, touch, ring } = facts.critical;
  const [here, scale] = [surface.value(x), 1 + norm(x)];
  /** @param {ArrayLike<number>} y */
  const rise = (y) => {
    const value = surface.value(y);
    return (Number.isNaN(value) ? Infinity : value) - here;
  };
  return radii.map((share) => share * scale).some((radius) => {
    const lowest = moved(x, radius, lowestOnRing((u) => rise(moved(x, radius, u))));
    const change = rise(lowest);
    const beside = [[1, 0], [0, 1], [-1, 0], [0, -1]].map((row) => Math.abs(rise(moved(lowest, touch * scale, row)) - change));
    return change > noise + ring.unsure * Math.max(...beside);
  });
}

/**
 * The unit direction in which a number is least.
 * @type {(of: (u: number[]) => number) => number[]}
 */
function lowestOnRing(of) {
  const { sides, turns, finest } = facts.critical.ring;
  const half = around(2).slice(0, around(2).length / 2);
  const rows = [...half, ...half.map((row) => row.map((part) => -part))].map((u) => ({ u, value: of(u) }));
  const found = rows.sort((one, other) => one.value - other.value).slice(0, sides).map((side) => {
    let [best, angle] = [side, 0.5];
    for (let count = 0; count < turns && angle >= finest; count++) {
      const [a, b] = best.u;
      const turned = [angle, -angle].map((t) => [a - t * b, b + t * a]).map((row) => row.map((part) => part / norm(row)));
      const lower = turned.map((u) => ({ u, value: of(u) })).reduce((one, other) => (other.value < one.value ? other : one), best);
      if (lower === best) angle /= 4;
      best = lower;
    }
    return best;
  });
  return found.reduce((one, other) => (other.value < one.value ? other : one)).u;
}

/**
 * A maximum, or a saddle, where some directions curve down and none up.
 * @type {(program: Program, x: Float64Array, own: Frame) => Kind}
 */
export function top(program, x, { lambdas, vectors }) {
  if (lambdas.every((lambda) => lambda < 0)) return "maximum";
  /** @type {Surface} */
  const upside = {
    n: program.n,
    value: (y) => -program.value(y),
    gradient: (y) => program.gradient(y).map((part) => -part),
    hessian: (y) => program.hessian(y).map((part) => -part),
  };
  const turned = { lambdas: lambdas.map((lambda) => -lambda).reverse(), vectors: [...vectors].reverse() };
  return isMinimum({ kind: degenerate(upside, x, turned) }) ? "maximum" : "saddle";
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
