// What the network takes for what: a table of counts, and the digits it gets wrong.

import { make, scrolling } from "../core/dom.js";
import { stamp } from "./weights.js";

const grey = (value) => [255 - value, 255 - value, 255 - value];

export function confusion({ say, percent, number }) {
  const table = make("table", { class: "confusion" });
  const wrong = make("ul", { class: "wrongs" });
  const reading = make("p", { class: "reading small faint", "aria-live": "polite" }, say("network.mistakes_key"));
  const element = make("div", { class: "pane mistakes" }, reading,
    scrolling(make("div", { class: "scroll", role: "region", "aria-label": say("network.confusion") }, table)),
    make("div", {}, make("h2", {}, say("network.wrong_digits")), wrong));

  for (const name of ["pointerdown", "pointerover"]) element.addEventListener(name, touched);
  let names = [], shape;

  /** What is touched says what it counts: on a touch screen there is no title to wait for. */
  function touched({ target }) {
    const told = target.closest?.("[data-told]");
    if (told) reading.textContent = told.dataset.told;
  }

  function cell(count, row, i, j) {
    const share = count / Math.max(1, row.reduce((sum, each) => sum + each, 0));
    const made = make("td", { class: i === j ? "right" : "off", "data-told": say("network.cell", { label: names[i], answer: names[j], count: number(count) }) },
      count ? number(count) : make("span", { class: "faint" }, "·"));
    made.style.setProperty("--share", `${Math.round(100 * (i === j ? share * 0.45 : Math.min(1, 6 * share) * 0.55))}%`);
    return made;
  }

  /** `run` tells the names of the classes and, for pictures, their height and width. */
  function show({ table: counts, wrong: digits }, run) {
    ({ names, shape } = run);
    const head = names.map((name) => make("th", { scope: "col", title: name }, name));
    table.classList.toggle("many", names.length > 12);
    wrong.classList.toggle("told", !shape);
    table.replaceChildren(
      make("caption", { class: "small faint" }, say("network.confusion_key")),
      make("thead", {}, make("tr", {}, make("td", {}), head)),
      make("tbody", {}, counts.map((row, i) =>
        make("tr", {}, make("th", { scope: "row", title: names[i] }, names[i]), row.map((count, j) => cell(count, row, i, j))))));
    wrong.replaceChildren(...digits.map(mistake));
    if (!digits.length) wrong.append(make("li", { class: "faint" }, say("network.none_wrong")));
  }

  function mistake({ pixels, label, answer, sure }) {
    const spoken = say("network.mistake", { label: names[label], answer: names[answer], sure: percent(sure) });
    if (!shape) return make("li", { class: "small" }, spoken);
    const picture = stamp(pixels, shape[1], shape[0], grey);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", spoken);
    return make("li", { "data-told": spoken }, picture, make("span", { class: "small", "aria-hidden": "true" }, `${names[label]} → ${names[answer]}`));
  }
  return { element, show };
}
