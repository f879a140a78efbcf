// What the path did and why, in words.

import { make } from "../core/dom.js";
import { facts } from "../core/facts.js";
import { isPast } from "../math/explain.js";
import { isMinimum } from "../math/kinds.js";
import { boundOf } from "../math/rules.js";
import { distance } from "../math/vector.js";
import { compared, pointText, pretty, rounded } from "./numbers.js";

const FACES = { diverged: "bad", not_finite: "bad" };

export function verdictBox(say, lang) {
  const element = make("section", { class: "verdict panel", id: "verdict", role: "status", "aria-live": "polite", "aria-label": say("surface.verdict") });
  let said = "";
  return {
    element,
    show(model) {
      const text = [what(model, say, lang), because(model, say, lang)];
      element.dataset.outcome = model.path.outcome;
      element.dataset.kind = model.why.kind;
      element.dataset.face = faceOf(model);
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

function faceOf({ path, why }) {
  if (path.outcome === "converged") return isMinimum(why) ? "good" : "bad";
  return FACES[path.outcome] ?? "plain";
}

function what({ path, described, why }, say, lang) {
  const numbers = { n: path.step, norm: path.norms.at(-1) };
  if (why.did === "no_gradient") return say("surface.no_gradient", numbers);
  if (path.outcome !== "converged") return say(`surface.${path.outcome}`, numbers);
  const { kind, point } = why;
  const level = kind === "minimum" || kind === "valley" ? levelOf(described, why) : "";
  const key = isMinimum(why) ? `converged_${level || "minimum"}` : `converged_${kind}`;
  return say(`surface.${key}`, { ...numbers, x: pointText(point.x, lang), value: rounded(path.values.at(-1)) });
}

// What the gallery knows, or else what was seen in the view.
function levelOf({ minima, view }, { level, point }) {
  if (level) return level;
  const width = Math.max(...view.map(([low, high]) => high - low));
  const seen = minima.find(({ x }) => distance(x, point.x) <= facts.descent.near * width);
  return seen ? (seen.global ? "global" : "local") : "";
}

function because(model, say, lang) {
  const { path, state, why, described } = model;
  const { rate, rule } = state;
  const facing = { value: rounded(why.value), growth: why.growth ?? 0 };
  if (!isMinimum(why)) return say(`surface.why_${why.further ? onward(why.further) : why.kind}`, facing);
  if (rule === "falling") return falling(path, state, why, say, lang);
  if (why.bound === null) return unbounded(state, why, say);
  const within = !isPast(rate, 1 / why.top); // it jumps over a bottom only on curved ways
  [facing.rate, facing.bound, facing.step] = compared(rate, [why.bound, 1 / why.top], lang);
  if (why.did === "diverged_growing") return say(rule === "plain" ? "surface.why_growing" : "surface.why_rule_growing", facing);
  const where = why.axis >= 0 && described.names.length > 1 ? pretty(described.names[why.axis]) : null;
  const numbers = { ...facing, where };
  if (rule !== "plain") return say(`surface.why_${why.past ? "rule_past" : "rule_below"}`, numbers);
  if (why.past) return say(path.outcome === "converged" ? "surface.why_past_settled" : "surface.why_past", numbers);
  if (path.outcome in FACES || path.outcome === "oscillating") return say("surface.why_steeper", numbers);
  if (path.outcome === "out_of_steps" && !why.zigzag) return say("surface.why_slow", numbers);
  if (why.zigzag === within) return say("surface.why_within", numbers);
  return say(within ? "surface.why_below" : where ? "surface.why_zigzag_in" : "surface.why_zigzag", numbers);
}

// Without a bound: what there is to say of the rule itself, or why there is none.
function unbounded({ rule, rate }, { top, kind }, say) {
  const own = `surface.why_${rule}`;
  if (say.knows(own)) return say(own, { rate });
  if (kind === "kink") return say("surface.why_kink");
  return say(top > 0 ? "surface.why_own" : "surface.why_degenerate");
}

const onward = (further) => (isMinimum(further) ? "further" : further.kind);

// With a rate that falls: the first step that went below the bound.
function falling({ step }, { rate, half }, { top }, say, lang) {
  const by = (n) => rate / (1 + (n - 1) / half);
  const numbers = { rate, last: by(Math.max(step, 1)), bound: boundOf("plain", top), n: 1 };
  if (!(top > 0)) return say("surface.why_falling", numbers);
  while (numbers.n <= step && isPast(by(numbers.n), numbers.bound)) numbers.n++;
  [numbers.last, numbers.bound] = compared(numbers.last, [numbers.bound], lang);
  return say(numbers.n <= step ? "surface.why_falling_below" : "surface.why_falling_above", numbers);
}
