// Several rates or rules at once: paths that are kept, each with a colour and its verdict.

import { make } from "../core/dom.js";
import { canKeep } from "./state.js";
import { short } from "./verdict.js";

/** `add()` keeps the present path, `drop(k)` forgets one, `clear()` all. */
export function keeper(say, { add, drop, clear }) {
  const chips = make("ul", { class: "chips" });
  const more = make("button", { type: "button", id: "keep", onclick: add }, say("surface.keep"));
  const less = make("button", { type: "button", id: "clear", class: "quiet", onclick: () => { clear(); more.focus(); } }, say("surface.clear"));
  return {
    button: more,
    element: make("section", { class: "keeper", hidden: true, "aria-label": say("surface.several") }, chips, less),
    show({ kept, state }) {
      more.disabled = !canKeep(state.keep);
      less.parentElement.hidden = !kept.length;
      chips.replaceChildren(...kept.map((one, k) => chip(one, k)));
    },
  };

  function chip(one, k) {
    const dot = make("span", { class: "dot", "aria-hidden": "true" });
    dot.style.background = one.colour;
    const rule = one.settings.rule === "plain" ? "" : `${say(`rules.${one.settings.rule}`)}, `;
    return make("li", { class: "small" }, dot, `${rule}${short(one, say)}`,
      make("button", { type: "button", class: "quiet", "aria-label": say("surface.drop", { rate: one.settings.rate }), onclick: () => { drop(k); more.focus(); } }, "×"));
  }
}
