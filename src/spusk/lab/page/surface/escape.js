// The escape experiment of the lecture (L5): for each rate, where thousands of random starts end.

import { canvas, make } from "../core/dom.js";
import { facts } from "../core/facts.js";
import { written } from "../core/words.js";
import { bounds, lowest, ratesFor } from "../math/escapes.js";
import { SHARES, along, colourOf, drawStacked, frameOf } from "./stacked.js";

const OPTIONS = { count: 3000, part: 300, seed: 1, steps: 3000 }; // flat minima take their time

/** The panel: its picture grows rate by rate while a worker counts. */
export function escapePanel({ say, lang, program, described }) {
  const element = make("section", { class: "panel escape", "aria-label": say("escape.title") });
  element.append(make("h2", {}, say("escape.title")));
  const reason = refusal(described);
  if (reason) {
    element.append(make("p", { class: "faint" }, say(`escape.${reason}`)));
    return { element, rows: [], restyle() {}, unmount() {} };
  }
  const scene = sceneOf({ say, lang, program, described });
  const reading = make("p", { class: "small", "aria-live": "polite" }, say("escape.counting"));
  const picture = canvas(say("escape.picture"), (pen, width, height) =>
    drawStacked(pen, width, height, scene), { tabindex: "0" });
  Object.assign(picture.element.style, { aspectRatio: "16 / 9", touchAction: "pan-y" });
  reading.style.minHeight = "2.9em"; // two lines: nothing below jumps
  const text = make("p", { class: "small faint" });
  const told = (n) => (text.textContent = say("escape.text", { n }));
  told(OPTIONS.part);
  element.append(text, picture.element, legend(say), reading, make("p", { class: "small condition" }, condition(say, scene)));
  const read = () => (reading.textContent = sentence(say, lang, scene));
  const worker = count(program.tape, described, scene, (counted) => {
    picture.redraw();
    if (!counted) return;
    told(counted);
    if (scene.chosen || counted === OPTIONS.part || counted === OPTIONS.count) read(); // not said aloud each time
  }, (failed) => failed && (reading.textContent = say("escape.failed")));
  pointing(picture, scene, read);
  return { element, rows: scene.rows, restyle: picture.redraw, unmount: () => worker.terminate() };
}

// Why there is nothing to escape from, or null.
function refusal({ minima }) {
  if (!minima.length) return "no_minimum";
  if (lowest(minima).every(Boolean)) return "all_global";
  return null;
}

function sceneOf({ say, lang, program, described }) {
  const { minima } = described;
  const rates = ratesFor(program, described);
  const best = lowest(minima);
  const limits = bounds(program, minima);
  const limit = (wanted) => Math.max(...limits.filter((_, k) => best[k] === wanted));
  const [lets, holds] = [limit(false), limit(true)]; // beyond the first no local minimum holds a descent
  const marks = [{ rate: lets, name: say("escape.bound_local") }, { rate: holds, name: say("escape.bound_global") }]
    .filter(({ rate }) => rate >= rates[0] && rate <= rates.at(-1));
  const number = (value) => written(value, lang);
  return { rates, marks, lets, holds, rows: [], chosen: null, written: number, percent: (share) => percent(share, lang) };
}

// When the lecture's claim is true: 2/λ(local) < η < 2/λ(global).
function condition(say, { lets, holds }) {
  return say(lets < holds ? "escape.can" : "escape.cannot", { local: lets, global: holds });
}

function percent(share, lang) {
  return new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

function count(tape, { minima, view }, scene, grown, done) {
  const worker = new Worker(import.meta.resolve("./escape-worker.js"), { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data === null) return done(false);
    const chosen = scene.rows.indexOf(scene.chosen);
    scene.rows[data.k] = data.row;
    if (chosen >= 0) scene.chosen = scene.rows[chosen];
    grown(data.counted);
  };
  worker.onerror = () => done(true);
  worker.postMessage({ facts, tape, minima, view, rates: scene.rates, options: OPTIONS });
  return worker;
}

function legend(say) {
  const item = (share) => {
    const patch = make("span", { "aria-hidden": "true" });
    Object.assign(patch.style, {
      display: "inline-block", width: "0.9em", height: "0.9em", marginInlineEnd: "0.4em",
      borderRadius: "2px", background: colourOf(share), verticalAlign: "-0.05em",
      outline: "1px solid var(--line)",
    });
    return make("li", {}, patch, say(`escape.${share}`));
  };
  const list = make("ul", { class: "small" }, SHARES.map(item));
  Object.assign(list.style, {
    listStyle: "none", padding: "0", margin: "0.5rem 0", display: "flex", flexWrap: "wrap",
    gap: "0.25rem 1rem",
  });
  return list;
}

// The pointed-at rate in words; without one, the rate that brings most starts to the global one.
function sentence(say, lang, { rows, chosen }) {
  const best = rows.reduce((a, b) => (b.global > a.global ? b : a));
  const row = chosen ?? best;
  const shares = Object.fromEntries(SHARES.map((share) => [share, percent(row[share], lang)]));
  return say(chosen ? "escape.reading" : "escape.best", { rate: row.rate, ...shares });
}

function pointing({ element, redraw }, scene, read) {
  const choose = (row) => {
    if (!row || row === scene.chosen) return;
    scene.chosen = row;
    redraw();
    read();
  };
  element.addEventListener("pointermove", (event) => {
    const box = element.getBoundingClientRect();
    const letters = 0.8 * parseFloat(getComputedStyle(element).fontSize);
    const { left, right } = frameOf(box.width, box.height, letters);
    const share = (event.clientX - box.left - left) / (right - left);
    const off = (row) => Math.abs(along(scene.rates, row.rate) - share);
    if (scene.rows.length) choose(scene.rows.reduce((a, b) => (off(b) < off(a) ? b : a)));
  });
  element.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.code];
    if (!way || !scene.rows.length) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere in the page arrows step the descent
    const now = scene.rows.indexOf(scene.chosen);
    choose(scene.rows[now < 0 ? 0 : Math.min(Math.max(now + way, 0), scene.rows.length - 1)]);
  });
}
