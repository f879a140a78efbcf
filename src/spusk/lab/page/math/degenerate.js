// Critical points at which f does not curve in some directions: what decides there (functions/degenerate.py).

import { facts } from "../core/facts.js";
import { moved } from "./flow.js";
import { around, isMinimum } from "./jumps.js";
import { norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {import("./flow.js").Frame} Frame
 * @typedef {import("./jumps.js").Kind} Kind
 * @typedef {{n: number, value: (x: ArrayLike<number>) => number, gradient: (x: ArrayLike<number>) => Float64Array}} Surface
 */

/** @param {number} value */
export const orZero = (value) => (Number.isNaN(value) ? 0 : value);

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
export function top(program, x, { lambdas, vectors }) {
  if (lambdas.every((lambda) => lambda < 0)) return "maximum";
  /** @type {Surface} */
  const upside = {
    n: program.n,
    value: (y) => -program.value(y),
    gradient: (y) => program.gradient(y).map((part) => -part),
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
