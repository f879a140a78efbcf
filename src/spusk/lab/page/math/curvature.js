// How much a cost curves: its Hessian by differences of the gradient.

import * as mlp from "./mlp.js";

const NUDGE = 1e-4; // of a weight: the differences are then right to about eight digits

/**
 * ∂²C of all weights and biases of a network over V, row by row.
 * @param {mlp.Layer[]} layers
 * @param {import("./point_sets.js").Example[]} V
 */
export function hessianOf(layers, V) {
  const weights = layers.flatMap(({ W, b }) => [W, b].flatMap((part) => Array.from(part, (_, k) => ({ part, k }))));
  const into = mlp.pass(layers);
  const slopes = () => mlp.gradient(layers, V, into).flatMap(({ W, b }) => [...W, ...b]);
  return weights.flatMap(({ part, k }) => {
    const kept = part[k];
    part[k] = kept + NUDGE;
    const above = slopes();
    part[k] = kept - NUDGE;
    const below = slopes();
    part[k] = kept;
    return above.map((slope, j) => (slope - below[j]) / (2 * NUDGE));
  });
}
