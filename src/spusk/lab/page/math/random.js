// Random numbers that a seed repeats, the same in every browser (mulberry32).

/** @param {number} seed */
export function generator(seed) {
  let state = seed >>> 0;
  function uniform() {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  /** N(0, 1), by Box and Muller. */
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  /**
   * In another order, in place (Fisher and Yates).
   * @template T
   * @param {T[]} rows
   */
  function shuffle(rows) {
    for (let k = rows.length - 1; k > 0; k--) {
      const other = Math.floor(uniform() * (k + 1));
      [rows[k], rows[other]] = [rows[other], rows[k]];
    }
    return rows;
  }
  return { uniform, normal, shuffle };
}
