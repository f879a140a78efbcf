// Eigenvalues of symmetric matrices.

const ROUNDS = 300; // of the power method

/**
 * Eigenvalues of the Hessian of one or two variables, lowest first, and the eigenvector of the highest.
 *
 * As LAPACK's dlaev2: small eigenvalues keep their digits, and the eigenvectors of a symmetric place its symmetry.
 * @param {ArrayLike<number>} hessian n×n, row by row
 * @param {number} n
 */
export function eigen(hessian, n) {
  if (n === 1) return { low: hessian[0], top: hessian[0], along: [1] };
  const [a, b, d] = [hessian[0], hessian[1], hessian[3]];
  const [sum, gap, twice] = [a + d, a - d, 2 * b];
  const root = Math.hypot(gap, twice);
  const [larger, smaller] = Math.abs(a) > Math.abs(d) ? [a, d] : [d, a];
  const far = (sum + (sum < 0 ? -root : root)) / 2; // no digits are lost: both have one sign
  const near = sum === 0 ? -root / 2 : (larger / far) * smaller - (b / far) * b;
  const [low, top] = sum < 0 ? [far, near] : [near, far];
  return { low, top, along: direction(gap, twice, root) };
}

/**
 * The unit vector to the highest eigenvalue of [[a, b], [b, d]]: gap = a − d, twice = 2b.
 * @type {(gap: number, twice: number, root: number) => number[]}
 */
function direction(gap, twice, root) {
  const [along, across] = gap < 0 ? [twice, root - gap] : [gap + root, twice];
  const length = Math.hypot(along, across);
  return length ? [along / length, across / length] : [1, 0];
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
