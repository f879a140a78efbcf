// From a value of f to a share of the colours: linear, or by the logarithm of f − min.

const LOG_FROM = 5; // the highest value, in medians: then linear levels would all lie at the edge
const BARE = 0.002; // share of extreme values that poles may take

/**
 * @typedef {object} Scale
 * @property {number} low
 * @property {number} high
 * @property {boolean} log
 * @property {(value: number) => number} share of a value, 0 … 1
 * @property {(share: number) => number} value the other way
 */

/**
 * How values spread.
 * @param {ArrayLike<number>} values
 * @returns {Scale}
 */
export function scaleOf(values, floor = Infinity) {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  /** @param {number} share */
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const low = Math.max(Math.min(at(0), floor), at(BARE) - (at(1 - BARE) - at(BARE)));
  const high = Math.min(at(1), at(1 - BARE) + (at(1 - BARE) - at(BARE)));
  const span = high - low || 1;
  const knee = at(0.05) - low || span / 100;
  const log = high - low > LOG_FROM * (at(0.5) - low) && span > knee;
  if (!log) return { low, high, log, share: (v) => (v - low) / span, value: (s) => low + s * span };
  const whole = Math.log1p(span / knee);
  return {
    low, high, log,
    share: (v) => Math.log1p(Math.max(v - low, 0) / knee) / whole,
    value: (s) => low + knee * Math.expm1(s * whole),
  };
}

/**
 * Round numbers between low and high, about `count` of them.
 * @param {number[]} ends
 * @returns {number[]}
 */
export function ticks([low, high], count = 5) {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((nice) => nice * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // k·step may end in …0001
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}
