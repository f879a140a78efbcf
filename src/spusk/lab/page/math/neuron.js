// A neuron with two weights: a = σ(w1 x1 + w2 x2). Its cost C(w1, w2) is a surface.

import { SIGMAS } from "./mlp.js";

/** @typedef {import("./point_sets.js").Example} Example */

const { value: sigma, slope } = SIGMAS.sigmoid;

/**
 * C = 1/|V| Σ (a − y)²/2.
 * @param {Example[]} V
 * @param {number} w1
 * @param {number} w2
 */
export function cost(V, w1, w2) {
  let sum = 0;
  for (const { x, y } of V) sum += (sigma(w1 * x[0] + w2 * x[1]) - y[0]) ** 2;
  return V.length ? sum / (2 * V.length) : 0;
}

/**
 * ∇C = 1/|V| Σ (a − y) σ′(z) x.
 * @param {Example[]} V
 * @param {number} w1
 * @param {number} w2
 */
export function gradient(V, w1, w2) {
  const g = [0, 0];
  for (const { x, y } of V) {
    const a = sigma(w1 * x[0] + w2 * x[1]);
    const delta = ((a - y[0]) * slope(a)) / V.length;
    g[0] += delta * x[0];
    g[1] += delta * x[1];
  }
  return g;
}

/**
 * ∂²C = 1/|V| Σ (σ′(z)² + (a − y) σ″(z)) x xᵀ, row by row.
 * @param {Example[]} V
 * @param {number} w1
 * @param {number} w2
 */
export function hessian(V, w1, w2) {
  const H = [0, 0, 0, 0];
  for (const { x, y } of V) {
    const a = sigma(w1 * x[0] + w2 * x[1]);
    const [first, second] = [slope(a), slope(a) * (1 - 2 * a)];
    const part = (first ** 2 + (a - y[0]) * second) / V.length;
    H.forEach((_, k) => (H[k] += part * x[k >> 1] * x[k & 1]));
  }
  return H;
}

/**
 * The iterates w⁽⁰⁾ … w⁽ⁿ⁾ of w := w − η∇C.
 * @param {Example[]} V
 * @param {number[]} start
 * @param {number} rate
 * @param {number} steps
 * @returns {[number, number][]}
 */
export function path(V, start, rate, steps) {
  /** @type {[number, number][]} */
  const points = [[start[0], start[1]]];
  for (let n = 0; n < steps; n++) {
    const [w1, w2] = points[n];
    const [g1, g2] = gradient(V, w1, w2);
    points.push([w1 - rate * g1, w2 - rate * g2]);
  }
  return points;
}

/**
 * C over a square grid −reach … reach, row by row from below.
 * @param {Example[]} V
 * @param {number} reach
 * @param {number} size
 */
export function surface(V, reach, size) {
  const values = new Float64Array(size * size);
  /** @param {number} k */
  const at = (k) => reach * ((2 * k) / (size - 1) - 1);
  for (let j = 0; j < size; j++) for (let i = 0; i < size; i++) values[j * size + i] = cost(V, at(i), at(j));
  return values;
}
