// Lengths of vectors, as Python has them.

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
