// The field for a formula, what was wrong with it, and the function as mathematics.

import { make, scrolling } from "../core/dom.js";
import { facts } from "../core/facts.js";
import { bracket, broken, el, pieces, slope, variable } from "./math.js";

/** `draw(text)` reads a formula; `edited()`: what is read meanwhile is wanted no more. */
export function formulaField(say, lang, draw, edited) {
  const input = make("input", {
    type: "text", id: "formula", spellcheck: "false", autocapitalize: "off", autocomplete: "off",
    maxlength: facts.limits.formula, "aria-describedby": "formula-wrong",
  });
  const complaint = make("p", { id: "formula-wrong", class: "small", role: "alert", hidden: true });
  const shown = scrolling(make("div", { class: "maths", "aria-label": say("surface.function_label"), role: "group" }));
  const form = make("form", {}, make("label", { for: "formula" }, "f ="), input,
    make("button", { id: "draw" }, say("surface.draw")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    draw(input.value);
  });
  input.addEventListener("input", edited);

  function tell(...parts) {
    complaint.replaceChildren(...parts);
    complaint.hidden = false;
  }

  function mark(wrong) {
    wrong ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
    complaint.classList.toggle("wrong", wrong);
  }

  return {
    form, complaint, shown,
    busy(is) { form.setAttribute("aria-busy", is); },
    /** There is no answer yet; the formula itself may be right. */
    waiting(text, message) {
      input.value = text;
      mark(false);
      tell(message);
    },
    /** Nothing is waited for any more; what was wrong is still to be read. */
    rest() {
      if (!complaint.classList.contains("wrong")) complaint.hidden = true;
    },
    /** The picture stays as it was; the sentence says why, and the place is marked. */
    wrong(text, { message, place }) {
      input.value = text;
      mark(true);
      tell(...marked(text, place), message);
      if (place !== null && document.activeElement === input) input.setSelectionRange(place, place + 1);
    },
    /** What was wrong with the address, beside another function. */
    remind(why) {
      complaint.classList.add("wrong");
      tell(...why);
    },
    why: () => [...complaint.cloneNode(true).childNodes],
    show({ formula, names, mathml }) {
      input.value = formula;
      mark(false);
      complaint.hidden = true;
      const of = el("mrow", el("mi", "f"), bracket("("), ...names.flatMap((name, k) =>
        k ? [el("mo", ","), variable(name)] : [variable(name)]), bracket(")"));
      const lines = [[of, mathml.f], ...names.map((name, k) => [slope(name, names.length), mathml.slopes[k]])];
      shown.replaceChildren(...lines.map(([left, right]) => {
        const [first, ...more] = pieces(right, lang);
        return broken([left, el("mo", "="), ...first], ...more);
      }));
    },
  };
}

// The text with the place where reading stopped; a place past its end is marked as a gap.
function marked(text, place) {
  if (place === null || !text) return [];
  const at = Math.min(Math.max(place, 0), text.length);
  const mark = make("mark", {}, text.slice(at, at + 1) || "\u00a0");
  return [make("code", {}, text.slice(0, at), mark, text.slice(at + 1)), make("br")];
}
