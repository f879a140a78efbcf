// The runs this page knows, as the server tells them, and the strip of chips that shows them.

import { make } from "../core/dom.js";

const COLOURS = 8; // --run-0 … --run-7 in view.css
const GRAIN = 0.001; // epochs between two remembered points of the epoch under way

/** All runs; `hear(message)` takes in what the server says and returns the id it is about. */
export function store() {
  const runs = new Map(), met = new Map(), gone = new Set();
  const known = { runs, chosen: undefined, ticked: new Set(), hear };

  function take(run) {
    if (!met.has(run.id)) met.set(run.id, met.size % COLOURS);
    const before = runs.get(run.id);
    if (gone.has(run.id) || (before && overtaken(run, before))) return run.id;
    const trail = before && before.history.length === run.history.length ? before.trail : [];
    runs.set(run.id, { ...run, colour: met.get(run.id), trail, now: before?.now });
    return run.id;
  }

  function forget(id) {
    runs.delete(id);
    known.ticked.delete(id);
    if (known.chosen === id) known.chosen = [...runs.keys()].at(-1);
    return id;
  }

  const told = {
    runs(list) {
      const there = new Set(list.map((run) => run.id));
      for (const id of [...runs.keys()]) if (!there.has(id)) forget(id);
      list.forEach(take);
    },
    started: take,
    run: take,
    forgotten(id) {
      gone.add(id);
      return forget(id);
    },
    progress: (now) => change(now.id, (run) => progressed(run, now)),
    epoch: (row) => change(row.id, (run) => ended(run, row)),
    ended: ({ id, ...how }) => change(id, (run) => Object.assign(run, how)),
  };

  function change(id, how) {
    if (runs.has(id)) how(runs.get(id));
    return id;
  }

  function hear(message) {
    const kind = Object.keys(told).find((name) => message[name] !== undefined);
    return kind && { kind, id: told[kind](message[kind]) };
  }
  /** Another server: its runs have the ids of those before, and nothing else of them. */
  function clear() {
    runs.clear();
    met.clear();
    gone.clear();
    known.ticked.clear();
    known.chosen = undefined;
  }
  return Object.assign(known, { clear });
}

/** Whether a description is older than what was heard since: what is over stays over, epochs stay learned. */
function overtaken(run, before) {
  return (active(run) && !active(before)) || run.history.length < before.history.length;
}

function progressed(run, now) {
  run.now = now;
  const last = run.trail.at(-1);
  if (!last || now.epoch - last.epoch >= GRAIN) run.trail.push(now);
}

function ended(run, { id: _, ...row }) {
  run.history = [...run.history.filter((old) => old.epoch < row.epoch), row];
  run.trail = [];
}

export const active = (run) => run !== undefined && (run.state === "running" || run.state === "paused");

/** The best accuracy on the test set; undefined before the first epoch's end. */
export function best(run) {
  const found = run.history.map((row) => row.test_accuracy ?? row.accuracy).filter((a) => a !== null && a !== undefined);
  return found.length ? Math.max(...found) : undefined;
}

/** What tells a run from the others. */
export function nameOf(run, say) {
  const layers = run.sizes.join("-");
  return run.loaded ? say("network.chip_loaded", { layers, name: run.loaded }) : say("network.chip", { layers, rate: run.rate });
}

/** The strip: tick to lay curves over each other, press the name to look at one, ✕ to forget it. */
export function strip({ say, percent }, on) {
  const list = make("ul", { class: "chips" });
  const element = make("section", { class: "strip", "aria-label": say("network.runs") }, list);
  let shown = "", chosen;

  function chip(run, known) {
    const name = nameOf(run, say);
    const score = best(run);
    const item = make("li", { class: "chip", "data-state": run.state, "data-id": run.id },
      make("input", { type: "checkbox", checked: laid(run, known), disabled: run.id === known.chosen,
        "aria-label": say("network.lay", { name }), title: say("network.lay", { name }),
        onchange: (event) => on.tick(run.id, event.target.checked) }),
      make("button", { type: "button", class: "quiet", "aria-pressed": String(run.id === known.chosen),
        title: run.name, onclick: () => on.choose(run.id) },
        make("span", { class: "swatch", "aria-hidden": "true" }), name, score === undefined ? "" : ` · ${percent(score)}`),
      active(run) ? undefined : make("button", { type: "button", class: "quiet", title: say("network.forget", { name }),
        "aria-label": say("network.forget", { name }), onclick: () => on.forget(run.id) }, "✕"));
    item.style.setProperty("--mine", `var(--run-${run.colour})`);
    return item;
  }

  const laid = (run, known) => run.id === known.chosen || known.ticked.has(run.id);

  function show(known) {
    const runs = [...known.runs.values()];
    const now = JSON.stringify(runs.map((run) => [run.id, run.state, best(run), run.id === known.chosen, laid(run, known)]));
    if (now === shown) return; // rebuilding would take the focus away
    shown = now;
    const place = focusPlace(list), top = list.scrollTop;
    list.replaceChildren(...runs.map((run) => chip(run, known)));
    list.scrollTop = known.chosen === chosen ? top : middleOf(known.chosen);
    chosen = known.chosen;
    place?.();
  }

  /** How far the list is scrolled where a run stands in its middle: many make it longer than its room. */
  function middleOf(id) {
    const item = itemOf(list, id);
    return item ? item.offsetTop - list.offsetTop - (list.clientHeight - item.offsetHeight) / 2 : 0;
  }
  return { element, show };
}

/** The chip of a run. */
function itemOf(list, id) {
  return /** @type {HTMLElement[]} */ ([...list.children]).find((each) => each.dataset.id === id);
}

/** Remembers which control of which chip has the focus, to give it back after a rebuild. */
function focusPlace(list) {
  /** @type {HTMLElement} */
  const item = document.activeElement?.closest?.(".chip");
  if (!item || !list.contains(item)) return undefined;
  const index = [...item.children].indexOf(document.activeElement);
  return () => /** @type {HTMLElement} */ (itemOf(list, item.dataset.id)?.children[index])?.focus();
}
