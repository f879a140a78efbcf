// What the view shows, as text for the address and back. The address comes from strangers.

export const RULES = ["plain", "momentum", "nesterov", "adam"];
export const MOST_STEPS = 10000;
const MOST_KEPT = 6;
const LONGEST = 500; // characters of a formula, as the server's limit
export const TABS = ["map", "relief", "basins", "escape"];
export const PLANAR = ["relief", "basins"]; // those that need two variables

const number = (text) => (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : NaN);
const finite = (value) => Number.isFinite(value) && Math.abs(value) <= 1e12;
const whole = (text) => (/^\d{1,6}$/.test(text) ? Number(text) : NaN);

// Each reader gives undefined for what it does not understand.
const READ = {
  f: (text) => (text.trim() && text.length <= LONGEST ? text : undefined),
  x: point,
  rate: (text) => positive(number(text)),
  rule: (text) => (RULES.includes(text) ? text : undefined),
  beta: (text) => share(number(text)),
  steps: (text) => (whole(text) >= 1 && whole(text) <= MOST_STEPS ? whole(text) : undefined),
  n: (text) => (whole(text) <= MOST_STEPS ? whole(text) : undefined),
  keep: kept,
  show: (text) => (TABS.includes(text) ? text : undefined),
  box,
};

function point(text) {
  const x = text.split(",").map(number);
  return x.length <= 2 && x.every(finite) ? x : undefined;
}

// x1 from, to, then x2 from, to
function box(text) {
  const ends = text.split(",").map(number);
  if (![2, 4].includes(ends.length) || !ends.every(finite)) return undefined;
  const sides = ends.length === 2 ? [ends] : [ends.slice(0, 2), ends.slice(2)];
  return sides.every(([low, high]) => low < high) ? sides : undefined;
}

function positive(value) {
  return value > 0 && value <= 1e6 && value >= 1e-12 ? value : undefined;
}

function share(value) {
  return value >= 0 && value < 1 ? value : undefined;
}

function kept(text) {
  const rows = text.split(";").map((row) => {
    const [rate, rule, beta, ...x] = row.split(",");
    return { rate: READ.rate(rate), rule: READ.rule(rule ?? ""), beta: READ.beta(beta ?? ""), x: point(x.join(",")) };
  });
  const good = rows.every((row) => Object.values(row).every((part) => part !== undefined));
  return good && rows.length <= MOST_KEPT ? rows : undefined;
}

/** { wanted: what was understood, wrong: the keys that were not }. */
export function readState(settings) {
  const wanted = {};
  const wrong = [];
  for (const [key, text] of Object.entries(settings)) {
    const value = Object.hasOwn(READ, key) ? READ[key](text) : undefined;
    if (value === undefined) wrong.push(key.slice(0, 20));
    else wanted[key] = value;
  }
  return { wanted, wrong };
}

/** The same as text. */
export function writeState({ f, x, rate, rule, beta, steps, n, keep, show, box }) {
  const said = { f, x: x.join(","), rate, rule, steps, n };
  if (rule !== "plain") said.beta = beta;
  if (keep.length) said.keep = keep.map((k) => [k.rate, k.rule, k.beta, ...k.x].join(",")).join(";");
  if (show !== "map") said.show = show;
  if (box) said.box = box.join(",");
  return said;
}

export function canKeep(keep) {
  return keep.length < MOST_KEPT;
}
