// This step of the rule with its numbers filled in.

import { make, scrolling } from "../core/dom.js";
import { written } from "../core/words.js";
import { replayed } from "../math/descent.js";
import { FIRST, LINES, bare, power, sign } from "./lines.js";
import { bracket, el, math, slope, variable } from "./math.js";
import { optionsOf } from "./model.js";
import { rounded } from "./numbers.js";

export function stepFormula(say, lang) {
  const lines = scrolling(make("div", { class: "lines", role: "group", "aria-label": say("surface.show_formula") }));
  const element = make("details", { class: "panel step", open: true },
    make("summary", {}, say("surface.show_formula")), lines);
  return {
    element,
    show(model) {
      if (element.open) lines.replaceChildren(...linesOf(model, say, lang));
    },
    onopen(again) { element.addEventListener("toggle", again); },
  };
}

function linesOf({ n, path, program, described, state }, say, lang) {
  const dim = program.n;
  const number = (value) => el("mn", written(rounded(value, 4), lang, 4));
  // after a sign of its own a negative number stands in brackets
  const held = (value) => (value < 0 ? el("mrow", bracket("("), number(value), bracket(")")) : number(value));
  const at = (k) => Array.from(path.points.subarray(k * dim, (k + 1) * dim));
  if (n === 0) {
    return [make("p", { class: "faint" }, say("surface.at_start")), ...described.names.map((name, k) =>
      math(power(variable(name), 0), sign("="), number(at(0)[k])))];
  }
  const step = replayed(program, path.points, n, optionsOf(state));
  const [old, now] = [at(n - 1), at(n)];
  const whole = { n, state, number, held, rate: step.step };
  const line = LINES[state.rule] ?? bare;
  return [...(FIRST[state.rule]?.(whole) ?? []), ...described.names.flatMap((name, k) => line({
    ...whole, x: variable(name), slope: slope(name, dim), g: step.slopes[k], old: old[k], now: now[k],
    symbol: (letter) => (dim > 1 ? el("msub", el("mi", letter), el("mn", String(k + 1))) : el("mi", letter)),
    before: (letter) => step.before[letter][k],
    after: (letter) => step.after[letter][k],
  }))];
}
