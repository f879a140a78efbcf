// The map of basins of attraction: which minimum each start reaches; by the server's native part, or by
// two workers of the page.

import { AWAY, KINDS, NONE, css } from "../core/colours.js";
import { facts } from "../core/facts.js";
import { ask, offline } from "../core/offline.js";
import { lowest } from "../math/escapes.js";
import { furtherMinima } from "../math/further.js";

const WORKERS = 2;
const BAND = 32; // rows: small enough that both workers end together
const DARKEST = 0.45; // of a colour, for the slowest starts
const PALE = [0, 0.35, 0.6, 0.8]; // more minima than colours: the same once more, nearer to white
const DETAIL = 0.98; // of the starts are told apart by their steps; the few slowest are as dark

const LISTED = KINDS.length * PALE.length; // minima in the legend: as many as there are colours

let asked;
let crew = [];
let refuse = (_error) => {};

/** What is described, with the minima beside its own that descents at this rate come to. */
export function withFurther(program, described, { rate, steps, view }) {
  const further = furtherMinima(program, described.minima, view, { rate, steps, whole: described.view });
  const all = [...described.minima, ...further];
  const best = lowest(all);
  return { ...described, minima: all.map((minimum, k) => ({ global: best[k], ...minimum })), listed: described.minima.length };
}

/**
 * Which minimum each start of a view (by default the whole one) reaches, and in how many steps of the plain rule.
 *
 * `which` and `steps` are size × size, row 0 the lowest y; `rgba` has row 0 at the top, as
 * ImageData wants it; legend: [{colour, x, kind}], kind: global, local, none or diverged.
 * A newer call ends this one: it is rejected with an AbortError.
 */
export function basinMap(tape, described, { rate, steps = facts.basins.steps, size = facts.basins.points, tolerance = facts.descent.tolerance, view = described.view }) {
  cancelBasins();
  const { minima } = described;
  if (tape.n !== 2) return Promise.reject(new RangeError(`basins: 2 variables, found ${tape.n}`));
  return new Promise((resolve, reject) => {
    refuse = reject;
    const scene = { tape, minima, view, size, options: { rate, steps, tolerance, whole: described.view } };
    const failed = (error) => {
      reject(error);
      cancelBasins();
    };
    compute(scene, (map) => resolve({ size, ...map, ...picture(map, described, size) }), failed);
  });
}

/** The same by the server, much faster; null: it makes none of this function, or is not there. */
export async function servedMap(described, { rate, steps, size, view }) {
  cancelBasins();
  if (offline) return null;
  const mine = (asked = new AbortController());
  const wanted = { formula: described.name ?? described.formula, view, size, rate, steps, minima: described.minima.slice(described.listed ?? Infinity).map(({ x }) => x) };
  try {
    const answer = await ask("/basins", wanted, mine.signal);
    if (answer.status !== 200) return null;
    const body = await answer.arrayBuffer();
    const map = { which: new Int16Array(body, 0, size * size), steps: new Uint16Array(body, 2 * size * size) };
    return { size, ...map, ...picture(map, described, size) };
  } catch (error) {
    if (mine.signal.aborted) throw error;
    return null; // the page has workers of its own
  }
}

/** Stops a map in the making. */
export function cancelBasins() {
  asked?.abort();
  asked = undefined;
  for (const worker of crew) worker.terminate();
  crew = [];
  refuse(new DOMException("a newer map is asked for", "AbortError"));
  refuse = (_error) => {};
}

function compute(scene, done, failed) {
  const { size } = scene;
  const map = { which: new Int16Array(size * size), steps: new Uint16Array(size * size) };
  const bands = Array.from({ length: Math.ceil(size / BAND) }, (_, i) => i * BAND).reverse();
  let missing = bands.length;
  const next = (worker) => {
    const from = bands.pop();
    if (from !== undefined) worker.postMessage({ rows: [from, Math.min(from + BAND, size)] });
  };
  crew = Array.from({ length: WORKERS }, () => {
    const worker = new Worker(import.meta.resolve("./basins-worker.js"), { type: "module" });
    worker.onerror = (event) => failed(new Error(event.message || "basins: a worker failed"));
    worker.onmessage = ({ data }) => {
      map.which.set(data.which, data.rows[0] * size);
      map.steps.set(data.steps, data.rows[0] * size);
      if (--missing) next(worker);
      else finish(map, done);
    };
    worker.postMessage({ facts, scene });
    next(worker);
    return worker;
  });
}

function finish(map, done) {
  for (const worker of crew) worker.terminate();
  crew = [];
  refuse = (_error) => {};
  done(map);
}

function picture({ which, steps }, { minima }, size) {
  const rgba = new Uint8ClampedArray(4 * size * size);
  const [fewest, most] = spread(which, steps);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const start = (size - 1 - j) * size + i;
      const dark = Math.min(Math.max((steps[start] - fewest) / (most - fewest || 1), 0), 1);
      paint(rgba, 4 * (j * size + i), which[start], dark, (i + j) % 8 < 2);
    }
  }
  return { rgba, legend: legend(minima) };
}

// The steps between which colours darken.
function spread(which, steps) {
  const landed = steps.filter((_, i) => which[i] >= 0).sort();
  return landed.length ? [landed[0], landed[Math.floor(DETAIL * (landed.length - 1))]] : [0, 1];
}

function paint(rgba, place, kind, dark, hatched) {
  const colour = colourOf(kind);
  const light = kind >= 0 ? 1 - DARKEST * dark : kind === facts.basins.away && hatched ? 1.9 : 1;
  for (let k = 0; k < 3; k++) rgba[place + k] = colour[k] * light;
  rgba[place + 3] = 255;
}

function colourOf(kind) {
  if (kind < 0) return kind === facts.basins.away ? AWAY : NONE;
  const pale = PALE[Math.floor(kind / KINDS.length) % PALE.length];
  return KINDS[kind % KINDS.length].map((part) => Math.round(part + pale * (255 - part)));
}

function legend(minima) {
  const known = minima.map((minimum, place) => ({
    colour: css(colourOf(place)),
    x: minimum.x,
    kind: (minimum.global ?? minimum.kind === "global") ? "global" : "local",
  }));
  return [
    ...known.slice(0, LISTED),
    ...(known.length > LISTED ? [{ colour: "none", x: null, kind: "more", n: known.length - LISTED }] : []),
    { colour: css(NONE), x: null, kind: "none" },
    { colour: css(AWAY), x: null, kind: "diverged" },
  ];
}
