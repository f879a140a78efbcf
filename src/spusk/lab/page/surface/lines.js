// The rules' formulas, each with letters and with the numbers of one step of one variable.

import { broken, el } from "./math.js";

export const sign = (text) => el("mo", text);
const letter = (text) => el("mi", text);
const low = (text, place) => el("msub", letter(text), el("mn", String(place)));
const around = (...parts) => el("mrow", sign("("), ...parts, sign(")"));
const square = (part) => el("msup", around(part), el("mn", "2"));

/** A symbol at step n: x⁽ⁿ⁾. */
export const power = (symbol, n) => el("msup", symbol.cloneNode(true), around(el("mn", String(n))));

// x := x − η·∂f/∂x
function plain({ n, x, slope, number, held, old, now, g, rate }) {
  return [broken(
    [power(x, n), sign("="), power(x, n - 1), sign("−"), letter("η"), sign("·"), slope],
    [sign("="), number(old), sign("−"), number(rate), sign("·"), held(g)],
    [sign("="), number(now)])];
}

/** Where a rule has no line of its own: where its step led. */
export function bare({ n, x, number, now }) {
  return [broken([power(x, n), sign("="), number(now)])];
}

// v := βv − η·∂f/∂x
function push({ n, slope, number, held, g, state, rate, symbol, before, after }) {
  const v = symbol("v");
  return broken(
    [power(v, n), sign("="), letter("β"), sign("·"), power(v, n - 1), sign("−"), letter("η"), sign("·"), slope.cloneNode(true)],
    [sign("="), number(state.beta), sign("·"), held(before("v")), sign("−"), number(rate), sign("·"), held(g)],
    [sign("="), number(after("v"))]);
}

// x := x + v
function momentum(line) {
  const { n, x, number, held, old, now, symbol, after } = line;
  return [push(line), broken(
    [power(x, n), sign("="), power(x, n - 1), sign("+"), power(symbol("v"), n)],
    [sign("="), number(old), sign("+"), held(after("v"))],
    [sign("="), number(now)])];
}

// x := x + βv − η·∂f/∂x
function nesterov(line) {
  const { n, x, slope, number, held, old, now, g, state, rate, symbol, after } = line;
  return [push(line), broken(
    [power(x, n), sign("="), power(x, n - 1), sign("+"), letter("β"), sign("·"), power(symbol("v"), n), sign("−"), letter("η"), sign("·"), slope],
    [sign("="), number(old), sign("+"), number(state.beta), sign("·"), held(after("v")), sign("−"), number(rate), sign("·"), held(g)],
    [sign("="), number(now)])];
}

// m := β₁m + (1 − β₁)·∂f/∂x, and s the same of squares
function mean({ n, number, held, symbol, before, after }, name, [beta, place], of, found) {
  const m = symbol(name);
  return broken(
    [power(m, n), sign("="), low("β", place), sign("·"), power(m, n - 1), sign("+"), around(el("mn", "1"), sign("−"), low("β", place)), sign("·"), of],
    [sign("="), number(beta), sign("·"), held(before(name)), sign("+"), number(1 - beta), sign("·"), found],
    [sign("="), number(after(name))]);
}

// x := x − η·m̂/(√ŝ + ε), of AdamW from (1 − ηλ)x
function adam(line) {
  const { n, x, slope, number, held, old, now, g, state, rate, symbol, after } = line;
  const share = (m, s, epsilon) => el("mfrac", m, el("mrow", el("msqrt", s), sign("+"), epsilon));
  const found = (name, beta) => number(after(name) / (1 - beta ** n));
  const shrinks = state.rule === "adamw";
  return [
    mean(line, "m", [state.beta, 1], slope, held(g)),
    mean(line, "s", [state.beta2, 2], square(slope.cloneNode(true)), square(number(g))),
    broken(
      [power(x, n), sign("="), ...(shrinks ? [around(el("mn", "1"), sign("−"), letter("η"), letter("λ")), sign("·")] : []),
        power(x, n - 1), sign("−"), letter("η"), sign("·"), share(power(symbol(HAT.m), n), power(symbol(HAT.s), n), letter("ε"))],
      [sign("="), ...(shrinks ? [number(1 - rate * state.decay), sign("·"), held(old)] : [number(old)]),
        sign("−"), number(rate), sign("·"), share(found("m", state.beta), found("s", state.beta2), number(state.epsilon))],
      [sign("="), number(now)]),
  ];
}

const HAT = { m: "m\u0302", s: "s\u0302" };

// m̂ = m/(1 − β₁ⁿ), ŝ = s/(1 − β₂ⁿ): a mean of few steps is too small
const hats = ({ n }) => [["m", 1], ["s", 2]].map(([name, place]) => broken([letter(HAT[name]), sign("="),
  el("mfrac", letter(name), el("mrow", el("mn", "1"), sign("−"), el("msup", low("β", place), el("mn", String(n)))))]));

/** By rule: the lines of one variable. */
export const LINES = { plain, falling: plain, backtracking: plain, momentum, nesterov, adam, adamw: adam };

// η of this step, where it is not the η that was set
const rateLine = ({ n, state, number, rate }, under) => [broken(
  [power(letter("η"), n), sign("="), el("mfrac", number(state.rate), under)], [sign("="), number(rate)])];

/** By rule: what is said before them. */
export const FIRST = {
  adam: hats,
  adamw: hats,
  falling: (line) => rateLine(line, el("mrow", el("mn", "1"), sign("+"),
    el("mfrac", el("mn", String(line.n - 1)), line.number(line.state.half)))),
  backtracking: (line) => rateLine(line, el("msup", el("mn", "2"), line.number(Math.round(Math.log2(line.state.rate / line.rate))))),
};
