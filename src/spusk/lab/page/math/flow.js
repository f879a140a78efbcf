// The gradient flow x′ = −∇f(x): where an endlessly small rate would lead, and how f falls on the way.
//
// As functions/flow.py has it, whose text says how: each step solves the flow of the local quadratic.

import { facts } from "../core/facts.js";
import { eigen } from "./eigen.js";
import { distance, moved, norm } from "./vector.js";

/**
 * @typedef {import("./tape.js").Program} Program
 * @typedef {"rest" | "stuck" | "unbounded" | "endless" | "unfinished"} FlowEnd
 * @typedef {{end: FlowEnd, x: Float64Array, value: number}} Flow
 *
 * @typedef {object} Frame the eigenvalues and eigenvectors of a Hessian, lowest first
 * @property {number[]} lambdas
 * @property {number[][]} vectors
 */

/**
 * The eigenvalues of f's Hessian at a point, and its eigenvectors.
 * @param {Program} program
 * @param {ArrayLike<number>} x
 * @returns {Frame}
 */
export function frame(program, x) {
  const { low, top, along } = eigen(program.hessian(x), program.n);
  if (program.n === 1) return { lambdas: [top], vectors: [[1]] };
  return { lambdas: [low, top], vectors: [[-along[1], along[0]], along] };
}

/**
 * The components of a vector in a frame.
 * @param {Frame} frame
 * @param {ArrayLike<number>} slopes
 */
export function within({ vectors }, slopes) {
  return vectors.map((v) => v.reduce((sum, part, k) => sum + part * slopes[k], 0));
}

/**
 * The vector that has these components in a frame.
 * @param {Frame} frame
 * @param {number[]} parts
 */
export function vectorOf({ vectors }, parts) {
  return Float64Array.from(vectors[0], (_, k) => vectors.reduce((sum, v, j) => sum + v[k] * parts[j], 0));
}

/**
 * Follows −∇f from a point until nothing moves.
 * @param {Program} program
 * @param {ArrayLike<number>} start
 * @returns {Flow}
 */
export function flow(program, start) {
  const { steps } = facts.critical.flow;
  const follower = new Follower(program, Float64Array.from(start));
  let middle = follower.x;
  for (let count = 0; count < steps; count++) {
    if (count === Math.floor(steps / 2)) middle = follower.x;
    const end = follower.step();
    if (end) return { end, x: follower.x, value: follower.value };
  }
  return { end: follower.late(middle), x: follower.x, value: follower.value };
}

/**
 * Whether a slope |∇f| is no more than rounding of f; scale = 1 + |x|.
 * @type {(slope: number, scale: number, value: number) => boolean}
 */
export const isGrain = (slope, scale, value) => slope * scale <= facts.critical.flow.grain * (1 + Math.abs(value));

class Follower {
  /**
   * @param {Program} program
   * @param {Float64Array} x
   */
  constructor(program, x) {
    this.program = program;
    this.x0 = this.x = x;
    this.value0 = this.value = program.value(x);
    this.slope = program.gradient(x);
    this.steepest = norm(this.slope);
    this.time = 0;
    /** @type {number[]} of the last steps */
    this.sizes = [];
    /** @type {[distance: number, value: number][]} */
    this.falls = [];
  }

  /**
   * What is said of a flow that has no more steps; `middle`: where it was after half.
   * @type {(middle: Float64Array) => FlowEnd}
   */
  late(middle) {
    const { again, deep } = facts.critical.flow;
    if (this.value < -deep * (1 + Math.abs(this.value0))) return "unbounded";
    if (!(distance(this.x, middle) > again * distance(this.x, this.x0))) return "unfinished";
    return norm(this.slope) > this.steepest / 2 ? "unbounded" : "endless";
  }

  /** @returns {FlowEnd | null} an end, or null: go on */
  step() {
    const { accurate } = facts.critical.flow;
    const own = frame(this.program, this.x);
    if (![this.value, ...this.slope, ...own.lambdas].every(Number.isFinite)) return "stuck";
    if (norm(this.slope) === 0) return "rest"; // or so little that its square is
    const along = within(own, this.slope);
    const scale = 1 + norm(this.x);
    this.time ||= firstTime(own.lambdas, along, scale);
    const longest = this.time;
    for (;;) {
      const step = vectorOf(own, along.map((part, k) => phi(this.time, own.lambdas[k]) * part));
      if (norm(step) <= facts.critical.rest * scale) {
        const end = this.rested(own.lambdas, along, scale);
        if (end !== "stuck" || this.time < longest) return end; // else its time is still short
      }
      const foretold = vectorOf(own, along.map((part, k) => Math.exp(-this.time * own.lambdas[k]) * part));
      const next = this.look(step, foretold);
      if (next.error <= accurate) {
        [this.x, this.value, this.slope] = [next.x, next.value, next.slope];
        this.sizes = [...this.sizes, norm(step)].slice(-facts.critical.flow.last);
        if (next.error <= accurate / 2) this.time *= 2;
        return this.goingOn();
      }
      this.time /= 4;
    }
  }

  /**
   * @param {Float64Array} step
   * @param {Float64Array} foretold
   */
  look(step, foretold) {
    const x = moved(this.x, -1, step);
    const [value, slope] = [this.program.value(x), this.program.gradient(x)];
    const rounding = 1e-14 * (1 + Math.abs(this.value));
    const good = value <= this.value + rounding && slope.every(Number.isFinite);
    const largest = Math.max(norm(this.slope), norm(slope));
    const gap = distance(slope, foretold);
    return { x, value, slope, error: good ? (gap ? gap / largest : 0) : Infinity };
  }

  /** @type {(lambdas: number[], along: number[], scale: number) => FlowEnd} */
  rested(lambdas, along, scale) {
    const { steep: least, moving, long, close, sure, onward, faded } = facts.critical.flow;
    const [size, sizes] = [norm(along), along.map(Math.abs)];
    const largest = Math.max(...sizes);
    const steep = size > this.steepest / 2 && size * scale > least * (1 + Math.abs(this.value));
    if (steep && lambdas[sizes.indexOf(largest)] < 0) return "stuck";
    const top = Math.max(...lambdas.map(Math.abs));
    const lengths = along.map((part, k) => (Math.abs(part) > moving * largest ? Math.abs(part) / Math.max(Math.abs(lambdas[k]), 1e-300) : 0));
    if (Math.max(...lengths) <= long * scale) return "rest";
    if (!isGrain(size, scale, this.value)) return "stuck";
    const known = lengths.every((length, k) => length === 0 || Math.abs(lambdas[k]) > sure * top);
    const going = known ? Math.max(...lengths) > close * scale : Math.max(0, ...this.sizes) > onward * distance(this.x, this.x0);
    if (!going) return "rest";
    return size <= faded * this.steepest ? "endless" : "unfinished";
  }

  /** @returns {FlowEnd | null} */
  goingOn() {
    const { far, holds } = facts.critical.flow;
    this.steepest = Math.max(this.steepest, norm(this.slope));
    const gone = distance(this.x, this.x0) / (1 + norm(this.x0));
    const last = this.falls.at(-1);
    if (!last || gone >= 10 * last[0]) this.falls.push([Math.max(gone, 1e-3), this.value]);
    if (this.value < -1e100) return "unbounded";
    if (gone < far || this.falls.length < 3) return null;
    const [first, second, third] = this.falls.slice(-3).map(([, value]) => value);
    return second - third >= holds * (first - second) ? "unbounded" : "endless";
  }
}

/**
 * (1 − exp(−hλ))/λ, and h where λ is 0.
 * @type {(time: number, lambda: number) => number}
 */
function phi(time, lambda) {
  const z = time * lambda;
  return Math.abs(z) < facts.critical.flow.linear ? time * (1 - z / 2) : -Math.expm1(-z) / lambda;
}

/** @type {(lambdas: number[], along: number[], scale: number) => number} */
function firstTime(lambdas, along, scale) {
  const top = Math.max(...lambdas.map(Math.abs));
  return Math.min(0.1 / Math.max(top, 1e-300), (0.01 * scale) / norm(along));
}
