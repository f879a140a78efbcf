// How much a cost curves: the Hessian by differences of the gradient, and its highest eigenvalue.

import * as net from "./mlp.js";

const NUDGE = 1e-4; // of a weight: the differences are then right to about eight digits
const ROUNDS = 300; // of the power method

/** ∂²C of all weights and biases of a network over V, row by row. */
export function hessianOf(layers, V) {
  const weights = layers.flatMap(({ W, b }) => [W, b].flatMap((part) => Array.from(part, (_, k) => [part, k])));
  const into = net.pass(layers);
  const slopes = () => net.gradient(layers, V, into).flatMap(({ W, b }) => [...W, ...b]);
  return weights.flatMap(([part, k]) => {
    const kept = part[k];
    part[k] = kept + NUDGE;
    const above = slopes();
    part[k] = kept - NUDGE;
    const below = slopes();
    part[k] = kept;
    return above.map((slope, j) => (slope - below[j]) / (2 * NUDGE));
  });
}

/** λmax of a symmetric n×n matrix, by the power method on H + cI, which has no negative eigenvalue. */
export function highest(matrix, n) {
  const times = (v) => v.map((_, i) => v.reduce((sum, part, j) => sum + matrix[i * n + j] * part, 0));
  const shift = Math.max(...Array.from({ length: n }, (_, i) =>
    matrix.slice(i * n, (i + 1) * n).reduce((sum, part) => sum + Math.abs(part), 0)));
  let v = Array.from({ length: n }, (_, k) => 1 / (k + 1.5)); // along no axis
  for (let round = 0; round < ROUNDS; round++) {
    const next = times(v).map((part, k) => part + shift * v[k]);
    const length = Math.hypot(...next);
    if (!length) return -shift;
    v = next.map((part) => part / length);
  }
  return times(v).reduce((sum, part, k) => sum + part * v[k], 0);
}
