// What the view shows, as text for the address and back. The address comes from strangers.

import { facts } from "../core/facts.js";

export const RULES = Object.keys(facts.rules);
// β stands for Adam's β₁ too: who changes the rule keeps it
const named = (name) => (name === "beta1" ? "beta" : name);
const PARAMETERS = Object.fromEntries(RULES.map((rule) => [rule, Object.keys(facts.rules[rule]).map(named)]));
/** What the parameters are where nothing else is said. */
export const DEFAULTS = Object.fromEntries(RULES.flatMap((rule) =>
  Object.entries(facts.rules[rule]).map(([name, value]) => [named(name), value])));
/** What a rule takes beside η. */
export const parametersOf = (rule) => PARAMETERS[rule];
// a kept row has a place for them all the same where a rule takes none
const packedOf = (rule) => (PARAMETERS[rule]?.length ? PARAMETERS[rule] : ["beta"]);
export const LEAST = 1e-12; // of all that must be positive
export const TABS = ["map", "relief", "basins", "escape"];
export const PLANAR = ["relief", "basins"]; // those that need two variables

const number = (text) => (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : NaN);
const finite = (value) => Number.isFinite(value) && Math.abs(value) <= facts.limits.far;
const whole = (text) => (/^\d{1,6}$/.test(text) ? Number(text) : NaN);

// Each reader gives undefined for what it does not understand.
const READ = {
  f: (text) => (text.trim() && text.length <= facts.limits.formula ? text : undefined),
  x: point,
  rate: (text) => positive(number(text)),
  rule: (text) => (RULES.includes(text) ? text : undefined),
  beta: (text) => share(number(text)),
  beta2: (text) => share(number(text)),
  epsilon: (text) => positive(number(text)),
  decay: (text) => share(number(text)),
  half: (text) => positive(number(text)),
  steps: (text) => (whole(text) >= 1 && whole(text) <= facts.limits.steps ? whole(text) : undefined),
  n: (text) => (whole(text) <= facts.limits.steps ? whole(text) : undefined),
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
  return value >= LEAST && value <= facts.limits.rate ? value : undefined;
}

function share(value) {
  return value >= 0 && value < 1 ? value : undefined;
}

// η, rule, its parameters with ~ between them, x
function kept(text) {
  const rows = text.split(";").map((row) => {
    const [rate, rule, own = "", ...x] = row.split(",");
    const parts = own.split("~");
    const names = packedOf(RULES.includes(rule) ? rule : "plain");
    const parameters = names.map((name, k) => [name, k < parts.length ? READ[name](parts[k]) : DEFAULTS[name]]);
    const many = parts.length > names.length ? undefined : true;
    return { rate: READ.rate(rate), rule: READ.rule(rule ?? ""), x: point(x.join(",")), many, ...Object.fromEntries(parameters) };
  });
  const good = rows.every((row) => Object.values(row).every((part) => part !== undefined));
  return good && rows.length <= facts.limits.kept ? rows.map(({ many: _, ...row }) => ({ ...DEFAULTS, ...row })) : undefined;
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
export function writeState({ f, x, rate, rule, steps, n, keep, show, box, ...own }) {
  const said = { f, x: x.join(","), rate, rule, steps, n };
  for (const name of parametersOf(rule)) said[name] = own[name];
  if (keep.length) said.keep = keep.map((k) => [k.rate, k.rule, packed(k), ...k.x].join(",")).join(";");
  if (show !== "map") said.show = show;
  if (box) said.box = box.join(",");
  return said;
}

// Parameters as a kept row has them: those at the end that are the usual ones go without saying.
function packed(settings) {
  const [first, ...more] = packedOf(settings.rule);
  const usual = more.every((name) => settings[name] === DEFAULTS[name]);
  return [first, ...(usual ? [] : more)].map((name) => settings[name]).join("~");
}

export function canKeep(keep) {
  return keep.length < facts.limits.kept;
}
