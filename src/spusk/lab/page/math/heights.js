// The surface as a mesh: f over the view, its heights between 0 and 1, and how steep it is.

import { scaleOf } from "./scale.js";

export const RISE = 0.85; // height of the surface in the box −1 … 1

/**
 * @typedef {{cells: number, view: number[][], t: Float64Array, value: (share: number) => number}} Surface
 */

/**
 * Heights 0 … 1 on a grid of (cells + 1)² points, NaN where f is not finite; value(height) is f.
 * @param {import("./tape.js").Program} program
 * @param {number[][]} view
 * @param {{value: number}[]} minima
 * @returns {Surface}
 */
export function heights(program, view, minima = [], cells = 96) {
  const box = [view[0], view[1] ?? [0, 1]];
  const [xs, ys] = box.map((side) => ticks(side, cells));
  const values = program.n === 2 ? program.grid(xs, ys) : ribbon(program.many([xs]), ys.length);
  const scale = scaleOf(values, Math.min(...minima.map((minimum) => minimum.value)));
  /** @param {number} value */
  const height = (value) => (Number.isFinite(value) ? Math.min(Math.max(scale.share(value), 0), 1) : NaN);
  return { cells, view: box, t: values.map(height), value: scale.value };
}

/** @type {(side: number[], cells: number) => Float64Array} */
function ticks([low, high], cells) {
  return Float64Array.from({ length: cells + 1 }, (_, i) => low + ((high - low) * i) / cells);
}

// A function of one variable: the same row, over and over.
/** @type {(row: Float64Array, rows: number) => Float64Array} */
function ribbon(row, rows) {
  const all = new Float64Array(row.length * rows);
  for (let j = 0; j < rows; j++) all.set(row, j * row.length);
  return all;
}

/**
 * The height between grid points, at places 0 … 1 of the view; NaN outside or where f is none.
 * @param {Pick<Surface, "t" | "cells">} surface
 * @param {number} u
 * @param {number} v
 */
export function heightAt({ t, cells }, u, v) {
  if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return NaN;
  const [i, j] = [u, v].map((part) => Math.min(Math.floor(part * cells), cells - 1));
  const [a, b] = [u * cells - i, v * cells - j];
  const first = j * (cells + 1) + i;
  const low = t[first] * (1 - a) + t[first + 1] * a;
  const high = t[first + cells + 1] * (1 - a) + t[first + cells + 2] * a;
  return low * (1 - b) + high * b;
}

/**
 * Points (x, y, z) in the box −1 … 1 with their normals, and triangles without holes of f.
 * @param {Pick<Surface, "t" | "cells">} surface
 */
export function mesh({ t, cells }) {
  const side = cells + 1;
  const points = new Float32Array(6 * side * side);
  for (let j = 0; j < side; j++) {
    for (let i = 0; i < side; i++) {
      const place = j * side + i;
      const z = RISE * (Number.isFinite(t[place]) ? t[place] : 0);
      const normal = normalAt(t, cells, i, j);
      points.set([(2 * i) / cells - 1, (2 * j) / cells - 1, z, ...normal], 6 * place);
    }
  }
  return { points, triangles: triangles(t, cells) };
}

/** @type {(t: Float64Array, cells: number, i: number, j: number) => number[]} */
function normalAt(t, cells, i, j) {
  /** @type {(a: number, b: number) => number} */
  const at = (a, b) => t[Math.min(Math.max(b, 0), cells) * (cells + 1) + Math.min(Math.max(a, 0), cells)];
  /** @param {number} a */
  const span = (a) => (Math.min(a + 1, cells) - Math.max(a - 1, 0)) * (2 / cells);
  const dx = (RISE * (at(i + 1, j) - at(i - 1, j))) / span(i) || 0;
  const dy = (RISE * (at(i, j + 1) - at(i, j - 1))) / span(j) || 0;
  const length = Math.hypot(dx, dy, 1);
  return [-dx / length, -dy / length, 1 / length];
}

/** @type {(t: Float64Array, cells: number) => Uint16Array} */
function triangles(t, cells) {
  const side = cells + 1;
  /** @type {number[]} */
  const corners = [];
  for (let j = 0; j < cells; j++) {
    for (let i = 0; i < cells; i++) {
      const [a, b, c, d] = [j * side + i, j * side + i + 1, (j + 1) * side + i, (j + 1) * side + i + 1];
      for (const three of [[a, b, c], [b, d, c]]) {
        if (three.every((corner) => Number.isFinite(t[corner]))) corners.push(...three);
      }
    }
  }
  return Uint16Array.from(corners);
}
