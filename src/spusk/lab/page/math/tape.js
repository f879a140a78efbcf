// A short interpreter of tapes: f, ∇f and the Hessian of a formula, in blocks of points.
//
// A tape comes from spusk.lab.formulas.describe. Cells 0 … n−1 are the variables; each operation writes one
// cell; from `cells` on stand the constants. Every cell is an array over the points of a block, so
// that the interpreter's own work is shared by all of them; one point is a block of one.

import { limitOf } from "./limits.js";

/**
 * @typedef {object} Tape
 * @property {number} n variables
 * @property {number} cells
 * @property {(number | null)[]} numbers constants; null: not a number
 * @property {Row[]} ops
 * @property {number[]} outputs the cells of f, ∇f and the Hessian's upper triangle
 * @property {number[] | null} nonsmooth the point without a gradient
 *
 * @typedef {[name: string, out: number, a: number, b?: number]} Row
 * @typedef {(out: Float64Array, a: Float64Array, b: Float64Array, count: number) => void} Operation
 * @typedef {"all" | "value" | "gradient" | "both" | "hessian"} Part
 */

const BLOCK = 1024; // points: the cells of a usual tape stay in cache

// (out, a, b, count): the same numbers as NumPy's functions of these names in functions/tape.py.
// The three that fill most tapes go four points at a time: a third faster in a basin map.
/** @type {Record<string, Operation>} */
const OPERATIONS = {
  add(o, a, b, m) {
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      o[i] = a[i] + b[i];
      o[i + 1] = a[i + 1] + b[i + 1];
      o[i + 2] = a[i + 2] + b[i + 2];
      o[i + 3] = a[i + 3] + b[i + 3];
    }
    for (; i < m; i++) o[i] = a[i] + b[i];
  },
  sub(o, a, b, m) {
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      o[i] = a[i] - b[i];
      o[i + 1] = a[i + 1] - b[i + 1];
      o[i + 2] = a[i + 2] - b[i + 2];
      o[i + 3] = a[i + 3] - b[i + 3];
    }
    for (; i < m; i++) o[i] = a[i] - b[i];
  },
  mul(o, a, b, m) {
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      o[i] = a[i] * b[i];
      o[i + 1] = a[i + 1] * b[i + 1];
      o[i + 2] = a[i + 2] * b[i + 2];
      o[i + 3] = a[i + 3] * b[i + 3];
    }
    for (; i < m; i++) o[i] = a[i] * b[i];
  },
  div(o, a, b, m) { for (let i = 0; i < m; i++) o[i] = a[i] / b[i]; },
  // 1^NaN is 1 everywhere but in JavaScript
  pow(o, a, b, m) { for (let i = 0; i < m; i++) o[i] = a[i] === 1 ? 1 : Math.pow(a[i], b[i]); },
  neg(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = -a[i]; },
  inv(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = 1 / a[i]; },
  copy(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = a[i]; },
  sqrt(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.sqrt(a[i]); },
  exp(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.exp(a[i]); },
  log(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.log(a[i]); },
  abs(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.abs(a[i]); },
  sign(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.sign(a[i]); },
  sin(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.sin(a[i]); },
  cos(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.cos(a[i]); },
  tan(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.tan(a[i]); },
  asin(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.asin(a[i]); },
  acos(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.acos(a[i]); },
  atan(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.atan(a[i]); },
  sinh(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.sinh(a[i]); },
  cosh(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.cosh(a[i]); },
  tanh(o, a, _, m) { for (let i = 0; i < m; i++) o[i] = Math.tanh(a[i]); },
};
const PARTIAL = new Set(["log", "sqrt", "pow", "asin", "acos"]); // not defined everywhere

/**
 * The rows that these outputs need, in order. Cells are used again, so it is read backwards.
 * @param {Row[]} ops
 * @param {number[]} outputs
 */
function needed(ops, outputs) {
  const wanted = new Set(outputs);
  /** @type {Row[]} */
  const kept = [];
  for (const row of [...ops].reverse()) {
    const [, target, ...operands] = row;
    if (!wanted.delete(target)) continue;
    kept.push(row);
    for (const operand of operands) if (operand !== undefined) wanted.add(operand);
  }
  return kept.reverse();
}

// Room for a block of points, and the calls that fill `outputs` from `inputs`.
class Block {
  /**
   * @param {Tape} tape
   * @param {number[]} outputs
   * @param {number} size
   */
  constructor(tape, outputs, size) {
    const constants = tape.numbers.map((number) => new Float64Array(size).fill(number ?? NaN));
    const cells = Array.from({ length: tape.cells }, () => new Float64Array(size));
    cells.push(...constants);
    this.calls = needed(tape.ops, outputs).map(([name, target, a, b = a]) => {
      if (!Object.hasOwn(OPERATIONS, name)) throw new RangeError(`tape: no operation ${name}`);
      return { call: OPERATIONS[name], out: cells[target], a: cells[a], b: cells[b] };
    });
    this.size = size;
    this.inputs = cells.slice(0, tape.n);
    this.outputs = outputs.map((cell) => cells[cell]);
  }

  /**
   * Fills the outputs for the first `count` points.
   * @param {number} count
   */
  run(count) {
    for (const { call, out, a, b } of this.calls) call(out, a, b, count);
    return this.outputs;
  }
}

/** What a tape computes, at one point, at many, or in blocks of one's own. */
export class Program {
  /** @param {Tape} tape */
  constructor(tape) {
    const { n, outputs } = tape;
    this.n = n;
    this.tape = tape;
    this.partial = needed(tape.ops, [outputs[0]]).some(([name]) => PARTIAL.has(name));
    this.parts = {
      all: outputs,
      value: outputs.slice(0, 1),
      gradient: outputs.slice(1, 1 + n),
      both: outputs.slice(0, 1 + n),
      hessian: outputs.slice(1 + n),
    };
    /** @type {Partial<Record<Part, Block>>} */
    this.single = {};
    /** @type {Block | null} */
    this.wide = null;
  }

  /**
   * A block of some outputs.
   * @param {Part} part
   */
  block(part, size = BLOCK) {
    return new Block(this.tape, this.parts[part], size);
  }

  /**
   * Some outputs at a point, limits where they have no numbers.
   * @type {(part: Part, x: ArrayLike<number>) => Float64Array}
   */
  at(part, x) {
    const found = this.raw(part, x);
    if (found.every(Number.isFinite) || !Array.from(x).every(Number.isFinite)) return found;
    return found.map((number, k) => {
      const limit = Number.isFinite(number) ? number : limitOf((y) => this.raw(part, y)[k], x);
      return Number.isFinite(limit) ? limit : number;
    });
  }

  /** @type {(part: Part, x: ArrayLike<number>) => Float64Array} */
  raw(part, x) {
    const block = (this.single[part] ??= this.block(part, 1));
    for (let k = 0; k < this.n; k++) block.inputs[k][0] = x[k];
    return Float64Array.from(block.run(1), (cell) => cell[0]);
  }

  /** @param {ArrayLike<number>} x */
  isNonsmooth(x) {
    const { nonsmooth } = this.tape;
    return Boolean(nonsmooth?.every((number, k) => number === x[k]));
  }

  /**
   * At the nonsmooth point, which has no gradient, ∇f is defined as 0.
   * @param {ArrayLike<number>} x
   * @param {Float64Array} slopes
   */
  patched(x, slopes) {
    return this.isNonsmooth(x) ? slopes.fill(0) : slopes;
  }

  /**
   * f, ∇f and the Hessian's upper triangle at one point.
   * @param {ArrayLike<number>} x
   */
  run(x) {
    const all = this.at("all", x);
    this.patched(x, all.subarray(1, 1 + this.n));
    return all;
  }

  /** @param {ArrayLike<number>} x */
  value(x) {
    return this.at("value", x)[0];
  }

  /** @param {ArrayLike<number>} x */
  gradient(x) {
    return this.patched(x, this.at("gradient", x));
  }

  /**
   * [f, …∇f] with shared parts computed once.
   * @param {ArrayLike<number>} x
   */
  both(x) {
    const both = this.at("both", x);
    this.patched(x, both.subarray(1));
    return both;
  }

  /**
   * ∂²f/∂xi∂xj row by row: n² numbers.
   * @param {ArrayLike<number>} x
   */
  hessian(x) {
    const upper = this.at("hessian", x);
    const full = new Float64Array(this.n * this.n);
    let next = 0;
    for (let i = 0; i < this.n; i++) {
      for (let j = i; j < this.n; j++) {
        full[i * this.n + j] = full[j * this.n + i] = upper[next++];
      }
    }
    return full;
  }

  /**
   * f at many points: `points` holds n arrays of `count` numbers.
   * @param {Float64Array[]} points
   */
  many(points, count = points[0].length) {
    const values = new Float64Array(count);
    const block = (this.wide ??= this.block("value"));
    for (let first = 0; first < count; first += block.size) {
      const m = Math.min(block.size, count - first);
      block.inputs.forEach((cell, k) => cell.set(points[k].subarray(first, first + m)));
      values.set(block.run(m)[0].subarray(0, m), first);
    }
    return values;
  }

  /**
   * f over a grid of two variables, row by row: f(xs[i], ys[j]) at j·xs.length + i.
   * @param {Float64Array} xs
   * @param {Float64Array} ys
   */
  grid(xs, ys) {
    const count = xs.length * ys.length;
    const points = [new Float64Array(count), new Float64Array(count)];
    ys.forEach((y, j) => {
      points[0].set(xs, j * xs.length);
      points[1].fill(y, j * xs.length, (j + 1) * xs.length);
    });
    return this.many(points, count);
  }
}

/**
 * A tape made ready to run.
 * @param {Tape} tape
 */
export function compile(tape) {
  return new Program(tape);
}
