// The part of the plane that is seen: a box [[low, high], …], at first the whole view of a function.

/** @typedef {number[][]} Box [low, high] of each variable */

const NEAREST = 1e-3; // of the whole view
const FARTHEST = 10;
const GRAINS = 1e5; // of a side: finer numbers would only make the address longer

/**
 * The box `factor` times as wide about the point `about`, within what may be seen of `whole`.
 * @param {Box} box
 * @param {Box} whole
 * @param {number[]} about
 * @param {number} factor
 */
export function resized(box, whole, about, factor) {
  /** @param {(...shares: number[]) => number} pick */
  const most = (pick) => pick(...box.map(([low, high], k) => share([low, high], whole[k])));
  const by = Math.min(Math.max(factor, NEAREST / most(Math.min)), FARTHEST / most(Math.max));
  return within(box.map(([low, high], k) => [low, high].map((end) => about[k] + by * (end - about[k]))), whole);
}

/**
 * The box moved by a vector.
 * @param {Box} box
 * @param {Box} whole
 * @param {number[]} by
 */
export function moved(box, whole, by) {
  return within(box.map(([low, high], k) => [low + by[k], high + by[k]]), whole);
}

/**
 * A box from an address if it can be seen, else undefined.
 * @param {Box | undefined} box
 * @param {Box} whole
 */
export function fitting(box, whole) {
  if (box?.length !== whole.length) return undefined;
  const shares = box.map((side, k) => share(side, whole[k]));
  /** @type {(a: number, b: number) => boolean} */
  const close = (a, b) => a < b * (1 + 1e-3); // a box at the limit is one that was rounded
  return shares.every((part) => close(NEAREST, part) && close(part, FARTHEST)) ? within(box, whole) : undefined;
}

/**
 * How many digits a place set by hand has: the nearer one looks, the more.
 * @param {Box} box
 * @param {Box} whole
 */
export function digitsIn(box, whole) {
  const least = Math.min(...box.map((side, k) => share(side, whole[k])));
  return 4 + Math.max(0, Math.ceil(-Math.log10(least) - 1e-9));
}

/**
 * The minima in the box: of those beyond it no colour need tell.
 * @template {{x: number[]}} Minimum
 * @param {Minimum[]} minima
 * @param {Box} box
 */
export function inside(minima, box) {
  return minima.filter(({ x }) => x.every((part, k) => part >= box[k][0] && part <= box[k][1]));
}

/** @type {(side: number[], whole: number[]) => number} */
const share = ([low, high], [from, to]) => (high - low) / (to - from);

// No farther from the whole view than the farthest box about its middle reaches.
/** @type {(box: Box, whole: Box) => Box} */
function within(box, whole) {
  return box.map(([low, high], k) => {
    const [from, to] = whole[k];
    const [middle, reach] = [(from + to) / 2, (FARTHEST * (to - from)) / 2];
    const back = Math.min(Math.max(low, middle - reach), Math.max(middle + reach - (high - low), middle - reach)) - low;
    const grain = 10 ** Math.floor(Math.log10((high - low) / GRAINS));
    return [low, high].map((end) => Number((Math.round((end + back) / grain) * grain).toPrecision(12)));
  });
}
