// Eigenvalues of symmetric matrices.

const ROUNDS = 300; // of the power method

/**
 * Eigenvalues of the Hessian of one or two variables, lowest first, and the eigenvector of the highest.
 * @param {ArrayLike<number>} hessian n×n, row by row
 * @param {number} n
 */
export function eigen(hessian, n) {
  if (n === 1) return { low: hessian[0], top: hessian[0], along: [1] };
  const [a, b, d] = [hessian[0], hessian[1], hessian[3]];
  const [middle, spread] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
  const angle = Math.atan2(2 * b, a - d) / 2;
  return { low: middle - spread, top: middle + spread, along: [Math.cos(angle), Math.sin(angle)] };
}

/**
 * λmax of a symmetric n×n matrix, by the power method on H + cI, which has no negative eigenvalue.
 * @param {number[]} matrix
 * @param {number} n
 */
export function highest(matrix, n) {
  /** @param {number[]} v */
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
