// What the path did and why, in words.

import { make } from "../core/dom.js";
import { facts } from "../core/facts.js";
import { isPast, nearest } from "../math/explain.js";
import { boundOf } from "../math/rules.js";
import { pointText, pretty, rounded } from "./numbers.js";

const FACES = { converged: "good", diverged: "bad", not_finite: "bad" };

export function verdictBox(say, lang) {
  const element = make("section", { class: "verdict panel", id: "verdict", role: "status", "aria-live": "polite", "aria-label": say("surface.verdict") });
  let said = "";
  return {
    element,
    show(model) {
      const text = [what(model, say, lang), because(model, say)];
      element.dataset.outcome = model.path.outcome;
      element.dataset.face = FACES[model.path.outcome] ?? "plain";
      if (text.join(" ") === said) return; // a screen reader would say it again
      said = text.join(" ");
      element.replaceChildren(make("strong", {}, text[0]), " ", text[1]);
    },
  };
}

/** One line for a path that is kept. */
export function short({ path, settings }, say) {
  return say(`surface.short_${path.outcome}`, { n: path.step, rate: settings.rate });
}

function what({ path, program, described }, say, lang) {
  const numbers = { n: path.step, norm: path.norms.at(-1) };
  if (path.outcome !== "converged") return say(`surface.${path.outcome}`, numbers);
  const width = Math.max(...described.view.map(([low, high]) => high - low));
  const end = path.points.subarray(path.step * program.n);
  const minimum = nearest(/** @type {{x: number[], global: boolean}[]} */ (described.minima), end);
  const kind = minimum?.gap <= facts.descent.near * width ? (minimum.global ? "global" : "local") : "still";
  const x = kind === "still" ? end : minimum.x;
  return say(`surface.converged_${kind}`, { ...numbers, x: pointText(x, lang), value: rounded(path.values.at(-1)) });
}

function because({ path, state, why, described }, say) {
  if (state.rule === "falling") return falling(path, state, why, say);
  if (why.bound === null) return unbounded(state, why, say);
  const where = why.axis >= 0 && described.names.length > 1 ? pretty(described.names[why.axis]) : null;
  const numbers = { rate: state.rate, bound: why.bound, step: 1 / why.top, where };
  if (state.rule !== "plain") return say(`surface.why_${why.side === "past" ? "rule_past" : "rule_below"}`, numbers);
  if (why.side === "below" && path.outcome === "converged") return say("surface.why_below", numbers);
  if (why.side === "below") return say(path.outcome === "out_of_steps" ? "surface.why_slow" : "surface.why_steeper", numbers);
  if (why.side === "past") return say(path.outcome === "converged" ? "surface.why_past_settled" : "surface.why_past", numbers);
  if (path.outcome === "diverged" || path.outcome === "oscillating") return say("surface.why_steeper", numbers);
  return say(where ? "surface.why_zigzag_in" : "surface.why_zigzag", numbers);
}

// Without a bound: what there is to say of the rule itself, or why there is none.
function unbounded({ rule, rate }, { why }, say) {
  const own = `surface.why_${rule}`;
  if (say.knows(own)) return say(own, { rate });
  return say(why ? "surface.why_none" : "surface.why_own");
}

// With a rate that falls: the first step that went below the bound.
function falling({ step }, { rate, half }, { top }, say) {
  const by = (n) => rate / (1 + (n - 1) / half);
  const numbers = { rate, last: by(Math.max(step, 1)), bound: boundOf("plain", top), n: 1 };
  if (!(top > 0)) return say("surface.why_falling", numbers);
  while (numbers.n <= step && isPast(by(numbers.n), numbers.bound)) numbers.n++;
  return say(numbers.n <= step ? "surface.why_falling_below" : "surface.why_falling_above", numbers);
}
