// Tab 3: points in the plane and a small network that learns them before your eyes.

import { canvas, make } from "../core/dom.js";
import { KEYED, touchable } from "../core/touch.js";
import * as net from "../math/mlp.js";
import { FEW, MANY, examplesOf, rounded, shaped, spelled, unspelled } from "../math/point_sets.js";
import { generator } from "../math/random.js";
import { button, choice, sign, slider } from "./controls.js";
import { editor } from "./editor.js";
import { curveArea, drawCurve, drawMap, mapArea } from "./learning_pictures.js";
import { andOne, BATCHES, lessons, RATES, taughtFrom, taughtText } from "./taught.js";

const SEEDS = 1e6;
const KEPT = 600; // points of the cost curve
const FRAME = 12; // ms of epochs between two pictures while what an address tells is taught again
let left; // the network of the tab that was here before: another language goes on with it

export function mount(room, tools) {
  return new LearningTab(room, tools);
}

class LearningTab {
  say; lang; remember; tell;
  own; data; seed; neurons; layers; activation; rate; batch; taught; // as the address has them
  V; order; net; pass; random; epochs; every; history; pointed; cost; accuracy; // what is being learned
  kind = 1; chosen = -1; frame = 0;

  constructor(room, { say, lang, read, remember, tell }) {
    Object.assign(this, { say, lang, remember, tell });
    const own = read.take("points", null, unspelled);
    const data = read.choice("data", [...MANY, "own"]);
    Object.assign(this, {
      own: own ?? examplesOf(FEW.mixed), data,
      seed: read.whole("seed", [0, SEEDS], 0),
      neurons: read.whole("h", [2, 8], 6),
      layers: read.whole("layers", [1, 3], 1),
      activation: read.choice("activation", Object.keys(net.SIGMAS), "tanh"),
      rate: read.number("rate", RATES, 1),
      batch: read.whole("batch", BATCHES, 10),
      taught: read.take("n", [], taughtFrom),
    });
    this.furnish(room);
    const { taught } = this;
    if (left?.settings === JSON.stringify(this.settings())) this.goOn(left.state);
    else this.begin(taught);
  }

  goOn(state) {
    Object.assign(this, state);
    this.show();
  }

  /** From the start, and taught again what the address tells. */
  begin(taught = []) {
    this.pause();
    this.random = generator(SEEDS + 1 + this.seed); // its own: the start is the same whichever the points
    this.V = this.data === "own" ? this.own : shaped(this.data, generator(this.seed));
    this.order = [...this.V];
    this.net = net.randomise(net.network([2, ...Array(this.layers).fill(this.neurons), 1], this.activation), this.random);
    this.pass = net.pass(this.net);
    Object.assign(this, { epochs: 0, every: 1, history: [], taught: [], pointed: undefined });
    this.measure();
    if (taught.length) this.teach(taught);
    this.show();
  }

  epoch({ rate, batch } = this) {
    net.epoch(this.net, this.order, { rate, batch, random: this.random }, this.pass);
    this.epochs++;
    this.taught = andOne(this.taught, { rate, batch });
    this.measure();
  }

  /** Lesson after lesson, as fast as it goes, and seen. */
  teach(all) {
    this.promised = all;
    const rest = lessons(all);
    const turn = () => {
      const end = performance.now() + FRAME;
      let next;
      do {
        next = rest.next();
        if (!next.done) this.epoch(next.value);
      } while (!next.done && performance.now() < end);
      if (next.done) this.pause();
      else this.frame = requestAnimationFrame(turn);
      this.show();
    };
    this.frame = requestAnimationFrame(turn);
  }

  /** Cost and accuracy over V; of a long history every other point is let go. */
  measure() {
    let right = 0, sum = 0;
    for (const { x, y } of this.V) {
      const answer = net.forward(this.net, x, this.pass);
      sum += net.cost(answer, y);
      right += Number(Number(answer[0] > 0.5) === y[0]);
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
      this.keep();
      this.frame = requestAnimationFrame(turn);
    };
    this.frame = requestAnimationFrame(turn);
    this.show();
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.promised = undefined;
    this.playing.dataset.sign = "play";
  }

  toggle() {
    this.frame ? this.pause() : this.play();
    this.show();
    this.keep();
  }

  step() {
    this.pause();
    this.epoch();
    this.show();
    this.keep();
  }

  restart() {
    this.begin();
    this.keep();
  }

  show() {
    const { say, epochs, cost, accuracy } = this;
    this.playing.dataset.sign = this.frame ? "pause" : "play";
    this.playing.setAttribute("aria-label", say(this.frame ? "bridge.pause" : "bridge.play"));
    this.verdict.textContent = say("bridge.learned", { n: epochs, cost, share: Math.round(accuracy * 1000) / 10 });
    // read out when it rests, not at every epoch
    this.verdict.setAttribute("aria-live", this.frame ? "off" : "polite");
    Object.assign(this.verdict.dataset, { epochs, cost, accuracy });
    this.map.redraw();
    this.curve.redraw();
  }

  drawMap(pen, width, height) {
    this.area = mapArea(width, height);
    const { net: layers, pass, V, chosen, lang } = this;
    drawMap(pen, this.area, { layers, pass, V, size: this.data === "own" ? 7 : 4, chosen, lang });
  }

  drawCurve(pen, width, height) {
    this.scale = curveArea(width, height, this.history, this.epochs);
    drawCurve(pen, this.scale, { rows: [...this.history, [this.epochs, this.cost]], pointed: this.pointed, lang: this.lang });
  }

  /** Reads the curve at the point nearest to epoch n; nowhere without one. */
  point(n) {
    const gap = ([epoch]) => Math.abs(epoch - n);
    this.pointed = n === undefined ? undefined : this.history.reduce((best, row) => (gap(row) < gap(best) ? row : best));
    const [epoch, cost] = this.pointed ?? [];
    this.reading.textContent = this.pointed ? this.say("bridge.curve_here", { n: epoch, cost }) : this.say("bridge.curve_hint");
    this.curve.redraw();
  }

  settings() {
    const { data, seed, neurons: h, layers, activation, rate, batch } = this;
    const taught = this.promised ?? this.taught;
    return { data, seed, h, layers, activation, rate, batch, ...(taught?.length && { n: taughtText(taught) }),
      ...(data === "own" && { points: spelled(this.own) }) };
  }

  keep() {
    this.remember(this.settings());
  }

  change(what) {
    Object.assign(this, what);
    this.begin();
    this.keep();
  }

  /** A point put on any set makes it one's own; every fifth of its points goes along. */
  adopt() {
    if (this.data === "own") return;
    this.V = this.own = this.V.filter((_, k) => k % 5 === 0).map(rounded);
    this.data = this.sets.select.value = "own";
  }

  edited() {
    if (this.epochs) this.taught = null; // with these points nobody can be taught the same
    this.order = [...this.V];
    this.measure();
    this.show();
  }

  furnish(room) {
    const { say } = this;
    this.map = canvas(say("bridge.learning_map"), (...all) => this.drawMap(...all), { ...KEYED, id: "learning-map" });
    this.curve = canvas(say("bridge.learning_curve"), (...all) => this.drawCurve(...all), { ...KEYED, class: "curve" });
    this.reading = make("p", { class: "small faint reading" }, say("bridge.curve_hint"));
    touchable(this.curve.element, { at: (x) => this.point(Math.max(0, this.scale.back(x))), leave: () => this.point(),
      move: (dx) => this.point((this.pointed?.[0] ?? this.epochs) + dx * this.every) });
    this.verdict = make("p", { class: "verdict" });
    this.playing = sign("play", say("bridge.play"), () => this.toggle(), "main");
    this.playing.id = "learn";
    const buttons = make("div", { class: "buttons" }, this.playing,
      button(say("bridge.one_epoch"), () => this.step()),
      sign("first", say("bridge.reset"), () => this.restart()),
      button(say("bridge.another"), () => this.change({ seed: (this.seed + 1) % SEEDS })));
    room.append(
      make("div", { class: "pictures" },
        make("figure", {}, this.map.element, make("figcaption", { class: "small faint" }, say("bridge.learning_hint")))),
      make("div", { class: "controls" }, buttons, make("div", { class: "panel" }, this.verdict, this.curve.element, this.reading), this.choices()));
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
    this.rates = slider({ label: say("bridge.rate"), lang, low: RATES[0], high: RATES[1], value: this.rate, log: true,
      onchange: (rate) => { this.rate = rate; this.keep(); } });
    const batches = slider({ label: say("bridge.batch"), lang, low: BATCHES[0], high: BATCHES[1], value: this.batch,
      onchange: (batch) => { this.batch = batch; this.keep(); } });
    return make("div", { class: "choices" }, this.sets.element, kinds.element, sigmas.element,
      whole("layers", say("bridge.hidden_layers"), 1, 3).element, whole("neurons", say("bridge.neurons"), 2, 8).element,
      this.rates.element, batches.element);
  }

  restyle() {
    this.show();
  }

  unmount() {
    const { V, own, order, random, net: layers, pass, epochs, every, history, cost, accuracy, taught } = this;
    const state = { V, own, order, random, net: layers, pass, epochs, every, history, cost, accuracy, taught };
    left = this.promised ? undefined : { settings: JSON.stringify(this.settings()), state };
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
