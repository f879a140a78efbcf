// Cost and accuracy of several runs on shared axes: what is watched in full lines, training in dashes.

import { canvas, colour, make } from "../core/dom.js";
import { KEYED, touchable } from "../core/touch.js";
import { ticks } from "../math/scale.js";
import { dot, frame, line, scale } from "./axes.js";
import { nameOf } from "./runs.js";

const KINDS = { cost: ["cost", "test_cost"], accuracy: ["accuracy", "test_accuracy"] };

export function curves({ say, percent, number }) {
  let runs = [], pointed;
  const labels = { cost: (value) => number(value), accuracy: (value) => percent(value, 0) };
  const pictures = Object.keys(KINDS).map((kind) =>
    canvas(say(`network.${kind}`), (pen, w, h) => draw(pen, w, h, kind), { ...KEYED, class: "curve" }));
  const watched = make("span", { class: "full" }, say("network.test"));
  const legend = make("p", { class: "legend small" }, watched, make("span", { class: "dashed" }, say("network.train")));
  const reading = make("p", { class: "reading small faint" });
  for (const { element } of pictures) {
    const epoch = (x) => scale(element.clientWidth, element.clientHeight, span(runs), [0, 1]).back(x);
    touchable(element, { at: (x) => point(epoch(x)), move: (dx) => point((pointed ?? longest() + 1) + dx), leave: () => point() });
  }
  const element = make("div", { class: "curves" }, legend, pictures.map((picture) => picture.element), reading);

  function draw(pen, width, height, kind) {
    const x = span(runs), y = range(runs, kind);
    const to = scale(width, height, x, y);
    const epochs = ticks(x, Math.max(2, Math.floor(width / 90))).filter((n) => x[1] <= 1 || Number.isInteger(n));
    frame(pen, to, { title: say(`network.${kind}`), x: epochs, y: ticks(y, height / 60),
      labelX: number, labelY: labels[kind] });
    if (pointed) {
      pen.strokeStyle = colour("faint");
      line(pen, [[to.x(pointed), to.top], [to.x(pointed), to.bottom]]);
    }
    for (const run of runs) trace(pen, to, run, KINDS[kind]);
  }

  const longest = () => Math.max(0, ...runs.map((run) => run.history.length));

  /** Reads all runs at this epoch; without one, each at its last. */
  function point(epoch) {
    pointed = epoch !== undefined && longest() ? Math.min(longest(), Math.max(1, Math.round(epoch))) : undefined;
    reading.setAttribute("aria-live", pointed ? "polite" : "off"); // not read out at every epoch of a training
    tell();
    for (const picture of pictures) picture.redraw();
  }

  function tell() {
    const rows = runs.map((run) => ({ run, row: pointed ? run.history.find((each) => each.epoch === pointed) : run.history.at(-1) }));
    const found = rows.filter(({ row }) => row), sentences = found.map(sentence);
    reading.replaceChildren(...found.map(({ run }, i) => readingOf(run, sentences[i])));
    if (reading.scrollHeight > reading.clientHeight) reading.tabIndex = 0; // to be scrolled by keys too
    else reading.removeAttribute("tabindex");
    Object.keys(KINDS).forEach((kind, i) =>
      pictures[i].element.setAttribute("aria-label", [say(`network.${kind}`), ...sentences].join(". ")));
  }

  const sentence = ({ run, row }) => say(validated(run) ? "network.reading_validation" : "network.reading", {
    name: nameOf(run, say), epoch: row.epoch, cost: row.cost ?? NaN, accuracy: percent(row.accuracy),
    test_cost: row.test_cost ?? NaN, test_accuracy: percent(row.test_accuracy) });

  return {
    element,
    show(list) {
      runs = list;
      const rows = list.flatMap((run) => [...run.history, ...run.trail]);
      pictures[1].element.hidden = rows.length > 0 && !rows.some((row) => Number.isFinite(row.accuracy)); // y is no class
      watched.textContent = say(!list.some(validated) ? "network.test"
        : list.every(validated) ? "network.validation" : "network.either");
      tell();
      for (const picture of pictures) picture.redraw();
    },
  };
}

/** Whether a run was watched on a validation part: its test set was looked at once, in the end. */
const validated = (run) => run.watched === "validation";

function readingOf(run, sentence) {
  const made = make("span", {}, make("i", { class: "swatch" }), sentence);
  made.style.setProperty("--mine", `var(--run-${run.colour})`);
  return made;
}

/** All epochs, but the first alone until it has ended: a large network takes minutes for it. */
function span(runs) {
  const begun = runs.some((run) => run.history.length > 0);
  return [0, begun ? Math.max(1, ...runs.map((run) => run.epochs)) : 1];
}

/** From the smallest to the largest number shown; cost from 0, accuracy up to 1. */
export function range(runs, kind) {
  const rows = runs.flatMap((run) => [...run.history, ...run.trail]);
  const values = KINDS[kind].flatMap((key) => rows.map((row) => row[key])).filter(Number.isFinite);
  if (kind === "cost") return [0, Math.max(...values, 0) * 1.05 || 0.5];
  const low = Math.min(...values, 0.9), step = low < 0.5 ? 0.5 : 0.1;
  return [Math.max(0, Math.floor((low - 0.01) / step) * step), 1];
}

function trace(pen, to, run, [train, test]) {
  pen.strokeStyle = pen.fillStyle = colour(`run-${run.colour}`);
  pen.lineJoin = "round";
  const places = (rows, key) => rows.filter((row) => Number.isFinite(row[key])).map((row) => [to.x(row.epoch), to.y(row[key])]);
  pen.lineWidth = 1.5;
  pen.setLineDash([5, 4]);
  const learned = places(run.history, train), underway = places(run.trail, train);
  line(pen, learned);
  line(pen, underway);
  pen.setLineDash([]);
  pen.lineWidth = 2.5;
  const tested = places(run.history, test);
  line(pen, tested);
  for (const place of tested.length < 40 ? tested : tested.slice(-1)) dot(pen, ...place);
  if (learned.length === 1) dot(pen, ...learned[0]);
  if (underway.length) dot(pen, ...underway.at(-1), 4);
}
