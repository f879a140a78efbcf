// Tab 2: a 2-2-1 network, one forward and one backward pass, number by number.

import { make } from "../core/dom.js";
import { cut, written } from "../core/words.js";
import { hessianOf } from "../math/curvature.js";
import { highest } from "../math/eigen.js";
import * as net from "../math/mlp.js";
import { EXAMPLES, examplesOf } from "../math/point_sets.js";
import { generator } from "../math/random.js";
import { button, choice, slider } from "./controls.js";
import { drawing } from "./drawing.js";
import { explained, numbers } from "./formulas.js";

const SEEDS = 1e6;
const NARROW = "(max-width: 700px)";
// what each phase computes, by the beginnings of the keys
const PHASES = [[], ["z1", "a1"], ["z2", "a2"], ["d2", "gW2", "gb2"], ["d1", "gW1", "gb1"], ["W", "b"]];
const [FRESH, FORWARD, UPDATE] = [0, 2, 5];
const WEIGHTS = 9; // of the 2-2-1 network, biases included
const MANY = 100; // epochs at one press
const RATES = [0.01, 100];

export function mount(room, tools) {
  return new NetworkTab(room, tools);
}

class NetworkTab {
  say; lang; remember; narrow;
  example; seed; rate; k; phase; used; base; epochs; learned; // as the address has them
  before; touched; // the numbers before the step, and the one that is pointed at

  constructor(room, { say, lang, read, remember }) {
    Object.assign(this, { say, lang, remember, narrow: matchMedia(NARROW) });
    this.example = read.choice("example", Object.keys(EXAMPLES), "xor");
    this.seed = read.whole("seed", [0, SEEDS], 1);
    this.rate = read.number("rate", RATES, 3);
    this.furnish(room);
    this.redraw = () => this.draw();
    this.narrow.addEventListener("change", this.redraw);
    this.begin();
    this.resume(read);
  }

  begin() {
    this.V = examplesOf(EXAMPLES[this.example]);
    this.layers = net.randomise(net.network([2, 2, 1]), generator(this.seed));
    Object.assign(this, { epochs: 0, learned: false });
    this.choose(this.V.length - 1); // x = (1; 1): no derivative is zero for its sake
  }

  /** As an address tells: the weights of the last pass, its example, and how far it had come. */
  resume(read) {
    const w = read.take("w", null, net.weightsFrom(this.layers));
    const k = read.whole("k", [0, this.V.length - 1], this.k);
    const phase = read.whole("phase", [FRESH, UPDATE], FRESH);
    this.epochs = read.whole("n", [0, 1e9], 0);
    const used = read.number("used", RATES, this.rate);
    if (w) net.fill(this.layers, w);
    this.learned = w !== null;
    this.choose(k);
    if (phase === UPDATE) this.update(used);
    else this.advance(phase);
  }

  settings() {
    const { example, seed, rate, k, phase, epochs: n, used } = this;
    const w = phase === UPDATE ? this.base : net.weights(this.layers);
    return { example, seed, rate, k, phase, ...(this.learned && { w: w.join(",") }), ...(n && { n }),
      ...(phase === UPDATE && used !== rate && { used }) };
  }

  /** Takes example k and forgets the last pass. */
  choose(k) {
    Object.assign(this, { k, phase: FRESH, before: null, touched: null });
    this.compute();
    this.draw();
  }

  compute() {
    const { x, y } = this.V[this.k];
    this.pass = net.pass(this.layers);
    this.slopes = net.gradient(this.layers, [{ x, y }], this.pass);
    this.now = numbers(this.layers, this.pass, this.slopes);
  }

  forward() {
    if (this.phase === UPDATE) this.choose((this.k + 1) % this.V.length);
    this.advance(this.phase + 1);
  }

  update(rate = this.rate) {
    Object.assign(this, { before: this.now, base: net.weights(this.layers), learned: true });
    this.used = rate; // the slider may move on
    net.step(this.layers, this.slopes, rate);
    // z, a, δ stay those of the pass; only W and b are new
    this.now = numbers(this.layers, this.pass, this.slopes);
    this.advance(UPDATE);
  }

  advance(phase) {
    Object.assign(this, { phase, touched: null });
    this.draw();
  }

  learn() {
    for (let n = 0; n < MANY; n++)
      net.epoch(this.layers, this.V, { rate: this.rate, batch: 1, random: { shuffle: (V) => V } });
    this.epochs += MANY;
    this.learned = true;
    this.choose(this.k);
  }

  visible(key) {
    const known = PHASES.slice(1, this.phase + 1).flat();
    return /^[xWb]/.test(key) || known.some((start) => key.startsWith(start));
  }

  fresh() {
    const starts = PHASES[this.phase];
    return new Set(Object.keys(this.now).filter((key) => starts.some((start) => key.startsWith(start))));
  }

  draw() {
    const { now, lang, say, phase } = this;
    const { x, y } = this.V[this.k];
    const cost = phase >= FORWARD ? net.cost(this.pass.a[2], y) : null;
    this.paper.replaceChildren(drawing({
      narrow: this.narrow.matches, large: document.documentElement.dataset.size === "large", lang, now, y: y[0], cost, fresh: this.fresh(),
      label: say("bridge.network_picture"), visible: (key) => this.visible(key), touched: (key) => this.touch(key),
    }));
    const [ahead, back, learn] = this.steps;
    ahead.disabled = phase >= FORWARD && phase < UPDATE;
    back.disabled = phase < FORWARD || phase >= UPDATE - 1;
    learn.disabled = phase !== UPDATE - 1;
    this.steps.forEach((one) => one.classList.toggle("main", !one.disabled));
    this.title.textContent = say(`bridge.phase_${phase}`, { x: x.join(this.lang === "ru" ? "; " : ", "), y: y[0] });
    this.explain();
    this.tabulate();
  }

  explain() {
    const filled = { now: this.now, before: this.before, y: this.V[this.k].y[0], rate: this.used, lang: this.lang };
    const formula = (key) => make("p", { class: "formula" }, explained(key, filled));
    const news = [...this.fresh()].map(formula);
    this.formulas.replaceChildren(...(news.length ? news : [make("p", {}, this.say("bridge.network_first"))]));
    this.hint.textContent = this.touched ? explained(this.touched, filled) : this.say("bridge.network_hint");
  }

  /** The numbers that are shown. */
  keyed() {
    return /** @type {SVGElement[]} */ (Array.from(this.paper.querySelectorAll("[data-key]")));
  }

  touch(key) {
    this.touched = key;
    for (const one of this.keyed()) one.classList.toggle("looked-at", one.dataset.key === key);
    this.explain();
  }

  /** The numbers one after another, without a mouse. */
  walk(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (!by) return;
    const keys = this.keyed().map((one) => one.dataset.key);
    const at = keys.indexOf(this.touched);
    this.touch(keys.at(at < 0 && by < 0 ? -1 : (at + by) % keys.length));
    event.preventDefault();
  }

  tabulate() {
    const { say, lang, V, layers } = this;
    const kept = (act) => this.kept(act);
    const row = ({ x, y }, k) => make("tr", { "aria-current": k === this.k && "true" },
      [...x, y[0], net.forward(layers, x)[0]].map((value) => make("td", {}, written(value, lang))),
      make("td", {}, button(say("bridge.take"), kept(() => this.choose(k)), "quiet", { "aria-label": say("bridge.take_n", { n: k + 1 }) })));
    const head = ["x₁", "x₂", "y", "α(x)"].map((name) => make("th", { scope: "col" }, name));
    head.push(make("td", {})); // over the buttons: a heading must have words
    this.table.replaceChildren(make("thead", {}, make("tr", {}, head)), make("tbody", {}, V.map(row)));
    const bound = 2 / highest(hessianOf(layers, V), WEIGHTS);
    this.slider.mark(bound, () => say("bridge.bound_here", { bound: cut(bound) }));
    this.total.textContent = say("bridge.network_cost", { cost: net.meanCost(layers, V), epochs: this.epochs });
  }

  keep() {
    this.remember(this.settings());
  }

  /** What a person does, and the address after it. */
  kept(act) {
    return () => {
      act();
      this.keep();
    };
  }

  furnish(room) {
    const { say, lang } = this;
    const kept = (act) => this.kept(act);
    const again = (change) => { Object.assign(this, change); this.begin(); this.keep(); };
    this.paper = make("figure", { tabindex: 0, role: "group", "aria-label": say("bridge.network_numbers"), onkeydown: (event) => this.walk(event) });
    this.title = make("h2", { "aria-live": "polite" });
    this.formulas = make("div", { class: "formulas" });
    this.hint = make("p", { class: "small faint touched", "aria-live": "polite" });
    this.table = make("table", { class: "answers" });
    this.total = make("p", { class: "small faint" });
    this.steps = [
      button(say("bridge.forward"), kept(() => this.forward()), "plain", { id: "forward" }),
      button(say("bridge.backward"), kept(() => this.advance(this.phase + 1)), "plain", { id: "backward" }),
      button(say("bridge.update"), kept(() => this.update()), "plain", { id: "update" })];
    const examples = choice({ label: say("bridge.example"), value: this.example, onchange: (example) => again({ example }),
      options: Object.keys(EXAMPLES).map((name) => [name, name.toUpperCase()]) });
    this.slider = slider({ label: say("bridge.rate"), lang, low: RATES[0], high: RATES[1], value: this.rate, log: true, marked: true,
      onchange: (rate) => { this.rate = rate; this.explain(); this.keep(); } });
    room.append(
      make("div", { class: "pictures" }, this.paper, this.hint),
      make("div", { class: "controls" },
        make("div", { class: "buttons" }, this.steps),
        make("div", { class: "panel steps" }, this.title, this.formulas),
        examples.element, this.slider.element, this.table, this.total,
        make("div", { class: "buttons" },
          button(say("bridge.learn_many"), kept(() => this.learn())),
          button(say("bridge.another"), () => again({ seed: (this.seed + 1) % SEEDS })))));
  }

  restyle() {
    this.draw();
  }

  unmount() {
    this.narrow.removeEventListener("change", this.redraw);
  }

  key(code) {
    const next = this.steps.find((one) => !one.disabled);
    if (code === "Space" || code === "ArrowRight") next.click();
    else if (code === "BracketLeft") this.slider.move(-1);
    else if (code === "BracketRight") this.slider.move(1);
    else return false;
    return true;
  }
}
