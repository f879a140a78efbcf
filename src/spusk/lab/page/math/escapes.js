// The escape experiment: where many starts end, as in descent/escapes.py, for one or two variables.

import { facts } from "../core/facts.js";
import { pointAt } from "./critical.js";
import { eigen } from "./eigen.js";
import { isMinimum } from "./kinds.js";
import { generator } from "./random.js";
import { boundOf } from "./rules.js";
import { compile } from "./tape.js";
import { distance, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {{x: number[], value: number}} Minimum
 * @typedef {"global" | "local" | "unsettled" | "diverged"} End
 * @typedef {Record<End, number>} Counts
 * @typedef {{x: ArrayLike<number>, end: End, level?: number}} Place level: f in a valley, where all that is as low belongs
 *
 * @typedef {object} Scene
 * @property {Program} program
 * @property {number} steps
 * @property {number} tolerance
 * @property {Place[]} places minima, and other places where descents came to rest: each is judged once
 * @property {number} least of f at the minima
 * @property {number} near
 * @property {Float64Array[]} starts one array for each variable
 */

/**
 * `count` points of the view: one array for each variable.
 * @param {number[][]} view
 * @param {number} count
 */
export function startsIn(view, count, seed = 0) {
  const { uniform } = generator(seed);
  const starts = view.map(() => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    view.forEach(([low, high], k) => (starts[k][i] = low + (high - low) * uniform()));
  }
  return starts;
}

/**
 * Which minima are the lowest.
 * @param {{value: number}[]} minima
 */
export function lowest(minima) {
  const least = Math.min(...minima.map((minimum) => minimum.value));
  return minima.map((minimum) => minimum.value <= least + facts.descent.same * (1 + Math.abs(least)));
}

/**
 * 2/λmax at each minimum: the largest rate with which descents settle there.
 * @param {Program} program
 * @param {{x: number[]}[]} minima
 */
export function bounds(program, minima) {
  return minima.map(({ x }) => {
    const { top } = eigen(program.hessian(x), program.n);
    return (top > 0 && boundOf("plain", top)) || Infinity;
  });
}

/**
 * `count` rates, evenly on a logarithm: from where all minima hold to where none does.
 * @param {Program} program
 * @param {{minima: Minimum[], rate: number, bound: number | null}} scene
 */
export function ratesFor(program, { minima, rate, bound }, count = 25) {
  const known = [...bounds(program, minima), bound ?? NaN].filter((b) => b > 0 && Number.isFinite(b));
  const most = 1.2 * (known.length ? Math.max(...known) : 4 * rate);
  const least = known.length ? Math.min(0.05 * Math.max(...known), 0.5 * Math.min(...known)) : rate / 5;
  return Array.from({ length: count }, (_, k) => least * (most / least) ** (k / (count - 1)));
}

/**
 * A counter: at a rate, how many of the starts from … to end so.
 * @param {import("./tape.js").Tape} tape
 * @param {Minimum[]} minima
 * @param {number[][]} view
 * @param {{count?: number, seed?: number, steps?: number, tolerance?: number}} options
 * @returns {(rate: number, from?: number, to?: number) => Counts}
 */
export function counter(tape, minima, view, { count = 300, seed = 0, steps = facts.descent.steps, tolerance = facts.descent.tolerance }) {
  const program = compile(tape);
  const best = lowest(minima);
  /** @type {Scene} */
  const scene = {
    program, steps, tolerance,
    places: minima.map(({ x }, k) => ({ x, end: best[k] ? "global" : "local" })),
    least: Math.min(...minima.map(({ value }) => value)),
    near: facts.descent.near * Math.max(...view.map(([low, high]) => high - low)),
    starts: startsIn(view, count, seed),
  };
  const block = program.block("both", count);
  const { starts } = scene;
  return (rate, from = 0, to = count) => {
    const found = { global: 0, local: 0, unsettled: 0, diverged: 0 };
    scene.starts = starts.map((cell) => cell.subarray(from, to));
    for (const end of ends(scene, block, rate)) found[end]++;
    return found;
  };
}

/**
 * What was counted as shares.
 * @param {Counts} found
 */
export function sharesOf(found) {
  const all = Object.values(found).reduce((sum, part) => sum + part, 0);
  return Object.fromEntries(Object.entries(found).map(([end, part]) => [end, part / all]));
}

/**
 * What becomes of each start.
 * @type {(scene: Scene, block: ReturnType<Program["block"]>, rate: number) => End[]}
 */
function ends(scene, block, rate) {
  const { starts, steps, program, tolerance } = scene;
  /** @type {End[]} */
  const found = new Array(starts[0].length).fill("unsettled");
  const places = Int32Array.from(found, (_, i) => i);
  const limit = new Float64Array(found.length); // of |∇f|²: beyond it a start is looked at twice
  const { grown } = facts.descent;
  const { inputs } = block;
  inputs.forEach((cell, k) => cell.set(starts[k]));
  let going = found.length;
  for (let n = 0; n <= steps && going; n++) {
    const [values, ...slopes] = block.run(going);
    let kept = 0;
    for (let i = 0; i < going; i++) {
      const place = places[i];
      let square = 0;
      for (const cell of slopes) square += cell[i] * cell[i];
      if (n === 0) limit[place] = grown * grown * square;
      const usual = square > tolerance * tolerance && square <= limit[place] && Number.isFinite(values[i]);
      const end = usual && !program.tape.nonsmooth ? null : look(scene, inputs, i, values[i], square, limit[place], place);
      if (end) {
        found[place] = end;
        continue;
      }
      for (let k = 0; k < inputs.length; k++) inputs[k][kept] = inputs[k][i] - rate * slopes[k][i];
      places[kept++] = place;
    }
    going = kept;
  }
  return found;
}

/**
 * What this iterate means, or null: go on.
 * @type {(scene: Scene, inputs: Float64Array[], i: number, value: number, square: number, limit: number, place: number) => End | null}
 */
function look(scene, inputs, i, value, square, limit, place) {
  const x = inputs.map((cell) => cell[i]);
  if (scene.program.isNonsmooth(x)) return landed(scene, x); // ∇f is defined as 0 there
  if (!Number.isFinite(value) || !Number.isFinite(square)) return "diverged";
  if (square <= scene.tolerance * scene.tolerance) return landed(scene, x);
  if (square <= limit) return null;
  const start = scene.starts.map((cell) => cell[place]);
  const far = facts.descent.far * (1 + norm(start));
  return distance(x, start) > far ? "diverged" : null;
}

/** @type {(scene: Scene, x: number[]) => End} */
function landed(scene, x) {
  const { program, places, near } = scene;
  const beside = places.find((place) => distance(x, place.x) <= near);
  if (beside) return beside.end;
  const value = program.value(x);
  const valley = places.find(({ level }) => level !== undefined && same(value, level));
  if (valley) return valley.end;
  return places.length < facts.descent.places ? judged(scene, x) : "unsettled";
}

/**
 * How an end beside no known place counts, by what it is (descent/gather.py); remembered.
 * @type {(scene: Scene, x: number[]) => End}
 */
function judged(scene, x) {
  const { program, places, near, least } = scene;
  const point = pointAt(program, Float64Array.from(x));
  const known = places.find((place) => distance(point.x, place.x) <= near);
  const value = program.value(point.x);
  const end = known?.end ?? (!isMinimum(point) ? "unsettled" : value < least || same(value, least) ? "global" : "local");
  places.push({ x, end }, { x: point.x, end, level: point.kind === "valley" ? value : undefined });
  return end;
}

/** @type {(value: number, level: number) => boolean} */
function same(value, level) {
  return Math.abs(value - level) <= facts.descent.same * (1 + Math.abs(level));
}
