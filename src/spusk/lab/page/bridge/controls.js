// Labelled controls: a slider (plain or logarithmic), a choice, a button.

import { make } from "../core/dom.js";
import { boundMark } from "../core/mark.js";
import { written } from "../core/words.js";

let count = 0;

/**
 * A slider from low to high; `log` moves by powers of ten. `set(value)` moves it silently; `mark(bound,
 * words)`, where it is `marked`, shows a bound on it.
 */
export function slider({ label, lang, low, high, value, log = false, step = log ? 0.01 : 1, marked = false, onchange, shown = (now) => written(now, lang) }) {
  const [to, from] = log ? [Math.log10, (x) => Number((10 ** x).toPrecision(3))] : [Number, Number];
  const id = `bridge-${++count}`;
  const input = make("input", { type: "range", id, min: to(low), max: to(high), step });
  const output = make("output", { for: id });
  const write = (now) => {
    const text = shown(now);
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  function set(now) {
    input.value = String(to(now));
    write(now);
  }
  input.addEventListener("input", () => {
    const now = from(Number(input.value));
    write(now);
    onchange(now);
  });
  set(value);
  const name = make("label", { for: id }, label);
  const move = (steps) => {
    input.value = String(Number(input.value) + steps * (log ? 0.1 : 1));
    input.dispatchEvent(new Event("input"));
  };
  const bound = boundMark();
  const mark = (at, words) => bound.put((to(at) - to(low)) / (to(high) - to(low)), words);
  const track = marked ? make("div", { class: "track" }, input, bound.element) : input;
  return { element: make("div", { class: "slider" }, name, track, output), input, set, move, mark };
}

/** A choice of names; `options` are [value, text]. */
export function choice({ label, options, value, onchange }) {
  const id = `bridge-${++count}`;
  const select = make("select", { id, onchange: () => onchange(select.value) },
    options.map(([name, text]) => make("option", { value: name, selected: name === value }, text)));
  return { element: make("div", { class: "choice" }, make("label", { for: id }, label), select), select };
}

export function button(label, onclick, kind = "plain", attributes = {}) {
  return make("button", { type: "button", class: kind, onclick, ...attributes }, label);
}

/** A button of one sign of style.css, its words in a label. */
export function sign(name, label, onclick, kind = "plain") {
  return button("", onclick, kind, { "data-sign": name, "aria-label": label, title: label });
}
