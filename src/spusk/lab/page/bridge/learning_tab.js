// Tab 3: points in the plane and a small network that learns them before your eyes.

import { canvas, colour, make } from "../dom.js";
import { written } from "../words.js";
import { classMap, picture } from "./colours.js";
import { button, choice, sign, slider } from "./controls.js";
import { editor } from "./editor.js";
import * as net from "./net.js";
import * as plane from "./plane.js";
import { generator } from "./random.js";
import { FEW, MANY, precedents, REACH, shaped, spelled, unspelled } from "./sets.js";

const GRID = 72;
const SEEDS = 1e6;
const KEPT = 600; // points of the cost curve

export function mount(room, tools) {
  return new LearningTab(room, tools);
}

class LearningTab {
  constructor(room, { say, lang, read, remember, tell }) {
    Object.assign(this, { say, lang, remember, tell, kind: 1, chosen: -1, frame: 0 });
    const own = read.take("points", null, unspelled);
    const data = read.choice("data", [...MANY, "own"]);
    Object.assign(this, {
      own: own ?? precedents(FEW.mixed), data,
      seed: read.whole("seed", [0, SEEDS], 0),
      neurons: read.whole("h", [2, 8], 6),
      layers: read.whole("layers", [1, 3], 1),
      activation: read.choice("activation", Object.keys(net.SIGMAS), "tanh"),
      rate: read.number("rate", [0.01, 30], 1),
      batch: read.whole("batch", [1, 50], 10),
    });
    this.furnish(room);
    this.begin();
  }

  begin() {
    this.pause();
    this.random = generator(this.seed);
    this.V = this.data === "own" ? this.own : shaped(this.data, this.random);
    this.order = [...this.V];
    this.net = net.randomise(net.network([2, ...Array(this.layers).fill(this.neurons), 1], this.activation), this.random);
    this.pass = net.pass(this.net);
    Object.assign(this, { epochs: 0, every: 1, history: [] });
    this.measure();
    this.show();
  }

  epoch() {
    net.epoch(this.net, this.order, this, this.pass);
    this.epochs++;
    this.measure();
  }

  /** Cost and accuracy over V; of a long history every other point is let go. */
  measure() {
    let right = 0, sum = 0;
    for (const { x, y } of this.V) {
      const answer = net.forward(this.net, x, this.pass);
      sum += net.cost(answer, y);
      right += (answer[0] > 0.5 ? 1 : 0) === y[0];
    }
    Object.assign(this, { cost: sum / this.V.length, accuracy: right / this.V.length });
    if (this.epochs % this.every === 0) this.history.push([this.epochs, this.cost]);
    if (this.history.length <= KEPT) return;
    this.every *= 2;
    this.history = this.history.filter(([n]) => n % this.every === 0);
  }

  play() {
    const turn = () => {
      this.epoch();
      this.show();
      this.frame = requestAnimationFrame(turn);
    };
    this.frame = requestAnimationFrame(turn);
    this.show();
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.playing.textContent = "▶";
  }

  toggle() {
    this.frame ? this.pause() : this.play();
    this.show();
  }

  step() {
    this.pause();
    this.epoch();
    this.show();
  }

  show() {
    const { say, epochs, cost, accuracy } = this;
    this.playing.textContent = this.frame ? "⏸" : "▶";
    this.playing.setAttribute("aria-label", say(this.frame ? "bridge.pause" : "bridge.play"));
    this.verdict.textContent = say("bridge.learned", { n: epochs, cost, share: Math.round(accuracy * 1000) / 10 });
    // read out when it rests, not at every epoch
    this.verdict.setAttribute("aria-live", this.frame ? "off" : "polite");
    Object.assign(this.verdict.dataset, { epochs, cost, accuracy });
    this.map.redraw();
    this.curve.redraw();
  }

  drawMap(pen, width, height) {
    const area = (this.area = plane.square(width, height, REACH));
    const at = (k) => REACH * ((2 * k + 1) / GRID - 1);
    const values = new Float64Array(GRID * GRID);
    const x = [0, 0];
    for (let k = 0; k < values.length; k++) {
      [x[0], x[1]] = [at(k % GRID), at(Math.floor(k / GRID))];
      values[k] = net.forward(this.net, x, this.pass)[0];
    }
    plane.cropped(pen, area, () => {
      pen.drawImage(picture(values, GRID, classMap()), area.left, area.top, area.side, area.side);
      plane.boundary(pen, area, values, GRID);
    });
    plane.points(pen, area, this.V, { size: this.data === "own" ? 7 : 4, chosen: this.chosen });
    plane.axes(pen, area, ["x₁", "x₂"], this.lang);
  }

  drawCurve(pen, width, height) {
    const line = plane.lineHeight();
    const [left, bottom] = [3.7 * line, height - 1.6 * line];
    const high = Math.max(...this.history.map(([, cost]) => cost), 0.01);
    const last = Math.max(this.epochs, 10);
    pen.font = plane.letters();
    pen.fillStyle = colour("faint");
    pen.strokeStyle = colour("line");
    pen.strokeRect(left, 6, width - left - 6, bottom - 6);
    pen.textAlign = "right";
    pen.fillText(`C ${written(high, this.lang, 2)}`, left - 4, 6 + line);
    pen.fillText("0", left - 4, bottom);
    pen.fillText(`n = ${written(last, this.lang)}`, width - 6, height - 4);
    pen.strokeStyle = colour("train");
    pen.lineWidth = 2;
    pen.beginPath();
    for (const [n, cost] of [...this.history, [this.epochs, this.cost]])
      pen.lineTo(left + (n / last) * (width - left - 6), bottom - (cost / high) * (bottom - 8));
    pen.stroke();
  }

  keep() {
    const { data, seed, neurons: h, layers, activation, rate, batch } = this;
    this.remember({ data, seed, h, layers, activation, rate, batch, ...(data === "own" && { points: spelled(this.own) }) });
  }

  change(what) {
    Object.assign(this, what);
    this.begin();
    this.keep();
  }

  /** A point put on any set makes it one's own; every fifth of its points goes along. */
  adopt() {
    if (this.data === "own") return;
    this.V = this.own = this.V.filter((_, k) => k % 5 === 0);
    this.data = this.sets.select.value = "own";
  }

  edited() {
    this.order = [...this.V];
    this.measure();
    this.show();
  }

  furnish(room) {
    const { say } = this;
    this.map = canvas(say("bridge.learning_map"), (...all) => this.drawMap(...all), { tabindex: 0, id: "learning-map" });
    this.curve = canvas(say("bridge.learning_curve"), (...all) => this.drawCurve(...all), { class: "curve" });
    this.verdict = make("p", { class: "verdict" });
    this.playing = sign("▶", say("bridge.play"), () => this.toggle(), "main");
    this.playing.id = "learn";
    const buttons = make("div", { class: "buttons" }, this.playing,
      button(say("bridge.one_epoch"), () => this.step()),
      sign("|◀", say("bridge.reset"), () => this.begin()),
      button(say("bridge.another"), () => this.change({ seed: (this.seed + 1) % SEEDS })));
    room.append(
      make("div", { class: "pictures" },
        make("figure", {}, this.map.element, make("figcaption", { class: "small faint" }, say("bridge.learning_hint")))),
      make("div", { class: "controls" }, buttons, make("div", { class: "panel" }, this.verdict, this.curve.element), this.choices()));
    editor(this.map.element, {
      V: () => this.V, area: () => this.area, kind: () => this.kind, changed: () => this.edited(),
      own: () => this.adopt(), fixed: () => this.data !== "own", full: (n) => this.tell(say("bridge.full", { n })),
      chosen: (k) => { this.chosen = k; this.map.redraw(); }, done: () => this.keep(),
    });
  }

  choices() {
    const { say, lang } = this;
    const names = (list, prefix) => list.map((name) => [name, say(`bridge.${prefix}_${name}`)]);
    this.sets = choice({ label: say("bridge.points"), value: this.data, options: names([...MANY, "own"], "many"),
      onchange: (data) => this.change({ data }) });
    const kinds = choice({ label: say("bridge.adds"), value: "1", options: [["1", say("bridge.class_one")], ["0", say("bridge.class_zero")]],
      onchange: (kind) => (this.kind = Number(kind)) });
    const sigmas = choice({ label: "σ", value: this.activation, options: Object.keys(net.SIGMAS).map((name) => [name, say(`bridge.${name}`)]),
      onchange: (activation) => this.change({ activation }) });
    const whole = (key, label, low, high) => slider({ label, lang, low, high, value: this[key], onchange: (now) => this.change({ [key]: now }) });
    this.rates = slider({ label: say("bridge.rate"), lang, low: 0.01, high: 30, value: this.rate, log: true,
      onchange: (rate) => { this.rate = rate; this.keep(); } });
    const batches = slider({ label: say("bridge.batch"), lang, low: 1, high: 50, value: this.batch,
      onchange: (batch) => { this.batch = batch; this.keep(); } });
    return make("div", { class: "choices" }, this.sets.element, kinds.element, sigmas.element,
      whole("layers", say("bridge.hidden_layers"), 1, 3).element, whole("neurons", say("bridge.neurons"), 2, 8).element,
      this.rates.element, batches.element);
  }

  restyle() {
    this.show();
  }

  unmount() {
    this.pause();
  }

  key(code) {
    if (code === "Space") this.toggle();
    else if (code === "ArrowRight") this.step();
    else if (code === "BracketLeft") this.rates.move(-1);
    else if (code === "BracketRight") this.rates.move(1);
    else return false;
    return true;
  }
}
