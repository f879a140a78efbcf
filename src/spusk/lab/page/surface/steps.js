// This step of the rule with its numbers filled in.

import { make, scrolling } from "../dom.js";
import { written } from "../words.js";
import { rounded } from "./numbers.js";
import { broken, el, math, slope, variable } from "./math.js";

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
  const at = (k) => Array.from(path.points.subarray(k * dim, (k + 1) * dim));
  if (n === 0) {
    return [make("p", { class: "faint" }, say("surface.at_start")), ...described.names.map((name, k) =>
      math(power(name, 0), el("mo", "="), number(at(0)[k])))];
  }
  const [old, now] = [at(n - 1), at(n)];
  const slopes = program.gradient(Float64Array.from(old));
  if (state.rule !== "plain") return otherRule({ number, old, now, n, described, state, say });
  return described.names.map((name, k) => broken(
    [power(name, n), el("mo", "="), power(name, n - 1), el("mo", "−"), el("mi", "η"), el("mo", "·"), slope(name, dim)],
    [el("mo", "="), number(old[k]), el("mo", "−"), number(state.rate), el("mo", "·"), bracketed(slopes[k], number)],
    [el("mo", "="), number(now[k])]));
}

// The other rules carry a memory along: shown is how far it moved x.
function otherRule({ number, old, now, n, described, state, say }) {
  return [make("p", { class: "faint small" }, say(`surface.rule_${state.rule}`)), ...described.names.map((name, k) => broken(
    [power(name, n), el("mo", "="), power(name, n - 1), el("mo", "+"), el("mi", "Δ"), variable(name)],
    [el("mo", "="), number(old[k]), el("mo", "+"), bracketed(now[k] - old[k], number)],
    [el("mo", "="), number(now[k])]))];
}

const power = (name, n) =>
  el("msup", variable(name), el("mrow", el("mo", "("), el("mn", String(n)), el("mo", ")")));

const bracketed = (value, number) =>
  value < 0 ? el("mrow", el("mo", "("), number(value), el("mo", ")")) : number(value);
