// What a training is started with: presets, and how its parts are read from a form or an address.

export const PRESETS = {
  small: { data: "sample", layers: "784-30-10", rate: 3, batch: 10, epochs: 10, init: "scaled", seed: 0 },
  mnist: { data: "mnist", layers: "784-100-10", rate: 3, batch: 10, epochs: 10, init: "scaled", seed: 0 },
  lecture: { data: "mnist", layers: "784-89-100306-10", rate: 0.012, batch: 10, epochs: 10, init: "wide", seed: 0 },
};
export const PRECEDENTS = { sample: 4000, mnist: 60000 }; // of the training samples
export const DATA = Object.keys(PRECEDENTS);
export const INITS = ["scaled", "normal", "wide"];
const PIXELS = 784, DIGITS = 10, MOST_WEIGHTS = 12e6; // the server's own limits: lab/asked.py
const NUMBER = /^\d+(\.\d+)?(e-?\d{1,2})?$/i;

const READ = {
  data: (text) => (DATA.includes(text) ? text : undefined),
  layers,
  rate: (text) => within(NUMBER.test(text) ? Number(text) : NaN, Number.MIN_VALUE, 1e6),
  batch: (text) => whole(text, 1, 60000),
  epochs: (text) => whole(text, 1, 1000),
  seed: (text) => whole(text, 0, Number.MAX_SAFE_INTEGER),
  init: (text) => (INITS.includes(text) ? text : undefined),
};
export const PARTS = Object.keys(READ);

/** One part as it may be started, or undefined. */
export function readPart(part, text) {
  return READ[part](String(text).trim().replace(",", "."));
}

/** A whole plan from texts; `wrong` names the parts that were not understood and took the default. */
export function readPlan(texts, otherwise = PRESETS.small) {
  const asked = PARTS.filter((part) => texts[part] !== undefined);
  const found = asked.map((part) => [part, readPart(part, texts[part])]);
  const good = found.filter(([, value]) => value !== undefined);
  const wrong = found.filter(([, value]) => value === undefined).map(([part]) => part);
  return { plan: { ...otherwise, ...Object.fromEntries(good) }, wrong, asked: asked.length > 0 };
}

/** The plan a run was started with. */
export function planOf({ data, sizes, rate, batch, epochs, init, seed }) {
  return { data, layers: sizes.join("-"), rate, batch, epochs, init, seed };
}

export const sizesOf = (text) => text.split("-").map(Number);

export function presetOf(plan) {
  return Object.keys(PRESETS).find((name) => PARTS.every((part) => PRESETS[name][part] === plan[part]));
}

function layers(text) {
  if (!/^\d{1,8}([-–,; ]+\d{1,8}){1,5}$/.test(text)) return undefined;
  const sizes = text.split(/[-–,; .]+/).map(Number);
  const weights = sizes.slice(1).reduce((sum, m, i) => sum + (sizes[i] + 1) * m, 0);
  const fits = sizes[0] === PIXELS && sizes.at(-1) === DIGITS && sizes.every((n) => n >= 1) && weights <= MOST_WEIGHTS;
  return fits ? sizes.join("-") : undefined;
}

function whole(text, low, high) {
  return within(/^\d+$/.test(text) ? Number(text) : NaN, low, high);
}

function within(value, low, high) {
  return value >= low && value <= high ? value : undefined;
}
