// The field for a formula, what was wrong with it, and the function as mathematics.

import { make, scrolling } from "../dom.js";
import { broken, el, pieces, slope, variable } from "./math.js";

/** `draw(text)` reads a formula. */
export function formulaField(say, lang, draw) {
  const input = make("input", {
    type: "text", id: "formula", spellcheck: "false", autocapitalize: "off", autocomplete: "off",
    maxlength: 500, "aria-describedby": "formula-wrong",
  });
  const complaint = make("p", { id: "formula-wrong", class: "wrong small", role: "alert", hidden: true });
  const shown = scrolling(make("div", { class: "maths", "aria-label": say("surface.function_label"), role: "group" }));
  const form = make("form", {}, make("label", { for: "formula" }, "f ="), input,
    make("button", { id: "draw" }, say("surface.draw")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    draw(input.value);
  });
  return {
    form, complaint, shown,
    busy(is) { form.setAttribute("aria-busy", is); },
    /** The picture stays as it was; the sentence says why, and the place is marked. */
    wrong(text, { message, place }) {
      input.setAttribute("aria-invalid", "true");
      complaint.replaceChildren(...marked(text, place), message);
      complaint.hidden = false;
      if (place !== null && document.activeElement === input) input.setSelectionRange(place, place + 1);
    },
    show({ formula, names, mathml }) {
      input.value = formula;
      input.removeAttribute("aria-invalid");
      complaint.hidden = true;
      const of = el("mrow", el("mi", "f"), el("mo", "("), ...names.flatMap((name, k) =>
        k ? [el("mo", ","), variable(name)] : [variable(name)]), el("mo", ")"));
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
