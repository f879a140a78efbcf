// Vectors: lengths as Python has them, a way along one, directions about a point.

/**
 * √Σx², with an overflow where Python has one (Math.hypot has none).
 * @param {ArrayLike<number>} x
 */
export function norm(x) {
  let square = 0;
  for (let k = 0; k < x.length; k++) square += x[k] * x[k];
  return Math.sqrt(square);
}

/**
 * √Σ(x − y)².
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 */
export function distance(x, y) {
  let square = 0;
  for (let k = 0; k < x.length; k++) {
    const gap = x[k] - y[k];
    square += gap * gap;
  }
  return Math.sqrt(square);
}

/**
 * x + t·v.
 * @param {ArrayLike<number>} x
 * @param {number} t
 * @param {ArrayLike<number>} v
 */
export function moved(x, t, v) {
  return Float64Array.from(x, (part, k) => part + t * v[k]);
}

const SHARES = [-1, -0.5, 0, 0.5, 1];

/**
 * Unit directions in one variable or two.
 * @param {number} n
 * @returns {number[][]}
 */
export function around(n) {
  const grid = n === 1 ? SHARES.map((x) => [x]) : SHARES.flatMap((x) => SHARES.map((y) => [x, y]));
  return grid.filter((row) => row.some((part) => part !== 0)).map((row) => row.map((part) => part / norm(row)));
}
