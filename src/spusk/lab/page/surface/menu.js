// The gallery: first the pictures of the lecture, then every function that is known.

import { make } from "../core/dom.js";
import { facts } from "../core/facts.js";
import { offline } from "../core/offline.js";
import { want } from "../core/wanted.js";
import { gallery } from "./source.js";
import { DEFAULTS } from "./state.js";

// Each is a whole state of the view, or the name of a training's preset.
const PICTURES = {
  picture_path: { f: "lecture" },
  picture_rates: {
    f: "lecture", x: [0, 0], rate: 0.52, rule: "plain", steps: 100, n: 100, show: "map",
    keep: [0.02, 0.2, 0.45].map((rate) => ({ ...DEFAULTS, rate, rule: "plain", x: [0, 0] })),
  },
  picture_escape: {
    f: "escape", x: [5], rate: 1, rule: "plain", steps: 100, n: 100, show: "map",
    keep: [{ ...DEFAULTS, rate: 0.1, rule: "plain", x: [5] }],
  },
  picture_network: "small",
  picture_size: "lecture",
};

/** Shows the network view, which starts the training by itself. */
function train(preset) {
  want(preset);
  location.hash = `network&${Object.entries(facts.presets[preset]).map((pair) => pair.join("=")).join("&")}`;
}

/** The pictures that can be shown here: [key, what shows it]. */
const pictures = (choose) => Object.entries(PICTURES).filter(([, picture]) => !offline || typeof picture !== "string")
  .map(([key, picture]) => [key, () => (typeof picture === "string" ? train(picture) : choose(picture))]);

/** The same pictures in sight, for who has not yet found the gallery. */
export function lecture(say, choose) {
  return make("div", { class: "lecture small", role: "group", "aria-label": say("surface.pictures") },
    make("span", { class: "faint", "aria-hidden": "true" }, `${say("surface.pictures")}:`),
    pictures(choose).map(([key, onclick]) =>
      make("button", { type: "button", class: "quiet", "data-picture": key, onclick }, say(`surface.${key}`))));
}

/** `choose(state)` shows a picture or a function of the gallery. */
export function menu(say, choose) {
  const list = make("div", { class: "list" });
  const element = make("details", { class: "menu" }, make("summary", { id: "gallery" }, say("surface.gallery")), list);
  const close = () => (element.open = false);
  const outside = (event) => element.contains(event.target) || close();
  document.addEventListener("pointerdown", outside);
  element.addEventListener("keydown", (event) => {
    if (event.code !== "Escape") return;
    close();
    element.querySelector("summary").focus();
  });
  const item = (id, label, note, onclick) =>
    make("button", { type: "button", class: "quiet", "data-item": id, onclick: () => (close(), onclick()) },
      make("span", {}, label), note && make("span", { class: "faint small" }, note));
  const group = (title, items) => make("section", {}, make("h2", { class: "faint small" }, title), items);

  list.append(group(say("surface.pictures"), pictures(choose).map(([key, show]) => item(key, say(`surface.${key}`), null, show))));

  const state = make("p", { class: "faint small", role: "status" });
  list.append(state);
  let filling = false;

  /** Asks for the gallery until it has come: at first, then each time the list is opened. */
  async function fill() {
    if (filling) return;
    filling = true;
    state.textContent = say("page.loading");
    try {
      const entries = await gallery();
      const of = (n) => entries.filter(({ view }) => view.length === n).map(row);
      state.replaceWith(group(say("surface.two_variables"), of(2)), group(say("surface.one_variable"), of(1)));
    } catch {
      state.textContent = say("surface.no_gallery");
      filling = false;
    }
  }
  // a function that is in a file for its own sake has its formula for a name
  const row = ({ name, formula }) => item(name, formula ? say(`surface.name_${name}`) : name, formula, () => choose({ f: name }));
  element.addEventListener("toggle", () => element.open && fill());

  return { element, fill, unmount: () => document.removeEventListener("pointerdown", outside) };
}
