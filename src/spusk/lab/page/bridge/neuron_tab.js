// Tab 1: a neuron with two weights: its cost surface with the path, and the line it draws.

import { canvas, make } from "../core/dom.js";
import { KEYED } from "../core/touch.js";
import { cut, written } from "../core/words.js";
import { highest } from "../math/eigen.js";
import * as neuron from "../math/neuron.js";
import { FEW, examplesOf, spelled, unspelled } from "../math/point_sets.js";
import { choice, sign, slider } from "./controls.js";
import { editor } from "./editor.js";
import { grips } from "./grips.js";
import { dataSquare, drawData, drawMap, relief, SPAN } from "./neuron_pictures.js";
import { square } from "./plane.js";

const STEPS = 200;
const PACE = 80; // ms between two steps of a play
const RESTS = 1e-4; // ‖∇C‖
const SETS = [...Object.keys(FEW), "own"];

export function mount(room, tools) {
  return new NeuronTab(room, tools);
}

// two decimals, as in the address: who opens it sees the same path
const onMap = (w) => w.map((v) => Number(Math.min(Math.max(v, -SPAN), SPAN).toFixed(2)));

class NeuronTab {
  say; lang; remember; tell;
  timer = 0; kind = 1; chosen = -1; startChosen = false;

  constructor(room, { say, lang, read, remember, tell }) {
    Object.assign(this, { say, lang, remember, tell });
    const own = read.take("points", null, unspelled);
    const set = read.choice("set", SETS);
    this.set = set === "own" && !own ? SETS[0] : set;
    this.V = this.set === "own" ? own : examplesOf(FEW[this.set]);
    this.rate = read.number("rate", [0.1, 1000], 10);
    this.start = onMap(read.pair("start", SPAN, [-5, 4]));
    this.n = read.whole("n", [0, STEPS], STEPS);
    this.furnish(room);
    this.resurface();
  }

  resurface() {
    this.relief = relief(this.V);
    this.descend();
  }

  descend() {
    this.path = neuron.path(this.V, this.start, this.rate, STEPS);
    this.show();
  }

  show() {
    this.map.redraw();
    this.data.redraw();
    this.write();
  }

  write() {
    const { V, path, n, rate, lang } = this;
    const slopes = neuron.gradient(V, ...path[n]);
    const pair = (w) => `(${w.map((v) => written(v, lang)).join(lang === "ru" ? "; " : ", ")})`;
    const next = path[n].map((v, k) => v - rate * slopes[k]);
    Object.assign(this.numbers.dataset, { w: JSON.stringify(path[n]), n });
    this.formula.textContent = `w := w − η∇C = ${pair(path[n])} − ${written(rate, lang)}·${pair(slopes)} = ${pair(next)}`;
    this.verdict.textContent = this.judged(Math.hypot(...slopes));
    this.verdict.setAttribute("aria-live", this.timer ? "off" : "polite");
    this.scrub.set(n);
    const bound = 2 / highest(neuron.hessian(V, ...path[n]), 2);
    this.rates.mark(bound, () => this.say("bridge.bound_here", { bound: cut(bound) }));
    this.play.dataset.sign = this.timer ? "pause" : "play";
    this.play.setAttribute("aria-label", this.say(this.timer ? "bridge.pause" : "bridge.play"));
  }

  judged(slope) {
    const { V, path, n, say } = this;
    const [w1, w2] = path[n];
    const costs = path.slice(0, n + 1).map((w) => neuron.cost(V, ...w));
    const rises = costs.filter((cost, k) => k && cost > costs[k - 1] + 1e-12).length;
    const outside = Math.max(Math.abs(w1), Math.abs(w2)) > SPAN;
    const key = outside ? "outside" : slope < RESTS ? "rests" : rises > n / 10 ? "jumps" : "falls";
    const right = V.filter(({ x, y }) => (w1 * x[0] + w2 * x[1] > 0 ? 1 : 0) === y[0]).length;
    return say(`bridge.neuron_${key}`, { n, cost: costs[n], slope, right, count: V.length });
  }

  go(n) {
    this.n = Math.min(Math.max(n, 0), STEPS);
    this.show();
    this.keep();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.write();
  }

  toggle() {
    if (this.timer) return this.stop();
    if (this.n === STEPS) this.n = 0;
    this.timer = setInterval(() => (this.n < STEPS ? this.go(this.n + 1) : this.stop()), PACE);
    this.show();
  }

  startAt(w) {
    this.start = onMap(w);
    this.descend();
  }

  choose(set) {
    this.set = set;
    if (set !== "own") this.V = examplesOf(FEW[set]);
    this.resurface();
    this.keep();
  }

  edited() {
    this.set = this.sets.select.value = "own";
    this.resurface();
  }

  settings() {
    const { set, rate, start, n, V } = this;
    return { set, rate, start: start.join(","), n, ...(set === "own" && { points: spelled(V) }) };
  }

  keep() {
    this.remember(this.settings());
  }

  furnish(room) {
    this.pictures();
    this.controls();
    const { say } = this;
    const figure = (one, hint) => make("figure", {}, one.element, make("figcaption", { class: "small faint" }, say(hint)));
    room.append(
      make("div", { class: "pictures two" },
        figure(this.map, "bridge.neuron_map_hint"), figure(this.data, "bridge.neuron_data_hint")),
      make("div", { class: "controls" }, this.rates.element, this.buttons, this.scrub.element,
        make("div", { class: "panel" }, this.verdict, this.numbers), this.sets.element, this.kinds.element));
  }

  pictures() {
    const { say, lang } = this;
    this.map = canvas(say("bridge.neuron_map"), (pen, width, height) => {
      this.mapArea = square(width, height, SPAN);
      const { relief, start, startChosen: chosen } = this;
      drawMap(pen, this.mapArea, { relief, path: this.path.slice(0, this.n + 1), start, chosen, lang });
    }, { ...KEYED, id: "neuron-map" });
    this.data = canvas(say("bridge.neuron_data"), (pen, width, height) => {
      this.dataArea = dataSquare(width, height);
      drawData(pen, this.dataArea, { V: this.V, w: this.path[this.n], chosen: this.chosen, lang });
    }, { ...KEYED, id: "neuron-data" });
    grips(this.map.element, {
      places: () => [[this.mapArea.x(this.start[0]), this.mapArea.y(this.start[1])]],
      move: (_, place) => this.startAt(this.mapArea.back(place)),
      tap: (place) => this.startAt(this.mapArea.back(place)),
      nudge: (_, dx, dy) => this.startAt([this.start[0] + dx / 4, this.start[1] + dy / 4]),
      chosen: (k) => { this.startChosen = k >= 0; this.map.redraw(); },
      done: () => this.keep(),
    });
    editor(this.data.element, {
      V: () => this.V, area: () => this.dataArea, kind: () => this.kind, changed: () => this.edited(),
      chosen: (k) => { this.chosen = k; this.data.redraw(); }, done: () => this.keep(), full: (n) => this.tell(say("bridge.full", { n })),
    });
  }

  controls() {
    const { say, lang } = this;
    this.rates = slider({ label: say("bridge.rate"), lang, low: 0.1, high: 1000, value: this.rate, log: true, marked: true,
      onchange: (rate) => { this.rate = rate; this.descend(); this.keep(); } });
    this.scrub = slider({ label: say("bridge.step_n"), lang, low: 0, high: STEPS, value: this.n, shown: (n) => `n = ${n}`,
      onchange: (n) => this.go(n) });
    this.sets = choice({ label: say("bridge.points"), value: this.set, onchange: (set) => this.choose(set),
      options: SETS.map((name) => [name, say(`bridge.few_${name}`)]) });
    this.kinds = choice({ label: say("bridge.adds"), value: "1", onchange: (kind) => (this.kind = Number(kind)),
      options: [["1", say("bridge.class_one")], ["0", say("bridge.class_zero")]] });
    this.play = sign("play", say("bridge.play"), () => this.toggle(), "main");
    this.buttons = make("div", { class: "buttons" }, this.play, sign("first", say("bridge.first"), () => this.go(0)),
      sign("back", say("bridge.back"), () => this.go(this.n - 1)), sign("on", say("bridge.on"), () => this.go(this.n + 1)));
    this.verdict = make("p", { class: "verdict" });
    this.formula = make("p", { class: "formula" });
    this.numbers = make("div", { class: "numbers" }, this.formula,
      make("p", { class: "small faint" }, "C = 1/|V| Σ (a − y)²/2,  a = σ(w₁x₁ + w₂x₂)"));
  }

  restyle() {
    this.show();
  }

  unmount() {
    clearInterval(this.timer);
  }

  key(code) {
    if (code === "Space") this.toggle();
    else if (code === "ArrowLeft") this.go(this.n - 1);
    else if (code === "ArrowRight") this.go(this.n + 1);
    else if (code === "BracketLeft") this.rates.move(-1);
    else if (code === "BracketRight") this.rates.move(1);
    else return false;
    return true;
  }
}
