// What to train: data, layers, η, batch, epochs, start, seed; presets fill it at once.

import { make } from "../core/dom.js";
import { chooser, droppable, SETS } from "./files.js";
import { INITS, isInstead, mostBatch, PARTS, PRESETS, preset as presetPlan, presetOf, readPart } from "./plan.js";
import { fitted, isOwn, sets } from "./sets.js";

/** `on.changed(plan)` whenever the whole form can be started, `on.touched()` at each stroke of a person;
 *  `on.taken` gets what an own file holds. */
export function form(tools, plan, on) {
  const { say, lang, tell } = tools;
  const written = (value) => (lang === "ru" ? String(value).replace(".", ",") : String(value));
  const choice = (values, topic) => (part) =>
    make("select", { id: `n-${part}` }, values.map((value) => make("option", { value }, say(`network.${topic}_${value}`))));
  const text = (mode) => (part) =>
    make("input", { type: "text", id: `n-${part}`, inputmode: mode, autocomplete: "off", spellcheck: "false", maxlength: "60" });
  const kinds = { data: () => make("select", { id: "n-data" }), layers: text("text"), rate: text("decimal"), batch: text("numeric"),
    epochs: text("numeric"), init: choice(INITS, "init"), seed: text("numeric") };

  const fields = Object.fromEntries(PARTS.map((part) => [part, kinds[part](part)]));
  const preset = make("select", { id: "n-preset" },
    [...Object.keys(PRESETS), "own"].map((name) => make("option", { value: name, hidden: name === "own" }, say(`network.preset_${name}`))));
  const file = chooser(tools, { id: "n-file", label: "own_file", accept: SETS, taken: on.taken });
  const besides = { data: [file.element, file.line] };
  const rows = PARTS.map((part) => make("div", { class: `field-${part}` },
    make("label", { for: `n-${part}`, title: say(`network.${part}_why`) }, say(`network.${part}`)), fields[part], besides[part] ?? []));
  const why = make("p", { class: "explained small faint", id: "n-why" }, say("network.form_why"));
  const complaint = make("p", { class: "wrong small", id: "n-wrong", role: "alert" });
  const set = make("fieldset", {}, make("legend", {}, say("network.plan")),
    make("div", { class: "preset" }, make("label", { for: "n-preset" }, say("network.preset")), preset), ...rows);
  const instead = make("p", { class: "instead small", role: "status", hidden: true }, say("network.instead"));
  const element = make("form", { class: "plan", onsubmit: (event) => { event.preventDefault(); on.start(); } }, set, why, instead, complaint);

  droppable(element, (dropped) => set.disabled || file.take(dropped));

  /** The list of sets, as it is now. */
  function fill() {
    const name = (each) => (isOwn(each.id) ? say("network.data_own", { name: each.name, n: each.examples }) : say(`network.data_${each.id}`));
    fields.data.replaceChildren(...[...sets.values()].map((each) => make("option", { value: each.id }, name(each))));
    fields.data.value = plan.data;
  }

  function show(next) {
    plan = next;
    fill();
    for (const part of PARTS) {
      fields[part].value = part === "data" || part === "init" ? next[part] : written(next[part]);
      mark(part, false);
    }
    name();
    complaint.textContent = "";
  }

  /** Which preset the plan is, and whether with another set than its own. */
  function name() {
    preset.value = presetOf(plan) ?? "own";
    instead.hidden = !isInstead(plan);
  }

  function mark(part, wrong) {
    wrong ? fields[part].setAttribute("aria-invalid", "true") : fields[part].removeAttribute("aria-invalid");
    fields[part].setAttribute("aria-describedby", wrong ? "n-wrong" : "n-why");
  }

  /** The plan in the form; undefined with the first wrong part marked and explained. */
  function read() {
    const beside = { data: fields.data.value, layers: fields.layers.value };
    const found = PARTS.map((part) => [part, readPart(part, fields[part].value, beside)]);
    for (const [part, value] of found) mark(part, value === undefined);
    const wrong = found.find(([, value]) => value === undefined)?.[0];
    const { inputs: first, classes: last } = sets.get(fields.data.value) ?? {};
    const numbers = { first: String(first), last: String(last), most: mostBatch(beside) };
    complaint.textContent = wrong ? say(`network.${wrong}_wrong`, numbers) : "";
    return wrong ? undefined : Object.fromEntries(found);
  }

  /** Goes to what is wrong: Start may be far from it. */
  function complain() {
    fields[PARTS.find((part) => fields[part].hasAttribute("aria-invalid"))].focus();
  }

  function changed() {
    const now = read();
    if (!now) return;
    plan = now;
    name();
    on.changed(plan);
  }

  preset.addEventListener("change", () => {
    show(presetPlan(preset.value));
    on.changed(plan);
  });
  fields.data.addEventListener("change", () => {
    fields.layers.value = fitted(fields.layers.value, fields.data.value);
    file.clear();
  });
  for (const [part, field] of Object.entries(fields)) {
    field.addEventListener("change", changed);
    field.addEventListener("focus", () => (why.textContent = `${say(`network.${part}`)}: ${say(`network.${part}_why`)}`));
  }
  set.addEventListener("input", () => {
    on.touched();
    if (complaint.textContent) read(); // it goes as soon as it is heeded: Start must not move under the pointer
  });
  show(plan);

  return {
    element, show, read, fill, complain,
    lock: (locked) => (set.disabled = locked),
    /** η a step smaller or larger: 1, 2, 5, 10, … */
    nudge(up) {
      if (set.disabled) return;
      const rate = plan.rate, power = 10 ** Math.floor(Math.log10(rate) + 1e-9);
      const ladder = [0.5, 1, 2, 5, 10].map((each) => Number((each * power).toPrecision(3)));
      const next = up ? ladder.find((each) => each > rate * 1.001) : ladder.findLast((each) => each < rate * 0.999);
      fields.rate.value = written(next);
      changed();
      tell(`η = ${written(next)}`);
    },
  };
}
