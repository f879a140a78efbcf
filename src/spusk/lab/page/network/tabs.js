// Curves · Weights · Mistakes: one picture at a time, chosen by press or arrow.

import { make } from "../core/dom.js";

export function tabs({ say }, panes, first, changed) {
  const names = Object.keys(panes);
  let chosen = names.includes(first) ? first : names[0];
  const note = make("p", { class: "empty faint" });
  const marks = names.map((name) => make("button", { type: "button", role: "tab", id: `n-tab-${name}`, "aria-controls": "n-panel",
    onclick: () => choose(name) }, say(`network.tab_${name}`)));
  const element = make("div", { class: "tabs", role: "tablist", "aria-label": say("network.pictures"), onkeydown: move }, marks);
  const panel = make("div", { class: "picture", role: "tabpanel", id: "n-panel" }, Object.values(panes).map((pane) => pane.element), note);

  function choose(name, quiet) {
    chosen = name;
    names.forEach((each, i) => {
      marks[i].setAttribute("aria-selected", String(each === name));
      marks[i].tabIndex = each === name ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `n-tab-${name}`);
    if (!quiet) changed();
  }

  function move(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    choose(names.at((names.indexOf(chosen) + by) % names.length));
    marks[names.indexOf(chosen)].focus();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Shows the pane, or, while there is nothing to show, a sentence that says why. */
  function empty(why) {
    names.forEach((name) => (panes[name].element.hidden = Boolean(why) || name !== chosen));
    note.hidden = !why;
    if (why && note.textContent !== why) note.textContent = why;
  }

  choose(chosen, true);
  return { element, panel, empty, chosen: () => chosen };
}
