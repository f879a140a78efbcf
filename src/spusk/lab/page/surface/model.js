// From a state to everything that is drawn: the path, the kept ones, and why they did so.

import { descend } from "../descent.js";
import { fitting } from "./seen.js";
import { SERIES } from "./series.js";
import { PLANAR } from "./state.js";
import { explain } from "./why.js";

const ENOUGH = 2000; // steps that are tried to see how many a first picture needs
const NICE = [50, 100, 200, 500, 1000, 2000];

/** The path of a state's settings. */
export function pathOf(program, { x, rate, rule, beta, steps }) {
  const parameters = rule === "adam" ? { beta1: beta } : { beta };
  return descend(program, x, { rate, rule, steps, parameters });
}

/** A state with nothing missing: what is wanted where it fits the function, else its scene. */
export function completed(wanted, described, program) {
  const fits = (x) => x && x.length === program.n;
  const state = {
    f: described.name ?? described.formula,
    x: fits(wanted.x) ? wanted.x : described.start,
    rate: wanted.rate ?? described.rate,
    rule: wanted.rule ?? "plain",
    beta: wanted.beta ?? 0.9,
    keep: (wanted.keep ?? []).filter(({ x }) => fits(x)),
    show: PLANAR.includes(wanted.show) && program.n < 2 ? "map" : (wanted.show ?? "map"),
    box: fitting(wanted.box, described.view),
  };
  state.steps = wanted.steps ?? enough(program, state);
  state.n = wanted.n ?? state.steps;
  return state;
}

function enough(program, state) {
  const { outcome, step } = pathOf(program, { ...state, steps: ENOUGH });
  if (outcome !== "converged") return outcome === "out_of_steps" ? ENOUGH : 200;
  return NICE.find((steps) => steps >= step) ?? ENOUGH;
}

const walked = new WeakMap(); // kept paths stay while a slider moves

function keptPath(program, settings, steps) {
  const known = walked.get(settings);
  if (known?.program === program && known.steps === steps) return known.path;
  const path = pathOf(program, { ...settings, steps });
  walked.set(settings, { program, steps, path });
  return path;
}

/** All that is drawn of a state. */
export function modelOf(state, described, program) {
  const path = pathOf(program, state);
  const kept = state.keep.map((settings, k) => ({
    settings, colour: SERIES[k], path: keptPath(program, settings, state.steps),
  }));
  return {
    state, described, program, path, kept,
    view: state.box ?? described.view,
    n: Math.min(state.n, path.step), last: path.step,
    floor: floorOf(described.minima, [path, ...kept.map((one) => one.path)]),
    why: explain(program, described.minima, path, state),
  };
}

// The minimum that f − min is measured from; null where f falls below every minimum that is known.
function floorOf(minima, paths) {
  const known = Math.min(...minima.map((minimum) => minimum.value));
  const seen = Math.min(...paths.map(({ values }) => values.reduce((low, v) => (v < low ? v : low), Infinity)));
  return seen >= known - 1e-6 * (1 + Math.abs(known)) ? Math.min(known, seen) : null;
}
