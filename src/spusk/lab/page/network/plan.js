// What a training is started with: presets, and how its parts are read from a form or an address.

import { facts } from "../core/facts.js";
import { fitted, isOwn, sets } from "./sets.js";

export const { presets: PRESETS, inits: INITS } = facts;
const { least: LEAST, limits: MOST } = facts;
const SEPARATORS = /[-–,; .]+/;
const NUMBER = /^\d+(\.\d+)?(e-?\d{1,2})?$/i;

const READ = { // text and the plan that it stands in -> value
  data: (text) => (sets.has(text) ? text : undefined),
  layers,
  rate: (text) => within(NUMBER.test(text) ? Number(text) : NaN, Number.MIN_VALUE, MOST.rate),
  batch: (text, plan) => whole(text, LEAST.batch, mostBatch(plan)),
  epochs: (text) => whole(text, LEAST.epochs, MOST.epochs),
  seed: (text) => whole(text, LEAST.seed, MOST.seed),
  init: (text, { layers }) => (INITS.includes(text) && (text !== "wide" || sizesOf(layers).length > 2) ? text : undefined),
};
export const PARTS = Object.keys(READ);

/** A preset as it can be started on this machine. */
export const preset = (name) => here(PRESETS[name]);

/** The lecture's network takes the sample where MNIST is not: as many inputs, the same speed. */
export function here(plan) {
  const lectures = PARTS.every((part) => plan[part] === PRESETS.lecture[part]);
  return lectures && sets.get("mnist").here === false ? { ...plan, data: "sample" } : plan;
}

/** Whether a plan is the lecture's on the sample, for want of MNIST. */
export const isInstead = (plan) => plan.data === "sample" && presetOf(plan) === "lecture";

/** One part as it may be started, or undefined; layers must fit the plan's data, a batch its layers. */
export function readPart(part, text, plan) {
  return READ[part](String(text).trim().replace(",", "."), plan);
}

/** A whole plan from texts; `wrong` names the parts that were not understood and took the default.
 *  `missing`: it names a file that is not here; then its layers, made for that file, are left out too. */
export function readPlan(texts, otherwise = PRESETS.small) {
  const missing = isOwn(texts.data) && !sets.has(texts.data);
  const asked = PARTS.filter((part) => texts[part] !== undefined && !(missing && (part === "data" || part === "layers")));
  const data = (!missing && readPart("data", texts.data)) || otherwise.data;
  const beside = { data, layers: (!missing && readPart("layers", texts.layers, { data })) || fitted(otherwise.layers, data) };
  const found = asked.map((part) => [part, readPart(part, texts[part], beside)]);
  const good = found.filter(([, value]) => value !== undefined);
  const wrong = found.filter(([, value]) => value === undefined).map(([part]) => part);
  const plan = { ...otherwise, ...Object.fromEntries(good) };
  return { plan: { ...plan, layers: fitted(plan.layers, plan.data) }, wrong, missing, asked: asked.length > 0 };
}

/** The plan a run was started with, as far as it is known: weights from a file tell little of it. */
export function planOf(run) {
  const all = { ...run, layers: run.sizes.join("-") };
  const known = PARTS.filter((part) => readPart(part, all[part] ?? "", all) !== undefined);
  return Object.fromEntries(known.map((part) => [part, all[part]]));
}

export const sizesOf = (text) => String(text).split(SEPARATORS).map(Number);

/** Examples in a batch at most: layers as wide as the lecture's leave room for few. */
export function mostBatch({ layers }) {
  const neurons = sizesOf(layers).reduce((sum, n) => sum + n, 0);
  return Math.max(LEAST.batch, Math.min(MOST.batch, Math.floor(MOST.activations / neurons) || MOST.batch));
}

export function presetOf(plan) {
  return Object.keys(PRESETS).find((name) => PARTS.every((part) => preset(name)[part] === plan[part]));
}

function layers(text, { data }) {
  const set = sets.get(data);
  if (!set) return undefined;
  if (!/^\d{1,8}([-–,; ]+\d{1,8})+$/.test(text)) return undefined;
  const sizes = sizesOf(text);
  if (sizes.length > MOST.layers) return undefined;
  const weights = sizes.slice(1).reduce((sum, m, i) => sum + (sizes[i] + 1) * m, 0);
  const fits = sizes[0] === set.inputs && sizes.at(-1) === set.classes && sizes.every((n) => n >= 1) && weights <= MOST.weights;
  return fits ? sizes.join("-") : undefined;
}

function whole(text, low, high) {
  return within(/^\d+$/.test(text) ? Number(text) : NaN, low, high);
}

function within(value, low, high) {
  return value >= low && value <= high ? value : undefined;
}
