// The logarithmic axis of curves that fall, and where a curve leaves its frame.

const FLOOR = 1e-12; // of where the path began: below it there is only rounding, and as far above it runs away

/**
 * @typedef {object} Curve
 * @property {ArrayLike<number>} numbers
 * @property {boolean} [away] of another descent, one that diverged: only its start counts
 */

/**
 * The exponents of the lowest and the highest power of ten around the curves; the first are the present path's.
 * @param {Curve[]} curves
 * @returns {[number, number]}
 */
export function decades(curves) {
  const began = Math.max(0, ...curves.filter(({ away }) => !away).map(({ numbers }) => numbers[0]).filter(Number.isFinite));
  const shown = curves.flatMap(({ numbers, away }) => Array.from(numbers).slice(0, away ? 1 : undefined));
  let [low, high] = [Infinity, 0];
  for (const v of shown) {
    if (v > began * FLOOR && v <= began / FLOOR) [low, high] = [Math.min(low, v), Math.max(high, v)];
  }
  if (!(high > 0)) return [-1, 1];
  const bottom = Math.floor(Math.log10(low));
  return [bottom, Math.max(Math.ceil(Math.log10(high)), bottom + 1)];
}

/**
 * Where a curve leaves for good what lies between two heights: between which steps, and upwards or not; null: nowhere.
 * @param {ArrayLike<number>} heights
 * @param {[number, number]} ends
 * @returns {{step: number, up: boolean} | null}
 */
export function leaves(heights, [low, high]) {
  const inside = (/** @type {number} */ v) => v >= low && v <= high;
  const all = Array.from(heights);
  const last = all.findLastIndex(inside);
  const next = all[last + 1];
  if (last < 0 || next === undefined || Number.isNaN(next)) return null;
  const edge = next > high ? high : low;
  const share = (edge - all[last]) / (next - all[last]); // 0 where next is infinite
  return { step: last + share, up: next > high };
}
