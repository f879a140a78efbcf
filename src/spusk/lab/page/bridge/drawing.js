// The 2-2-1 network as a drawing on which every number stands: wide it lies, narrow it stands up; each of
// the two also with larger letters.

import { written } from "../core/words.js";
import { called } from "./formulas.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDE = {
  box: "0 0 760 420", radius: 52, line: 18, letter: 8.4, class: "wide",
  nodes: { "0.1": [80, 95], "0.2": [80, 315], "1.1": [380, 95], "1.2": [380, 315], "2.1": [660, 205] },
  bias: { "1.1": [380, 14], "1.2": [380, 391], "2.1": [660, 122] },
  along: { "1.12": 0.3, "1.21": 0.3 }, target: [660, 282],
};
// as wide, with less room between: its letters are larger on the same screen
const CLOSE = {
  box: "0 0 556 420", radius: 52, line: 18, letter: 8.4, class: "wide",
  nodes: { "0.1": [56, 95], "0.2": [56, 315], "1.1": [290, 95], "1.2": [290, 315], "2.1": [500, 205] },
  bias: { "1.1": [290, 14], "1.2": [290, 391], "2.1": [500, 122] },
  along: { "1.12": 0.28, "1.21": 0.28 }, target: [500, 282],
};
const NARROW = {
  box: "0 0 360 600", radius: 46, line: 16, letter: 7.4, class: "narrow",
  nodes: { "0.1": [95, 50], "0.2": [265, 50], "1.1": [95, 280], "1.2": [265, 280], "2.1": [180, 510] },
  bias: { "1.1": [46, 348], "1.2": [314, 348], "2.1": [180, 576] },
  along: { "1.12": 0.28, "1.21": 0.72 }, target: [290, 500],
};
const TALL = {
  box: "0 0 360 730", radius: 54, line: 20, letter: 9.4, class: "tall",
  nodes: { "0.1": [88, 58], "0.2": [272, 58], "1.1": [88, 330], "1.2": [272, 330], "2.1": [180, 616] },
  bias: { "1.1": [58, 408], "1.2": [302, 408], "2.1": [180, 698] },
  along: { "1.12": 0.3, "1.21": 0.7, "2.21": 0.72 }, target: [300, 606],
};
const forms = (narrow, large) => (narrow ? (large ? TALL : NARROW) : large ? CLOSE : WIDE);

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function edges() {
  const all = [];
  for (const [l, n, m] of [[1, 2, 2], [2, 2, 1]])
    for (let i = 1; i <= n; i++) for (let j = 1; j <= m; j++) all.push([`${l - 1}.${i}`, `${l}.${j}`, `${l}.${i}${j}`]);
  return all;
}

/** Draws with `now` (numbers by key); shows those whose key `visible` allows, `fresh` ones marked. */
export function drawing({ narrow, large, label, lang, now, y, cost, visible, fresh, touched }) {
  const form = forms(narrow, large);
  /** @type {(key: string, place: number[], sign?: string) => SVGElement} */
  const text = (key, [x, at], sign = called(key)) => {
    const shown = visible(key);
    const said = `${sign} ${shown ? written(now[key], lang) : "·"}`;
    const kind = [key.replace(/\d.*/, ""), fresh.has(key) ? "fresh" : "", shown ? "" : "unknown"].join(" ");
    if (!shown) return svg("text", { x, y: at, class: kind }, said);
    const tell = () => touched(key);
    return svg("text", { x, y: at, class: `number ${kind}`, "data-key": key, "data-value": now[key], onclick: tell, onpointerenter: tell }, said);
  };
  /** @type {(key: string, place: number[]) => SVGElement[]} */
  const pair = (key, [x, at]) => {
    const both = [text(key, [x, at], short(key)), text(`g${key}`, [x, at + form.line], "∂C")];
    const width = Math.max(...both.map((one) => one.textContent.length)) * form.letter + 6;
    const plate = svg("rect", { x: x - width / 2, y: at - form.line + 2, width, height: 2 * form.line + 4, rx: 4 });
    return [plate, ...both];
  };
  const lines = [], labels = [];
  for (const [from, to, key] of edges()) {
    const [[x1, y1], [x2, y2]] = [form.nodes[from], form.nodes[to]];
    const place = form.along[key] ?? 0.5;
    lines.push(svg("line", { x1, y1, x2, y2, class: fresh.has(`W${key}`) || fresh.has(`gW${key}`) ? "fresh" : "" }));
    labels.push(...pair(`W${key}`, [x1 + (x2 - x1) * place, y1 + (y2 - y1) * place - 4]));
  }
  const circles = Object.entries(form.nodes).map(([at, [cx, cy]]) => svg("circle", { cx, cy, r: form.radius,
    class: [`a${at}`, `d${at}`].some((key) => fresh.has(key)) ? "fresh" : "" }));
  const inside = Object.entries(form.nodes).flatMap(([at, [x, cy]]) => at.startsWith("0")
    ? [text(`x${at}`, [x, cy + 5])]
    : ["z", "a", "d"].map((part, k) => text(part + at, [x, cy + 5 + (k - 1) * (form.line + 2)], { d: "δ" }[part] ?? part)));
  const biases = Object.entries(form.bias).flatMap(([at, place]) => pair(`b${at}`, place));
  const [tx, ty] = form.target;
  const target = [svg("text", { x: tx, y: ty, class: "aim" }, `y ${written(y, lang)}`),
    svg("text", { x: tx, y: ty + form.line, class: "aim" }, `C ${cost === null ? "·" : written(cost, lang)}`)];
  return svg("svg", { viewBox: form.box, class: `net ${form.class}`, role: "img", "aria-label": label },
    ...lines, ...circles, ...labels, ...inside, ...biases, ...target);
}

function short(key) {
  return called(key).replace(/⁽.⁾/, "");
}
