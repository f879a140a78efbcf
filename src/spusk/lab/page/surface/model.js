// From a state to everything that is drawn: the path, the kept ones, and why they did so.

import { facts } from "../core/facts.js";
import { SERIES } from "../core/series.js";
import { descend } from "../math/descent.js";
import { explain } from "../math/explain.js";
import { fitting } from "../math/view_box.js";
import { DEFAULTS, PLANAR } from "./state.js";

const ENOUGH = 2000; // steps that are tried to see how many a first picture needs
const NICE = [50, 100, 200, 500, 1000, 2000];

/** Settings as descent.js takes them. */
export function optionsOf({ rate, rule, steps, beta, beta2, epsilon, decay, half }) {
  return { rate, rule, steps, parameters: { beta, beta1: beta, beta2, epsilon, decay, half } };
}

/** The path of a state's settings. */
export function pathOf(program, state) {
  return descend(program, state.x, optionsOf(state));
}

/** Whether a function can be seen in this way. */
export function offers(show, { program, described }) {
  if (show === "escape") return described.minima.some((minimum) => !minimum.global);
  return program.n === 2 || !PLANAR.includes(show);
}

/** { state: with nothing missing, what is wanted where it fits the function, else its scene; dropped: what did not fit }. */
export function completed(wanted, described, program) {
  const isPoint = ({ x }) => x.length === program.n;
  const fits = {
    x: !wanted.x || isPoint(wanted),
    keep: !wanted.keep || wanted.keep.every(isPoint),
    show: !wanted.show || offers(wanted.show, { program, described }),
    box: !wanted.box || fitting(wanted.box, described.view) !== undefined,
  };
  const dropped = Object.keys(fits).filter((part) => !fits[part]);
  const taken = Object.fromEntries(Object.entries(wanted).filter(([part]) => !dropped.includes(part)));
  const state = {
    x: described.start, rate: described.rate, rule: "plain", ...DEFAULTS, steps: undefined, n: undefined, show: "map", keep: [], ...taken,
    f: described.name ?? described.formula,
    box: fitting(taken.box, described.view),
  };
  if (dropped.includes("keep")) state.keep = wanted.keep.filter(isPoint);
  state.steps ??= enough(program, state);
  state.n ??= state.steps;
  return { state, dropped };
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
    why: explain(program, galleryMinima(described), path, optionsOf(state)),
  };
}

// The minima that `spusk descend` knows too: the gallery's. Those of a typed formula were only searched for in its view.
const galleryMinima = ({ name, minima }) => (name ? minima : []);

// The minimum that f − min is measured from; null where f falls below every minimum that is known.
function floorOf(minima, paths) {
  const known = Math.min(...minima.map((minimum) => minimum.value));
  const seen = Math.min(...paths.map(({ values }) => values.reduce((low, v) => (v < low ? v : low), Infinity)));
  return seen >= known - facts.descent.same * (1 + Math.abs(known)) ? Math.min(known, seen) : null;
}
