// The surface: a function, a start, a rate, and the path they make. Everything redraws at once.

import { make } from "../core/dom.js";
import { offline } from "../core/offline.js";
import { compile } from "../math/tape.js";
import { digitsIn, resized } from "../math/view_box.js";
import { controls } from "./controls.js";
import { curves } from "./curves.js";
import { formulaField } from "./formula.js";
import { keeper } from "./keep.js";
import { lecture, menu } from "./menu.js";
import { completed, modelOf } from "./model.js";
import { player } from "./player.js";
import { FormulaError, patiently } from "./source.js";
import { readState, writeState } from "./state.js";
import { stepFormula } from "./steps.js";
import { tabs } from "./tabs.js";
import { verdictBox } from "./verdict.js";

const FIRST = offline?.opening.settings.f ?? "lecture";
let plays = offline?.opening.plays; // at the first sight only
const ZOOMS = { Equal: 0.8, NumpadAdd: 0.8, Minus: 1.25, NumpadSubtract: 1.25 };
const REST = 120; // ms between two writings of the address: browsers refuse more

export function mount(room, frame) {
  const { say, lang, settings, tell, remember } = frame;
  const strange = [...frame.strange]; // parts of the address
  let described, program, state, model, asked, writing;

  const choose = (x) => change({ x: x.map((part) => Number(part.toPrecision(digitsIn(model.view, described.view)))) });
  const keeping = keeper(say, { add: keep, drop, clear: () => change({ keep: [] }) });
  const parts = {
    sight: tabs(frame, choose, (name) => change({ show: name }), look),
    controls: controls(say, lang, change, keeping.button),
    player: player(say, (n) => go(n), () => model),
    verdict: verdictBox(say, lang),
    keeper: keeping,
    curves: curves(say, lang, (n) => { parts.player.stop(); go(n); }),
    step: stepFormula(say, lang),
  };
  const field = formulaField(say, lang, (text) => open({ f: text }), leave);
  const list = menu(say, open), pictures = lecture(say, open);
  parts.step.onopen(() => model && parts.step.show(model));

  /** A function by its formula or name, with what else is wanted of it; whether that was no function. */
  async function open(wanted) {
    leave();
    const mine = (asked = new AbortController());
    field.busy(true);
    try {
      const found = await patiently(wanted.f, mine.signal, (why) => field.waiting(wanted.f, why || say("page.lost")));
      if (mine.signal.aborted) return false;
      [described, program] = [found, compile(found.tape)];
    } catch (error) {
      if (mine.signal.aborted) return false;
      if (error instanceof FormulaError) field.wrong(wanted.f, error);
      else field.waiting(wanted.f, error.message);
      return error instanceof FormulaError;
    } finally {
      if (asked === mine) field.busy(false);
    }
    parts.player.stop();
    const { state: next, dropped } = completed(wanted, described, program);
    state = next;
    ignored(dropped);
    parts.controls.begin(described, program);
    field.show(described);
    draw();
    return false;
  }

  /** What an address holds and nobody can use is said once, all together. */
  function ignored(parts) {
    strange.push(...parts);
    if (parts.length) tell(say("surface.ignored", { what: strange.join(", ") }), true);
  }

  /** What is being read is wanted no more. */
  function leave() {
    asked?.abort();
    asked = undefined;
    field.busy(false);
    field.rest();
  }

  function change(part) {
    const ended = state.n >= model.last;
    state = { ...state, ...part };
    if (ended && part.n === undefined) state.n = state.steps; // who sees the end goes on seeing it
    parts.player.stop();
    draw();
  }

  function draw() {
    model = modelOf(state, described, program);
    for (const part of Object.values(parts)) part.show(model);
    for (const place of places) place.inert = false;
    write();
  }

  function go(n) {
    state.n = Math.min(Math.max(n, 0), model.last);
    model = { ...model, n: state.n };
    for (const name of ["sight", "player", "curves", "step"]) parts[name].show(model);
    write();
  }

  /** Shows a box of the plane, or the whole view; the path stays as it is. */
  function look(box) {
    const part = String(box) === String(described.view) ? undefined : box;
    if (String(part) === String(state.box)) return false;
    state.box = part;
    model = { ...model, view: part ?? described.view };
    parts.sight.show(model);
    write();
    return true;
  }

  function zoom(factor) {
    const middle = model.view.map(([low, high]) => (low + high) / 2);
    look(resized(model.view, described.view, middle, factor));
  }

  function keep() {
    const { rate, rule, beta, beta2, epsilon, decay, half, x } = state;
    change({ keep: [...state.keep, { rate, rule, beta, beta2, epsilon, decay, half, x }] });
  }

  function drop(k) {
    change({ keep: state.keep.filter((_, place) => place !== k) });
  }

  function write() {
    writing ??= setTimeout(() => {
      writing = null;
      remember(writeState(state));
    }, REST);
  }

  function key(code) {
    if (!model) return false;
    const button = document.activeElement?.closest("button, summary, a");
    if (code === "Space" && !button) parts.player.toggle();
    else if (code === "ArrowLeft" || code === "ArrowRight") parts.player.step(code === "ArrowLeft" ? -1 : 1);
    else if (code === "BracketLeft" || code === "BracketRight")
      change({ rate: parts.controls.nudge(state.rate, code === "BracketLeft" ? -1 : 1) });
    else if (code in ZOOMS) zoom(ZOOMS[code]);
    else if (code === "Digit0" || code === "Numpad0") look();
    else return false;
    return true;
  }

  const places = [parts.sight.element, make("div", { class: "side" }, parts.controls.element,
    parts.player.element, parts.verdict.element, parts.keeper.element, parts.curves.element, parts.step.element)];
  for (const place of places) place.inert = true; // until there is a function to act on
  room.append(make("div", { class: "surface" },
    make("section", { class: "top", "aria-label": say("surface.function_label") },
      pictures, make("div", { class: "bar" }, field.form, list.element), field.complaint, field.shown),
    ...places));

  /** The function of the address; where it is none, that is said beside the usual one. */
  async function begin() {
    const wrong = await open({ f: FIRST, ...wanted });
    if (plays && model) parts.player.begin();
    plays = false;
    if (!wrong || !wanted.f) return;
    const why = field.why();
    await open({ f: FIRST });
    if (model) field.remind(why);
  }

  const { wanted, wrong } = readState(settings);
  ignored(wrong);
  list.fill();
  parts.sight.load();
  begin();

  return {
    key,
    restyle() {
      for (const part of Object.values(parts)) part.restyle?.();
    },
    unmount() {
      clearTimeout(writing);
      if (writing) remember(writeState(state));
      asked?.abort();
      list.unmount();
      parts.player.stop();
      parts.sight.unmount();
    },
  };
}
