// Each number of the 2-2-1 network with its formula, the numbers of this moment filled in.
//
// A number's key: part, layer and places, as "W1.21" (from neuron 2 to neuron 1 of layer 1), "z1.2".

import { written } from "../core/words.js";

const LOW = "₀₁₂₃₄₅₆₇₈₉", HIGH = { 1: "⁽¹⁾", 2: "⁽²⁾" };
const low = (places) => [...places].map((digit) => LOW[digit]).join("");

/** What a key is called: "W₂₁⁽¹⁾". */
export function called(key) {
  const [, part, layer, places] = /^(gW|gb|W|b|z|a|d|x)(\d)\.(\d+)$/.exec(key);
  if (part === "x") return `x${low(places)}`;
  const name = `${{ d: "δ", gW: "W", gb: "b" }[part] ?? part}${low(places)}${HIGH[layer]}`;
  return part.startsWith("g") ? `∂C/∂${name}` : name;
}

/** All numbers of a pass by key; `slopes` as mlp.js's gradient gives it. */
export function numbers(layers, pass, slopes) {
  const found = {};
  pass.a[0].forEach((x, i) => (found[`x0.${i + 1}`] = x));
  layers.forEach(({ n, m, W, b }, l) => {
    for (let j = 0; j < m; j++) {
      const at = `${l + 1}.${j + 1}`;
      Object.assign(found, { [`b${at}`]: b[j], [`z${at}`]: pass.z[l + 1][j], [`a${at}`]: pass.a[l + 1][j],
        [`d${at}`]: pass.delta[l + 1][j], [`gb${at}`]: slopes[l].b[j] });
      for (let i = 0; i < n; i++) {
        found[`W${l + 1}.${i + 1}${j + 1}`] = W[i * m + j];
        found[`gW${l + 1}.${i + 1}${j + 1}`] = slopes[l].W[i * m + j];
      }
    }
  });
  return found;
}

/** The formula of one number, filled: "a₁⁽¹⁾ = σ(z₁⁽¹⁾) = σ(0.42) = 0.603". */
export function explained(key, { now, before, y, rate, lang }) {
  const number = (value) => written(value, lang);
  const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));
  const [, part, layer, places] = /^(\D+)(\d)\.(\d+)$/.exec(key);
  const [i, j] = places.length === 2 ? places : [null, places];
  const l = Number(layer);
  const below = (k) => (l === 1 ? `x0.${k}` : `a${l - 1}.${k}`);
  const value = number(now[key]);
  const name = called(key);
  if (part === "z") {
    const pairs = ["1", "2"].map((k) => [`W${l}.${k}${j}`, below(k)]);
    const letters = pairs.map(([W, a]) => called(W) + called(a)).join(" + ");
    const filled = pairs.map(([W, a]) => `${factor(now[W])}·${factor(now[a])}`).join(" + ");
    return `${name} = ${letters} + ${called(`b${l}.${j}`)} = ${filled} + ${factor(now[`b${l}.${j}`])} = ${value}`;
  }
  if (part === "a") return `${name} = σ(${called(`z${l}.${j}`)}) = σ(${number(now[`z${l}.${j}`])}) = ${value}`;
  if (part === "d") {
    const a = now[`a${l}.${j}`];
    const slope = `${number(a)}·(1 − ${number(a)})`;
    if (l === 2) return `${name} = (a − y)·σ′(z) = (a − y)·a(1 − a) = (${number(a)} − ${number(y)})·${slope} = ${value}`;
    const [W, d] = [`W2.${j}1`, "d2.1"];
    return `${name} = ${called(W)}${called(d)}·a(1 − a) = ${factor(now[W])}·${factor(now[d])}·${slope} = ${value}`;
  }
  const delta = `d${l}.${j}`;
  if (part === "gW") return `${name} = ${called(below(i))}${called(delta)} = ${factor(now[below(i)])}·${factor(now[delta])} = ${value}`;
  if (part === "gb") return `${name} = ${called(delta)} = ${value}`;
  if (part === "x") return `${name} = ${value}`;
  if (!before) return `${name} = ${value}`;
  return `${name} := ${name} − η ${called(`g${key}`)} = ${number(before[key])} − ${number(rate)}·${factor(before[`g${key}`])} = ${value}`;
}
