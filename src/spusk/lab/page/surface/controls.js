// Rate, rule and steps. The rate's slider is logarithmic; the bound of the rule is marked on it.

import { make } from "../core/dom.js";
import { facts } from "../core/facts.js";
import { boundMark } from "../core/mark.js";
import { cut, written } from "../core/words.js";
import { eigen } from "../math/eigen.js";
import { boundOf } from "../math/rules.js";
import { fieldText, typed } from "./numbers.js";
import { LEAST, RULES, parametersOf } from "./state.js";

const STOPS = 1000; // of the slider
const BELOW = 200; // the slider begins so far below the least bound
const ABOVE = 4; // and ends so far above the highest

/** `change(part of the state)` is called with what the user moved. */
export function controls(say, lang, change, keep) {
  let range = { low: 1e-3, high: 1 };
  const share = (rate) => Math.log(rate / range.low) / Math.log(range.high / range.low);
  const rateAt = (stop) => Number((range.low * (range.high / range.low) ** (stop / STOPS)).toPrecision(3));
  const slider = make("input", {
    type: "range", id: "rate", min: 0, max: STOPS, step: 1, "aria-label": say("surface.rate"),
    oninput: () => change({ rate: rateAt(Number(slider.value)) }),
  });
  const field = number("rate-number", say("surface.rate"), (rate) => rate > 0 && rate <= facts.limits.rate && change({ rate }));
  const mark = boundMark();
  const rule = make("select", { id: "rule", onchange: () => change({ rule: rule.value }) },
    RULES.map((name) => make("option", { value: name }, say(`rules.${name}`))));
  const isShare = (value) => value >= 0 && value < 1;
  const isPositive = (value) => value >= LEAST && value <= facts.limits.rate;
  const own = Object.entries({ beta: isShare, beta2: isShare, epsilon: isPositive, decay: isShare, half: isPositive }).map(([name, good]) => {
    const input = number(name, say(`surface.${name}_label`), (value) => good(value) && change({ [name]: value }));
    const text = make("span", { "aria-hidden": "true" });
    return { name, input, text, row: make("label", { class: "row", hidden: true }, text, input) };
  });
  const steps = number("steps", say("surface.steps"), (value) =>
    Number.isInteger(value) && value >= 1 && value <= facts.limits.steps && change({ steps: value, n: value }));
  const labelled = (text, control, ...more) => make("label", { class: "row" }, make("span", {}, text), control, ...more);
  const element = make("section", { class: "controls panel", "aria-label": say("surface.controls") },
    make("div", { class: "rate" }, make("label", { for: "rate" }, say("surface.rate")), field,
      make("div", { class: "track" }, slider, mark.element)),
    make("div", { class: "rows" }, labelled(say("surface.rule"), rule), own.map(({ row }) => row), labelled(say("surface.steps"), steps), keep));

  function number(id, label, accept) {
    const input = make("input", { type: "text", id, inputmode: "decimal", "aria-label": label, autocomplete: "off" });
    input.addEventListener("change", () => {
      accept(typed(input.value));
      input.value = input.dataset.last; // what was no such number is gone again
    });
    return input;
  }

  function put(input, value) {
    input.dataset.last = fieldText(value, lang);
    if (input !== document.activeElement) input.value = input.dataset.last;
  }

  return {
    element,
    begin: (described, program) => (range = rangeOf(described, program)),
    nudge: (rate, way) => Number(Math.min(Math.max(rate * 10 ** (way * 0.025), LEAST), facts.limits.rate).toPrecision(3)),
    show({ state, why }) {
      slider.value = String(Math.round(STOPS * share(state.rate)));
      slider.setAttribute("aria-valuetext", written(state.rate, lang));
      put(field, state.rate);
      for (const { name, input, text, row } of own) {
        put(input, state[name]);
        text.textContent = say(`surface.${name === "beta" && "beta1" in facts.rules[state.rule] ? "beta1" : name}`);
        row.hidden = !parametersOf(state.rule).includes(name);
      }
      put(steps, state.steps);
      rule.value = state.rule;
      const marked = `surface.mark_${state.rule}`;
      mark.put(why.bound === null ? -1 : share(why.bound),
        () => (say.knows(marked) ? say(marked, { bound: cut(why.bound) }) : written(cut(why.bound), lang)));
    },
  };
}

// From far below every bound of every rule to above the highest.
function rangeOf({ minima, rate, bound }, program) {
  const tops = minima.map(({ x }) => eigen(program.hessian(x), program.n).top);
  const bounds = tops.filter((top) => top > 0).map((top) => boundOf("plain", top));
  const all = [...bounds, bound, rate].filter((value) => value > 0 && Number.isFinite(value));
  const decade = (value, round) => 10 ** (round(2 * Math.log10(value)) / 2);
  return { low: decade(Math.min(...all) / BELOW, Math.floor), high: decade(Math.max(...all) * ABOVE, Math.ceil) };
}
