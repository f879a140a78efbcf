// What a training is started with: presets, and how its parts are read from a form or an address.

import { fitted, isOwn, sets } from "./sets.js";

export const PRESETS = {
  small: { data: "sample", layers: "784-30-10", rate: 3, batch: 10, epochs: 10, init: "scaled", seed: 0 },
  mnist: { data: "mnist", layers: "784-100-10", rate: 3, batch: 10, epochs: 10, init: "scaled", seed: 0 },
  lecture: { data: "mnist", layers: "784-89-100306-10", rate: 0.012, batch: 10, epochs: 10, init: "wide", seed: 0 },
};
export const INITS = ["scaled", "normal", "wide"];
const MOST_WEIGHTS = 12e6; // the server's own limit: lab/asked.py
const NUMBER = /^\d+(\.\d+)?(e-?\d{1,2})?$/i;

const READ = {
  data: (text) => (sets.has(text) ? text : undefined),
  layers,
  rate: (text) => within(NUMBER.test(text) ? Number(text) : NaN, Number.MIN_VALUE, 1e6),
  batch: (text) => whole(text, 1, 60000),
  epochs: (text) => whole(text, 1, 1000),
  seed: (text) => whole(text, 0, Number.MAX_SAFE_INTEGER),
  init: (text) => (INITS.includes(text) ? text : undefined),
};
export const PARTS = Object.keys(READ);

/** One part as it may be started, or undefined; `data` is the set that layers must fit. */
export function readPart(part, text, data) {
  return READ[part](String(text).trim().replace(",", "."), data);
}

/** A whole plan from texts; `wrong` names the parts that were not understood and took the default.
 *  `missing`: it names a file that is not here; then its layers, made for that file, are left out too. */
export function readPlan(texts, otherwise = PRESETS.small) {
  const missing = isOwn(texts.data) && !sets.has(texts.data);
  const asked = PARTS.filter((part) => texts[part] !== undefined && !(missing && (part === "data" || part === "layers")));
  const data = (!missing && readPart("data", texts.data)) || otherwise.data;
  const found = asked.map((part) => [part, readPart(part, texts[part], data)]);
  const good = found.filter(([, value]) => value !== undefined);
  const wrong = found.filter(([, value]) => value === undefined).map(([part]) => part);
  const plan = { ...otherwise, ...Object.fromEntries(good) };
  return { plan: { ...plan, layers: fitted(plan.layers, plan.data) }, wrong, missing, asked: asked.length > 0 };
}

/** The plan a run was started with, as far as it is known: weights from a file tell little of it. */
export function planOf(run) {
  const all = { ...run, layers: run.sizes.join("-") };
  const known = PARTS.filter((part) => readPart(part, all[part] ?? "", run.data) !== undefined);
  return Object.fromEntries(known.map((part) => [part, all[part]]));
}

export const sizesOf = (text) => text.split("-").map(Number);

export function presetOf(plan) {
  return Object.keys(PRESETS).find((name) => PARTS.every((part) => PRESETS[name][part] === plan[part]));
}

function layers(text, data) {
  const set = sets.get(data);
  if (!set) return undefined;
  if (!/^\d{1,8}([-–,; ]+\d{1,8}){1,5}$/.test(text)) return undefined;
  const sizes = text.split(/[-–,; .]+/).map(Number);
  const weights = sizes.slice(1).reduce((sum, m, i) => sum + (sizes[i] + 1) * m, 0);
  const fits = sizes[0] === set.inputs && sizes.at(-1) === set.classes && sizes.every((n) => n >= 1) && weights <= MOST_WEIGHTS;
  return fits ? sizes.join("-") : undefined;
}

function whole(text, low, high) {
  return within(/^\d+$/.test(text) ? Number(text) : NaN, low, high);
}

function within(value, low, high) {
  return value >= low && value <= high ? value : undefined;
}
