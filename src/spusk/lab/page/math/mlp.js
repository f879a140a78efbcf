// A dense network, forward and back: the formulas of spusk/nn/backprop.py in float64 (rows L9–L12).
//
// A layer is { n, m, W, b, sigma }: W is n×m row by row, so W[i·m + j] leads from neuron i to j.

/**
 * @typedef {object} Sigma
 * @property {(z: number) => number} value
 * @property {(a: number) => number} slope σ′ told by a = σ(z)
 *
 * @typedef {object} Loss one output's part of it
 * @property {(a: number, y: number) => number} value of C_(x,y)
 * @property {(a: number, y: number, sigma: Sigma) => number} delta of δ = ∂C/∂z at the last layer
 *
 * @typedef {{n: number, m: number, W: Float64Array, b: Float64Array, sigma: Sigma}} Layer
 * @typedef {{W: Float64Array, b: Float64Array}} Slopes
 * @typedef {import("./point_sets.js").Example} Example
 * @typedef {object} Pass one example's numbers: z⁽ˡ⁾, a⁽ˡ⁾ and δ⁽ˡ⁾, l = 1 … L (and a⁽⁰⁾ = x)
 * @property {Float64Array[]} z
 * @property {ArrayLike<number>[]} a
 * @property {Float64Array[]} delta
 */

/** @type {Record<string, Sigma>} */
export const SIGMAS = {
  // (1 + tanh(z/2))/2 = 1/(1 + e⁻ᶻ) never overflows
  sigmoid: { value: (z) => 0.5 * (1 + Math.tanh(0.5 * z)), slope: (a) => a * (1 - a) },
  tanh: { value: Math.tanh, slope: (a) => 1 - a * a },
};

/** @type {Record<string, Loss>} */
export const LOSSES = {
  squared: { value: (a, y) => (a - y) ** 2 / 2, delta: (a, y, { slope }) => (a - y) * slope(a) },
  "cross-entropy": { // over sigmoids, whose slope cancels; 0·ln 0 = 0
    value: (a, y) => -(y && y * Math.log(a)) - (y === 1 ? 0 : (1 - y) * Math.log1p(-a)),
    delta: (a, y) => a - y,
  },
};

const PARTS = /** @type {const} */ (["W", "b"]);
const LARGEST = 1e6; // weight that an address may bring

/**
 * Layers of the given sizes, all zeros; the last neuron is a sigmoid.
 * @param {number[]} sizes
 * @returns {Layer[]}
 */
export function network(sizes, activation = "sigmoid") {
  return sizes.slice(1).map((m, l) => {
    const n = sizes[l];
    const sigma = SIGMAS[l === sizes.length - 2 ? "sigmoid" : activation];
    return { n, m, W: new Float64Array(n * m), b: new Float64Array(m), sigma };
  });
}

/**
 * A random start: W ~ N(0, 1/n), b ~ N(0, 1), weights before biases.
 * @param {Layer[]} layers
 * @param {{normal: () => number}} random
 */
export function randomise(layers, random) {
  for (const { n, W, b } of layers) {
    for (let k = 0; k < W.length; k++) W[k] = random.normal() / Math.sqrt(n);
    for (let j = 0; j < b.length; j++) b[j] = random.normal();
  }
  return layers;
}

/**
 * All weights, then all biases.
 * @param {Slopes[]} layers
 */
export const weights = (layers) => PARTS.flatMap((part) => layers.flatMap((layer) => [...layer[part]]));

/**
 * The layers with these weights and biases.
 * @param {Layer[]} layers
 * @param {number[]} all
 */
export function fill(layers, all) {
  let next = 0;
  for (const part of PARTS) for (const layer of layers) layer[part].set(all.slice(next, (next += layer[part].length)));
}

/**
 * Reads what `weights` joined by commas; null where the text is no such list for these layers.
 * @param {Layer[]} layers
 */
export const weightsFrom = (layers) => (/** @type {string} */ text) => {
  const all = text.split(",").map((part) => (part.trim() ? Number(part) : NaN));
  return all.length === weights(layers).length && all.every((w) => Math.abs(w) <= LARGEST) ? all : null;
};

/**
 * Room for one example's numbers.
 * @param {Layer[]} layers
 * @returns {Pass}
 */
export function pass(layers) {
  const rows = () => [new Float64Array(0), ...layers.map(({ m }) => new Float64Array(m))];
  return { z: rows(), a: rows(), delta: rows() };
}

/**
 * z⁽ˡ⁾ = W⁽ˡ⁾ᵀ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾, a⁽ˡ⁾ = σ(z⁽ˡ⁾).
 * @param {Layer[]} layers
 * @param {number[]} x
 * @param {Pass} into
 */
export function forward(layers, x, { z, a } = pass(layers)) {
  a[0] = x;
  layers.forEach(({ n, m, W, b, sigma }, l) => {
    const [below, weighted, out] = [a[l], z[l + 1], /** @type {Float64Array} */ (a[l + 1])];
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += below[i] * W[i * m + j];
      weighted[j] = sum + b[j];
      out[j] = sigma.value(weighted[j]);
    }
  });
  return a[layers.length];
}

/**
 * δ⁽ᴸ⁾ = ∇ₐC ⊙ σ′(z⁽ᴸ⁾),  δ⁽ˡ⁾ = W⁽ˡ⁺¹⁾ δ⁽ˡ⁺¹⁾ ⊙ σ′(z⁽ˡ⁾).
 * @param {Layer[]} layers
 * @param {number[]} y
 * @param {Pass} pass
 */
export function backward(layers, y, { a, delta }, loss = LOSSES.squared) {
  const L = layers.length;
  for (let j = 0; j < delta[L].length; j++)
    delta[L][j] = loss.delta(a[L][j], y[j], layers[L - 1].sigma);
  for (let l = L - 1; l > 0; l--) {
    const { n, m, W } = layers[l];
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < m; j++) sum += W[i * m + j] * delta[l + 1][j];
      delta[l][i] = sum * layers[l - 1].sigma.slope(a[l][i]);
    }
  }
  return delta;
}

/**
 * C_(x,y), of the squared error ‖α(x) − y‖²/2.
 * @param {ArrayLike<number>} answer
 * @param {number[]} y
 */
export function cost(answer, y, loss = LOSSES.squared) {
  let sum = 0;
  for (let j = 0; j < y.length; j++) sum += loss.value(answer[j], y[j]);
  return sum;
}

/**
 * C = 1/|V| Σ C_(x,y) of examples { x, y }.
 * @param {Layer[]} layers
 * @param {Example[]} V
 */
export function meanCost(layers, V, into = pass(layers), loss = LOSSES.squared) {
  let sum = 0;
  for (const { x, y } of V) sum += cost(forward(layers, x, into), y, loss);
  return sum / V.length;
}

/**
 * ∇C = 1/|V| Σ ∇C_(x,y): for each layer { W, b }, ∂C/∂W = a⁽ˡ⁻¹⁾ δ⁽ˡ⁾ᵀ and ∂C/∂b = δ⁽ˡ⁾.
 * @param {Layer[]} layers
 * @param {Example[]} V
 * @returns {Slopes[]}
 */
export function gradient(layers, V, into = pass(layers), loss = LOSSES.squared) {
  const mean = layers.map(({ W, b }) => ({ W: new Float64Array(W.length), b: new Float64Array(b.length) }));
  for (const { x, y } of V) {
    forward(layers, x, into);
    backward(layers, y, into, loss);
    mean.forEach(({ W, b }, l) => {
      const [below, delta, m] = [into.a[l], into.delta[l + 1], b.length];
      for (let j = 0; j < m; j++) {
        b[j] += delta[j] / V.length;
        for (let i = 0; i < layers[l].n; i++) W[i * m + j] += (below[i] * delta[j]) / V.length;
      }
    });
  }
  return mean;
}

/**
 * W := W − η ∂C/∂W, b := b − η ∂C/∂b.
 * @param {Layer[]} layers
 * @param {Slopes[]} slopes
 * @param {number} rate
 */
export function step(layers, slopes, rate) {
  layers.forEach((layer, l) => {
    for (const part of PARTS)
      for (let k = 0; k < layer[part].length; k++) layer[part][k] -= rate * slopes[l][part][k];
  });
}

/**
 * One epoch of L11: V in its order, batch by batch; then V is shuffled.
 * @param {Layer[]} layers
 * @param {Example[]} V
 * @param {{rate: number, batch: number, random: {shuffle: (V: Example[]) => unknown}}} how
 */
export function epoch(layers, V, { rate, batch, random }, into = pass(layers)) {
  for (let first = 0; first < V.length; first += batch)
    step(layers, gradient(layers, V.slice(first, first + batch), into), rate);
  random.shuffle(V);
}
