// The network view: a network learns, watched live; its pictures, and a field to draw digits for it.

import { make } from "../core/dom.js";
import { wanted } from "../core/wanted.js";
import { written } from "../core/words.js";
import { confusion } from "./confusion.js";
import { controls, face, numbers } from "./controls.js";
import { curves } from "./curves.js";
import { drawing, throttled } from "./draw.js";
import { form } from "./form.js";
import { connect } from "./live.js";
import { here, planOf, preset, presetOf, readPlan, sizesOf } from "./plan.js";
import { active, best, store, strip } from "./runs.js";
import { fitted, hearSets, sets } from "./sets.js";
import { tabs } from "./tabs.js";
import { weights } from "./weights.js";

const FRESH = 1000; // ms between two pictures of the weights while a network learns
const ASKED = { weights: "weights", mistakes: "confusion" };
// What the page asks by itself: where it fails nobody had ordered anything.
const UNORDERED = ["runs", "watch", "unwatch", "weights", "confusion", "draw", "ping"];
let last = {}; // what was looked at, when the view is left or speaks another language

export function mount(room, frame) {
  const { say, lang, settings, strange, tell, remember } = frame;
  const number = (value) => written(value, lang);
  const percent = (value, digits = 1) => (Number.isFinite(value)
    ? value.toLocaleString(lang, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }) : "—");
  const tools = { ...frame, number, percent, best };
  const known = store();
  Object.assign(known, { chosen: last.chosen, ticked: new Set(last.ticked) });
  const asked = readPlan(settings, last.plan ?? preset("small"));
  if (asked.wrong.length) tell(say("network.broken", { parts: [...strange, ...asked.wrong.map((part) => say(`network.${part}`))].join(", ") }), true);
  let link = "connecting", error = "", then, plan = asked.plan, shown = {}, gone = false, noted = false;
  let following = !asked.asked && !asked.missing; // once, and not over what a person has typed
  let lab = last.lab, refused = "", unseen = {}; // unseen: why a picture could not be had
  let starting = false; // asked for, and not there yet: data are read, weights drawn
  let waiting = asked.missing ? settings : undefined; // an address with a file that may yet be found

  const panes = { curves: curves(tools), weights: weights(tools), mistakes: confusion(tools) };
  const picture = tabs(tools, panes, last.tab, () => { look(); render(); });
  const fields = form(tools, plan, { changed: typed, touched, start, taken });
  const now = numbers(tools);
  const buttons = controls(tools, { main, step, stop: () => order("stop"), taken });
  const status = make("p", { class: "state", role: "status", "aria-live": "polite" });
  const field = drawing(tools, (pixels) => known.chosen !== undefined && ask("draw", { pixels }));
  const chips = strip(tools, { tick, choose, forget: (id) => order("forget", { id }) });
  room.append(make("div", { class: "network" },
    make("section", { class: "left", "aria-label": say("network.pictures") }, 
      make("div", { class: "head" }, picture.element, now.element), picture.panel,
      make("div", { class: "report" }, status, buttons.downloads), chips.element),
    make("section", { class: "right", "aria-label": say("network.settings") }, fields.element, buttons.element, field.element, field.note)));
  const refresh = throttled(look, FRESH), anew = throttled(field.again, FRESH / 2);
  const live = connect({ heard, changed, lang });
  const back = () => document.visibilityState === "visible" && live.send({ do: "runs" });
  document.addEventListener("visibilitychange", back);
  if (!waiting) remember(plan);
  render();

  function changed(next) {
    link = next;
    starting = false;
    field.answered();
    if (next === "open") live.send({ do: "runs" });
    render();
  }

  function heard(message) {
    if (message.refused) refused = message.refused[lang];
    if (message.hello) greeted(message.lab);
    if (message.error !== undefined) failed(message);
    if (message.started || message.do === "start") starting = false;
    if (message.weights?.id === known.chosen && message.weights) panes.weights.show(message.weights), filled("weights");
    if (message.confusion?.id === known.chosen && message.confusion) panes.mistakes.show(message.confusion, known.runs.get(known.chosen)), filled("mistakes");
    if (message.drawn) field.answered(message.drawn.id === known.chosen ? message.drawn : undefined);
    if (message.runs) haveSets(message.sets);
    const news = known.hear(message);
    if (news) react(news);
    render();
  }

  /** What was ordered and failed is said in the sentence of the moment, all else at its own place. */
  function failed({ error: sentence, do: what }) {
    if (what === "start") then = undefined;
    if (what === "draw") field.failed(sentence);
    if (Object.values(ASKED).includes(what)) unseen = { what, sentence };
    if (!UNORDERED.includes(what)) error = sentence;
  }

  /** The runs live in the server's memory: with another server they are gone. */
  function greeted(now) {
    refused = "";
    if (lab !== undefined && lab !== now && known.chosen !== undefined) {
      known.clear();
      field.wipe();
      shown = {};
      error = say("network.anew");
    }
    lab = now;
  }

  function react({ kind, id }) {
    if (kind === "runs") settle();
    if (kind === "started") started(id);
    if (kind === "forgotten" || (kind === "ended" && id === known.chosen)) look();
    if (id !== known.chosen) return;
    if (kind === "progress" || kind === "epoch") anew();
    if (kind === "epoch" || (kind === "progress" && picture.chosen() === "weights")) refresh();
  }

  /** After the list of sets came: is the file there that the address or the form names? */
  function haveSets(list) {
    hearSets(list);
    fields.fill();
    if (here(plan) !== plan) {
      keep(here(plan));
      fields.show(plan);
    }
    const found = waiting && readPlan(waiting, plan);
    if (found && !found.missing) {
      waiting = undefined;
      keep(found.plan);
      fields.show(plan);
    } else if (!sets.has(plan.data)) {
      keep({ ...plan, data: "sample", layers: fitted(plan.layers, "sample") });
      fields.show(plan);
      tell(say("network.no_file"));
    } else if (found && !noted) tell(say("network.no_file"));
    noted = true;
  }

  /** What a file held that was sent from here: a set to train on, or weights to look at. */
  function taken({ set, run }) {
    if (gone) return undefined;
    touched();
    if (set) {
      sets.set(set.id, set);
      const wished = waiting?.data === set.id ? readPlan(waiting, plan).plan : plan;
      keep({ ...wished, data: set.id, layers: fitted(wished.layers, set.id) });
      fields.show(plan);
    }
    if (run) {
      started(known.hear({ started: run }).id);
      follow(known.runs.get(run.id));
    }
    error = "";
    render();
    return set && say(set.mixed ? "network.set_mixed" : "network.set_here", { name: set.name, n: set.examples });
  }

  /** After the list of runs came: find the one to look at, and hear what it does. */
  function settle() {
    const runs = [...known.runs.values()];
    if (!known.runs.has(known.chosen)) known.chosen = (runs.findLast(active) ?? runs.at(-1))?.id;
    for (const run of runs) if (active(run) || run.id === known.chosen) live.send({ do: "watch", id: run.id });
    const wish = wanted();
    if (wish) return launch(wish);
    const run = known.runs.get(known.chosen);
    if (run && (following || active(run))) follow(run);
    touched();
    look();
  }

  /** A training of this preset: the one under way, or a new one. */
  function launch(name) {
    const same = [...known.runs.values()].findLast((run) => active(run) && presetOf(planOf(run)) === name);
    if (same) return choose(same.id);
    known.chosen = undefined;
    fields.show(preset(name));
    start();
  }

  function started(id) {
    if (known.chosen !== undefined && known.chosen !== id) known.ticked.add(known.chosen);
    known.chosen = id;
    live.send({ do: "watch", id });
    if (then) live.send({ do: then, id });
    then = undefined;
    look();
  }

  function filled(name) {
    shown[name] = known.chosen;
  }

  /** Asks for what the open tab shows, and for the drawing's answer. */
  function look() {
    const run = known.runs.get(known.chosen), name = ASKED[picture.chosen()];
    unseen = {};
    if (run && name && !lacking(run)) ask(name);
    if (run?.shape) field.again();
  }

  /** Why the open tab has nothing to show of a run, as a word; undefined where it has. */
  function lacking(run) {
    const tab = picture.chosen();
    if (tab === "curves") return run.loaded && !run.history.length ? "no_curves" : undefined;
    if (tab === "weights" && !run.shape) return run.whole ? "no_picture" : "no_set";
    if (tab === "mistakes" && !run.names) return run.whole ? "no_classes" : "no_set";
    return undefined;
  }

  function ask(what, more = {}) {
    return live.send({ do: what, id: known.chosen, ...more });
  }

  /** What a person wants: what went wrong before is over. */
  function order(what, more) {
    error = "";
    return ask(what, more);
  }

  function start(next) {
    const found = fields.read();
    if (!found) return fields.complain();
    if (starting || active(known.runs.get(known.chosen))) return;
    keep(found);
    then = next;
    error = "";
    starting = live.send({ do: "start", ...found, layers: sizesOf(found.layers) });
    render();
  }

  function main() {
    const run = known.runs.get(known.chosen);
    if (!active(run)) start();
    else order(run.state === "running" ? "pause" : "resume");
  }

  function step() {
    active(known.runs.get(known.chosen)) ? order("step") : start("step");
  }

  function choose(id) {
    error = "";
    leave(known.chosen, id);
    known.chosen = id;
    follow(known.runs.get(id));
    live.send({ do: "watch", id });
    look();
    render();
  }

  /** Of a run that is neither shown nor under way nothing more is asked; a chip shows what is under way. */
  function leave(id, next) {
    const run = known.runs.get(id);
    if (run && id !== next && !active(run) && !known.ticked.has(id)) live.send({ do: "unwatch", id });
  }

  /** The form shows what a run was started with, to be changed and started again. */
  function follow(run) {
    keep({ ...plan, ...planOf(run) });
    fields.show(plan);
  }

  function tick(id, laid) {
    laid ? known.ticked.add(id) : known.ticked.delete(id);
    render();
  }

  function touched() {
    following = false;
  }

  function typed(next) {
    touched();
    keep(next);
  }

  function keep(next) {
    plan = next;
    remember(plan);
  }

  function render() {
    const run = known.runs.get(known.chosen);
    const laid = [...known.runs.values()].filter((each) => each.id === known.chosen || known.ticked.has(each.id));
    const { text, look: manner } = starting ? { text: say("network.starting"), look: "going" }
      : refused ? { text: refused, look: "waiting" } : face(tools, run, link, error, sets.get(plan.data)?.shape);
    if (status.textContent !== text) status.textContent = text;
    status.dataset.look = manner;
    panes.curves.show(laid);
    const tab = picture.chosen(), soon = tab !== "curves" && shown[tab] !== run?.id ? "soon" : undefined;
    const why = run ? lacking(run) ?? soon : starting ? "soon" : `empty_${tab}`;
    picture.empty(why === "soon" && unseen.what === ASKED[tab] ? unseen.sentence : why && say(`network.${why}`));
    field.suit(run ? { ...run, classes: run.sizes.at(-1) } : sets.get(plan.data), run && !run.whole ? "no_set" : "no_drawing");
    now.show(run);
    buttons.show(run, link);
    fields.lock(active(run));
    chips.show(known);
  }

  function unmount() {
    gone = true;
    wanted(); // who leaves wants it no more
    last = { chosen: known.chosen, ticked: known.ticked, tab: picture.chosen(), plan, lab };
    document.removeEventListener("visibilitychange", back);
    live.close();
  }

  function key(code) {
    if (document.activeElement?.closest("button, a, [role=tab], .field")) return false;
    if (code === "Space") main();
    else if (code === "ArrowRight") step();
    else if (code === "BracketLeft" || code === "BracketRight") fields.nudge(code === "BracketRight");
    else return false;
    return true;
  }
  return { unmount, key, restyle: () => { panes.weights.restyle(); render(); } };
}
