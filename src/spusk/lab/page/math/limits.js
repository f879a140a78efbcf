// Limits where a tape's own numbers fail: sin(x)/x at 0 (functions/limits.py, which counts in more digits).

import { norm } from "./vector.js";

const LENGTHS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5]; // of 1 + |x|: of how far from the point one looks
const NEARER = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 30, 60, 120]; // the lengths 10⁻²… from one side
const AGREE = 3e-8; // of 1 + |limit|: by less all ways to the point must differ
const ROUNDING = 2 ** -40; // of 1 + |limit|
const NOTHING = 1e-36; // what is left of a limit 0
const FIRST = 3; // ways without numbers: then the point is no hole, it is outside
const WAYS = [[], [[1]], [[1, 0], [0, 1], [1, 1], [1, -1], [1, 0.5], [1, -0.5], [0.5, 1], [-0.5, 1]]];

/**
 * The limit of a number for y → x; NaN where the ways to x do not agree.
 * @param {(y: Float64Array) => number} of
 * @param {ArrayLike<number>} x
 */
export function limitOf(of, x) {
  const scale = 1 + norm(x);
  if (!Number.isFinite(scale)) return NaN; // its square overflowed
  /** @type {number[]} */
  const found = [];
  for (const [count, way] of WAYS[x.length].entries()) {
    const along = (/** @type {number} */ t) => of(Float64Array.from(x, (part, k) => part + t * scale * way[k]));
    const sides = [1, -1].filter((sign) => !Number.isNaN(along(sign * LENGTHS[2])));
    if (!sides.length && count + 1 >= FIRST && !found.length) return NaN;
    const tries = LENGTHS.map((length) => extrapolated(along, length));
    const best = tries.reduce((one, other) => (other.error < one.error ? other : one));
    if (best.error <= AGREE) found.push(best.limit);
    else found.push(...sides.map((sign) => approached((t) => along(sign * t))));
  }
  if (found.length < x.length) return NaN; // along the edge of where it has numbers
  const gap = Math.max(...found) - Math.min(...found);
  return gap <= AGREE * (1 + Math.abs(found[0])) ? found[0] : NaN; // NaN compares false
}

/**
 * From both sides at three lengths (Richardson, in the square of the length); the sides must meet.
 * @type {(along: (t: number) => number, length: number) => {limit: number, error: number}}
 */
function extrapolated(along, length) {
  const sides = [1, 2, 4].map((part) => [along(length / part), along(-length / part)]);
  const [a, b, c] = sides.map(([one, other]) => (one + other) / 2);
  const [wide, , close] = sides.map(([one, other]) => Math.abs(one - other));
  const [rough, fine] = [(4 * b - a) / 3, (4 * c - b) / 3];
  const limit = (16 * fine - rough) / 15;
  const size = 1 + Math.abs(limit);
  const error = Math.abs(limit - fine) / size;
  return { limit, error: close <= wide / 2 + AGREE * size && Number.isFinite(error) ? error : Infinity };
}

/**
 * From one side, where x ln x is no series in x: numbers that change ever less; NaN where they do not.
 * @param {(t: number) => number} along
 */
function approached(along) {
  const all = NEARER.map((k) => along(10 ** -k));
  const known = all.slice(0, [...all, NaN].findIndex(Number.isNaN)); // beside x ≠ 0 the nearest are x itself
  const last = known[known.length - 1];
  const changes = known.slice(1).map((number, k) => Math.abs(number - known[k]));
  const fade = changes.slice(1).every((change, k) => change <= changes[k] + ROUNDING * (1 + Math.abs(last)));
  if (!fade || !(changes[changes.length - 1] <= AGREE * (1 + Math.abs(last)))) return NaN;
  return Math.abs(last) < NOTHING ? 0 : last;
}
