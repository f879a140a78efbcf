// Tab 1: a neuron with two weights: its cost surface with the path, and the line it draws.

import { canvas, make } from "../dom.js";
import { written } from "../words.js";
import { cividis, classMap, picture } from "./colours.js";
import { contour } from "./contours.js";
import { button, choice, sign, slider } from "./controls.js";
import { editor } from "./editor.js";
import { grips } from "./grips.js";
import * as neuron from "./neuron.js";
import { network, forward } from "./net.js";
import * as plane from "./plane.js";
import { FEW, precedents, REACH, spelled, unspelled } from "./sets.js";

const SPAN = 8; // the map shows w1, w2 in −8 … 8
const GRID = 81;
const STEPS = 200;
const LEVELS = 14;
const PACE = 80; // ms between two steps of a play

function read({ choice, number, whole, pair, take }) {
  const set = choice("set", [...Object.keys(FEW), "own"]);
  const own = take("points", null, unspelled);
  return {
    set: set === "own" && !own ? "mixed" : set,
    V: set === "own" && own ? own : precedents(FEW[set] ?? FEW.mixed),
    rate: number("rate", [0.1, 1000], 10),
    start: pair("start", SPAN, [-5, 4]),
    n: whole("n", [0, STEPS], STEPS),
  };
}

export function mount(room, { say, lang, read: checked, remember }) {
  const state = read(checked);
  let surface, sheet, path, timer = 0, kind = 1, chosen = -1, startChosen = false;
  let mapArea, dataArea;

  function kept() {
    const start = state.start.map((v) => v.toFixed(2)).map(Number).join(",");
    const { set, rate, n } = state;
    remember({ set, rate, start, n, ...(set === "own" && { points: spelled(state.V) }) });
  }
  function repaint() {
    [map, data].forEach((one) => one.redraw());
    readout();
  }
  function descend() {
    path = neuron.path(state.V, state.start, state.rate, STEPS);
    repaint();
  }
  function resurface() {
    surface = neuron.surface(state.V, SPAN, GRID);
    const [low, high] = [Math.min(...surface), Math.max(...surface)];
    state.scale = (c) => Math.sqrt((c - low) / (high - low || 1));
    state.levels = Array.from({ length: LEVELS }, (_, k) => low + (high - low) * ((k + 0.5) / LEVELS) ** 2);
    sheet = picture(surface, GRID, (c) => cividis(state.scale(c)));
    descend();
  }
  function drawMap(pen, width, height) {
    const area = (mapArea = plane.square(width, height, SPAN));
    const at = (i, j) => [i, j].map((k) => SPAN * ((2 * k) / (GRID - 1) - 1)).map((v, k) => (k ? area.y(v) : area.x(v)));
    plane.cropped(pen, area, () => {
      pen.drawImage(sheet, area.left, area.top, area.side, area.side);
      pen.strokeStyle = "rgba(255, 255, 255, 0.35)";
      pen.lineWidth = 1;
      for (const level of state.levels) contour(pen, surface, GRID, level, at);
      plane.trail(pen, area, path.slice(0, state.n + 1));
    });
    const [px, py] = [area.x(state.start[0]), area.y(state.start[1])];
    plane.disc(pen, px, py, 7, getComputedStyle(map.element).accentColor);
    if (startChosen) plane.ring(pen, px, py, 12);
    plane.axes(pen, area, ["w₁", "w₂"], lang);
  }
  function drawData(pen, width, height) {
    const area = (dataArea = plane.square(width, height, REACH + 0.2));
    const [w1, w2] = path[state.n];
    const size = 64;
    const layers = network([2, 1]);
    layers[0].W.set([w1, w2]);
    const at = (k) => area.reach * ((2 * k + 1) / size - 1);
    const values = Float64Array.from({ length: size * size }, (_, k) =>
      forward(layers, [at(k % size), at(Math.floor(k / size))])[0]);
    plane.cropped(pen, area, () => {
      pen.drawImage(picture(values, size, classMap()), area.left, area.top, area.side, area.side);
      drawLine(pen, area, w1, w2);
    });
    plane.points(pen, area, state.V, { chosen });
    plane.axes(pen, area, ["x₁", "x₂"], lang);
  }
  // the line a = 1/2, w1 x1 + w2 x2 = 0, and the arrow of w across it
  function drawLine(pen, area, w1, w2) {
    const length = Math.hypot(w1, w2);
    if (!length) return;
    const [u1, u2] = [w1 / length, w2 / length];
    const far = 2 * area.reach;
    const lines = [[[-u2 * far, u1 * far], [u2 * far, -u1 * far]], [[0, 0], [u1, u2]]];
    for (const [name, width] of [["path-edge", 4.5], ["path", 2]]) {
      pen.strokeStyle = getComputedStyle(map.element).getPropertyValue(`--${name}`);
      pen.lineWidth = width;
      for (const [from, to] of lines) {
        pen.beginPath();
        pen.moveTo(area.x(from[0]), area.y(from[1]));
        pen.lineTo(area.x(to[0]), area.y(to[1]));
        pen.stroke();
      }
    }
    plane.disc(pen, area.x(u1), area.y(u2), 5, "#ffffff");
  }
  function readout() {
    const [w1, w2] = path[state.n];
    const [g1, g2] = neuron.gradient(state.V, w1, w2);
    const pair = (a, b) => `(${written(a, lang)}; ${written(b, lang)})`;
    const next = pair(w1 - state.rate * g1, w2 - state.rate * g2);
    numbers.dataset.w = JSON.stringify(path[state.n]);
    numbers.replaceChildren(
      make("p", { class: "formula" }, `w := w − η∇C = ${pair(w1, w2)} − ${written(state.rate, lang)}·${pair(g1, g2)} = ${next}`),
      make("p", { class: "small faint" }, `C = 1/|V| Σ (a − y)²/2,  a = σ(w₁x₁ + w₂x₂)`));
    const right = state.V.filter(({ x, y }) => (w1 * x[0] + w2 * x[1] > 0 ? 1 : 0) === y[0]).length;
    verdict.textContent = say(sentence(Math.hypot(g1, g2)), {
      n: state.n, cost: neuron.cost(state.V, w1, w2), slope: Math.hypot(g1, g2), right, count: state.V.length });
    scrub.set(state.n);
    play.textContent = timer ? "⏸" : "▶";
  }
  function sentence(slope) {
    const [w1, w2] = path[state.n];
    if (Math.max(Math.abs(w1), Math.abs(w2)) > SPAN) return "bridge.neuron_outside";
    if (slope < 1e-4) return "bridge.neuron_rests";
    const rises = path.slice(1, state.n + 1).filter((w, k) => neuron.cost(state.V, ...w) > neuron.cost(state.V, ...path[k])).length;
    return rises > state.n / 10 ? "bridge.neuron_jumps" : "bridge.neuron_falls";
  }
  function go(n) {
    state.n = Math.min(Math.max(n, 0), STEPS);
    repaint();
    kept();
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    readout();
  }
  function toggle() {
    if (timer) return stop();
    if (state.n === STEPS) state.n = 0;
    timer = setInterval(() => (state.n < STEPS ? go(state.n + 1) : stop()), PACE);
    readout();
  }
  function startAt(place) {
    state.start = mapArea.back(place).map((v) => Math.min(Math.max(v, -SPAN), SPAN));
    descend();
  }
  function choose(set) {
    state.set = set;
    if (set !== "own") state.V = precedents(FEW[set]);
    resurface();
    kept();
  }

  const map = canvas(say("bridge.neuron_map"), drawMap, { tabindex: 0, id: "neuron-map" });
  const data = canvas(say("bridge.neuron_data"), drawData, { tabindex: 0, id: "neuron-data" });
  const rate = slider({ label: say("bridge.rate"), lang, low: 0.1, high: 1000, value: state.rate, log: true,
    onchange: (now) => { state.rate = now; descend(); kept(); } });
  const scrub = slider({ label: say("bridge.step_n"), lang, low: 0, high: STEPS, value: state.n, shown: (n) => `n = ${n}`,
    onchange: (n) => go(n) });
  const sets = choice({ label: say("bridge.points"), value: state.set, onchange: choose,
    options: [...Object.keys(FEW), "own"].map((name) => [name, say(`bridge.few_${name}`)]) });
  const kinds = choice({ label: say("bridge.adds"), value: "1", onchange: (now) => (kind = Number(now)),
    options: [["1", say("bridge.class_one")], ["0", say("bridge.class_zero")]] });
  const play = sign("▶", say("bridge.play"), toggle, "main");
  const verdict = make("p", { class: "verdict", "aria-live": "polite" });
  const numbers = make("div", { class: "numbers" });

  grips(map.element, {
    places: () => [[mapArea.x(state.start[0]), mapArea.y(state.start[1])]],
    move: (_, place) => startAt(place),
    tap: startAt,
    nudge: (_, dx, dy) => { state.start = [state.start[0] + dx / 4, state.start[1] + dy / 4].map((v) => Math.min(Math.max(v, -SPAN), SPAN)); descend(); },
    chosen: (k) => { startChosen = k >= 0; map.redraw(); },
    done: kept,
  });
  editor(data.element, {
    V: () => state.V, area: () => dataArea, kind: () => kind,
    changed: () => { state.set = "own"; sets.select.value = "own"; resurface(); },
    chosen: (k) => { chosen = k; data.redraw(); },
    done: kept,
  });
  room.append(
    make("div", { class: "pictures two" },
      make("figure", {}, map.element, make("figcaption", { class: "small faint" }, say("bridge.neuron_map_hint"))),
      make("figure", {}, data.element, make("figcaption", { class: "small faint" }, say("bridge.neuron_data_hint")))),
    make("div", { class: "controls" }, rate.element,
      make("div", { class: "buttons" }, play, sign("⏮", say("bridge.first"), () => go(0)),
        sign("◀", say("bridge.back"), () => go(state.n - 1)), sign("▶|", say("bridge.on"), () => go(state.n + 1))),
      scrub.element, make("div", { class: "panel" }, verdict, numbers), sets.element, kinds.element));
  resurface();
  return {
    unmount: () => clearInterval(timer),
    restyle: repaint,
    key(code) {
      if (code === "Space") toggle();
      else if (code === "ArrowLeft") go(state.n - 1);
      else if (code === "ArrowRight") go(state.n + 1);
      else if (code === "BracketLeft") rate.move(-1);
      else if (code === "BracketRight") rate.move(1);
      else return false;
      return true;
    },
  };
}
