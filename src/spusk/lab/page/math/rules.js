// The rules by which x moves, number by number as Python has them.

import { facts } from "../core/facts.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {Record<string, number>} Parameters
 *
 * @typedef {object} Rule
 * @property {Record<string, Float64Array>} memory what it carries along
 * @property {(x: Float64Array, slopes: Float64Array, n: number, f: number) => number | null} move moves x in place by
 *   ∇f, f and the step's number, and gives the η it went by; null: no step
 *
 * @typedef {object} Kind
 * @property {(rate: number, size: number, own: Parameters, program: Program) => Rule} start
 * @property {(top: number, own: Parameters) => number} [bound] the largest stable η where the highest curvature is
 *   `top`, as the rule's record in optim/rules.py says it; a rule need not have one
 * @property {(low: number, top: number) => number} [fastest] the η that settles soonest where f curves so
 */

/** @type {Record<string, Kind>} */
const RULES = {
  plain: {
    start: (rate) => ({ memory: {}, move: (x, g) => down(x, g, rate) }),
    bound: (top) => 2 / top,
    fastest: (low, top) => 2 / (low + top),
  },
  falling: { start: (rate, size, { half }) => ({ memory: {}, move: (x, g, n) => down(x, g, rate / (1 + n / half)) }) },
  backtracking: { start: (rate, size, own, program) => ({ memory: {}, move: (x, g, n, f) => backtrack(program, x, g, f, rate) }) },
  momentum: {
    start(rate, size, { beta }) {
      const v = new Float64Array(size);
      return { memory: { v }, move: (x, g) => {
        for (let k = 0; k < size; k++) {
          v[k] = beta * v[k] - rate * g[k];
          x[k] += v[k];
        }
        return rate;
      } };
    },
    bound: (top, { beta }) => (2 * (1 + beta)) / top,
  },
  nesterov: {
    start(rate, size, { beta }) {
      const v = new Float64Array(size);
      return { memory: { v }, move: (x, g) => {
        for (let k = 0; k < size; k++) {
          const push = rate * g[k];
          v[k] = beta * v[k] - push;
          x[k] += beta * v[k] - push;
        }
        return rate;
      } };
    },
    bound: (top, { beta }) => (2 + 2 * beta) / ((1 + 2 * beta) * top),
  },
  adam: { start: adam },
  adamw: { start: adam },
};
/** Their names. */
export const rules = Object.keys(RULES);

/**
 * A rule's own parameters as they are given, else as usual; others that are given are not its.
 * @type {(name: string, given?: Parameters) => Parameters}
 */
function own(name, given) {
  return Object.fromEntries(Object.entries(facts.rules[name]).map(([key, usual]) => [key, given?.[key] ?? usual]));
}

/**
 * The rule of that name for a program.
 * @param {string} name
 * @param {number} rate
 * @param {Program} program
 * @param {Parameters} [parameters]
 */
export function made(name, rate, program, parameters) {
  if (!Object.hasOwn(RULES, name)) throw new RangeError(`rule ${name} is not known`);
  return RULES[name].start(rate, program.n, own(name, parameters), program);
}

/**
 * The largest stable η of a rule where the highest curvature is `top`; null where no theory gives one.
 * @param {string} name
 * @param {number} top
 * @param {Parameters} [parameters]
 */
export function boundOf(name, top, parameters) {
  return RULES[name].bound?.(top, own(name, parameters)) ?? null;
}

/**
 * The η of a rule that settles soonest where f curves from `low` to `top`; null where no theory gives one.
 * @type {(name: string, low: number, top: number) => number | null}
 */
export function fastestOf(name, low, top) {
  return RULES[name].fastest?.(low, top) ?? null;
}

/** @type {(rate: number, size: number, own: Parameters) => Rule} */
function adam(rate, size, { beta1, beta2, epsilon, decay = 0 }) {
  const m = new Float64Array(size);
  const s = new Float64Array(size);
  return { memory: { m, s }, move: (x, g, n) => {
    const [left, right] = [1 - beta1 ** (n + 1), 1 - beta2 ** (n + 1)];
    for (let k = 0; k < size; k++) {
      m[k] = beta1 * m[k] + (1 - beta1) * g[k];
      s[k] = beta2 * s[k] + (1 - beta2) * g[k] * g[k];
      x[k] = (1 - rate * decay) * x[k] - (rate * (m[k] / left)) / (Math.sqrt(s[k] / right) + epsilon);
    }
    return rate;
  } };
}

/** @type {(x: Float64Array, g: Float64Array, rate: number) => number} */
function down(x, g, rate) {
  for (let k = 0; k < x.length; k++) x[k] -= rate * g[k];
  return rate;
}

/**
 * Armijo: the first of η, η/2, η/4, … with f(x − η∇f) ≤ f(x) − c·η·|∇f|².
 * @type {(program: Program, x: Float64Array, g: Float64Array, f: number, rate: number) => number | null}
 */
function backtrack(program, x, g, f, rate) {
  const old = x.slice();
  const { sufficient, halvings } = facts.descent;
  const promise = sufficient * g.reduce((sum, part) => sum + part * part, 0);
  for (let tries = 0; tries < halvings; tries++, rate /= 2) {
    x.set(old);
    down(x, g, rate);
    if (program.value(x) <= f - rate * promise) return rate; // NaN compares false: halve
  }
  x.set(old);
  return null;
}
