// Descents in the page: the loop of spusk.descend, number by number, and maps of basins.

import { made } from "./rules.js";

const FAR = 1e4; // as in descent/outcome.py
const GROWN = 1e3;
const TAIL = 100;
const BLOCKS = 5;
const ROUNDING = 2 ** -26; // √ε: a shorter step is no movement
const NEAR = 1e-3; // of the view, as in descent/landing.py

// √Σx², with an overflow where Python has one (Math.hypot has none)
function length(x, origin) {
  let square = 0;
  for (let k = 0; k < x.length; k++) {
    const gap = origin ? x[k] - origin[k] : x[k];
    square += gap * gap;
  }
  return Math.sqrt(square);
}

function shrinks(numbers) {
  const size = Math.floor(numbers.length / BLOCKS);
  const used = numbers.slice(numbers.length - size * BLOCKS);
  const maxima = Array.from({ length: BLOCKS }, (_, i) =>
    Math.max(...used.slice(i * size, (i + 1) * size)),
  );
  return maxima.slice(1).every((b, i) => b < maxima[i] - 1e-9 * Math.abs(maxima[i]));
}

// What this iterate means, or null: go on. As Watch.look.
function look({ far, tolerance, firstNorm }, finite, distance, norm) {
  if (!finite) return distance <= far ? "not_finite" : "diverged";
  if (norm <= tolerance) return "converged";
  if (distance > far && norm > GROWN * firstNorm) return "diverged";
  return null;
}

// Out of steps; or oscillating, when neither |∇f| nor f shrinks over the last steps.
function atTheEnd(moving, norms, values) {
  const enough = moving && norms.length >= 4 * BLOCKS;
  const cycle = enough && !shrinks(norms.slice(-TAIL)) && !shrinks(values.slice(-TAIL));
  return cycle ? "oscillating" : "out_of_steps";
}

// Gradient descent from `start`. `rule` is a name in rules.js; `parameters` are its own (beta, …).
// points: step + 1 rows of n numbers; norms: |∇f|; outcome: a key of descent/outcome.py.
export function descend(
  program,
  start,
  { rate, rule = "plain", steps = 1000, tolerance = 1e-6, parameters },
) {
  const dim = program.n;
  const { move } = made(rule, rate, program, parameters);
  const x0 = Float64Array.from(start);
  const x = Float64Array.from(start);
  const points = new Float64Array((steps + 1) * dim);
  const values = new Float64Array(steps + 1);
  const norms = new Float64Array(steps + 1);
  const watch = { far: FAR * (1 + length(x0)), tolerance, firstNorm: 0 };
  let moving = false;
  for (let n = 0; ; n++) {
    const both = program.both(x);
    const gradient = both.subarray(1);
    points.set(x, n * dim);
    values[n] = both[0];
    norms[n] = length(gradient);
    if (n === 0) watch.firstNorm = norms[0];
    const finite = Number.isFinite(values[n]) && Number.isFinite(norms[n]);
    let outcome = look(watch, finite, length(x, x0), norms[n]);
    const count = n + 1;
    if (!outcome && n === steps) {
      outcome = atTheEnd(moving, norms.subarray(0, count), values.subarray(0, count));
    }
    const old = x.slice();
    if (!outcome && move(x, gradient, n, values[n]) === null) outcome = "stopped";
    if (outcome) {
      return {
        points: points.slice(0, count * dim),
        values: values.slice(0, count),
        norms: norms.slice(0, count),
        outcome,
        step: n,
      };
    }
    moving = length(x, old) > ROUNDING * (1 + length(x));
  }
}

/** Step n of a path again: ∇f there, the η it went by, and what the rule carried before and after. */
export function replayed(program, points, n, { rate, rule, parameters }) {
  const { move, memory } = made(rule, rate, program, parameters);
  const remembered = () => Object.fromEntries(Object.entries(memory).map(([name, cells]) => [name, cells.slice()]));
  const from = rule === "backtracking" ? n - 1 : 0; // it carries nothing along, and its steps cost more
  for (let k = from; ; k++) {
    const x = points.slice(k * program.n, (k + 1) * program.n);
    const both = program.both(x);
    const before = remembered();
    const step = move(x, both.subarray(1), k, both[0]);
    if (k === n - 1) return { slopes: both.subarray(1), step, before, after: remembered() };
  }
}

// Which minimum each start of a grid reaches (size × size, row 0 the lowest y), and in how many
// steps of the plain rule: `which` holds places in `minima`, −1 for none, −2 for a descent that
// ran away. `rows` = [from, to) makes a part of the map, so that several workers can share it;
// `whole` is the view by which nearness to a minimum is judged, where `view` is a part of it.
export function basins(
  program,
  minima,
  view,
  size,
  { rate, steps = 1000, tolerance = 1e-6, rows = [0, size], whole = view },
) {
  const [xs, ys] = view.map(([low, high]) => ticks(low, high, size));
  const near = NEAR * Math.max(...whole.map(([low, high]) => high - low));
  const block = program.block(program.partial ? "both" : "gradient");
  const count = (rows[1] - rows[0]) * size;
  const map = {
    program, block, rate, xs, ys, near, size,
    first: rows[0] * size,
    minima: minima.map((minimum) => minimum.x),
    floor: tolerance * tolerance,
    limit: new Float64Array(block.size),
    place: new Int32Array(block.size),
    which: new Int16Array(count).fill(-1),
    steps: new Uint16Array(count).fill(steps),
  };
  for (let first = 0; first < count; first += block.size) {
    let going = fill(map, first, Math.min(block.size, count - first));
    for (let n = 0; n <= steps && going; n++) going = advance(map, going, n);
  }
  return { which: map.which, steps: map.steps };
}

function ticks(low, high, count) {
  const step = (high - low) / Math.max(count - 1, 1);
  return Float64Array.from({ length: count }, (_, i) =>
    i && i === count - 1 ? high : low + i * step,
  );
}

// Puts the next starts into the block.
function fill(map, first, count) {
  const [x, y] = map.block.inputs;
  for (let i = 0; i < count; i++) {
    const place = first + i;
    [x[i], y[i]] = startOf(map, place);
    map.place[i] = place;
  }
  return count;
}

function startOf({ xs, ys, size, first }, place) {
  return [xs[(first + place) % size], ys[Math.floor((first + place) / size)]];
}

// One step of all that still go; those that settled leave, the others close the ranks.
function advance(map, count, n) {
  const { block, limit, place, rate, floor } = map;
  const slopes = block.run(count);
  const [x, y] = block.inputs;
  const gx = slopes[slopes.length - 2];
  const gy = slopes[slopes.length - 1];
  if (slopes.length === 3) forbid(slopes[0], gx, count);
  if (n === 0) {
    for (let i = 0; i < count; i++) {
      limit[i] = Math.min(GROWN * GROWN * (gx[i] * gx[i] + gy[i] * gy[i]), Number.MAX_VALUE);
    }
  }
  let going = 0;
  for (let i = 0; i < count; i++) {
    const square = gx[i] * gx[i] + gy[i] * gy[i];
    if (square > floor && (square <= limit[i] || stays(map, i, square))) {
      x[going] = x[i] - rate * gx[i];
      y[going] = y[i] - rate * gy[i];
      limit[going] = limit[i];
      place[going++] = place[i];
    } else {
      settle(map, i, square, n);
    }
  }
  return going;
}

// Where f is not finite its gradient is none.
function forbid(values, slopes, count) {
  for (let i = 0; i < count; i++) slopes[i] += values[i] - values[i];
}

// Whether a point whose gradient grew a lot is not far away yet.
function stays(map, i, square) {
  const [x, y] = map.block.inputs;
  const [x0, y0] = startOf(map, map.place[i]);
  const far = FAR * (1 + length([x0, y0]));
  return Number.isFinite(square) && length([x[i] - x0, y[i] - y0]) <= far;
}

function settle(map, i, square, n) {
  const x = map.block.inputs.map((cell) => cell[i]);
  const converged = square <= map.floor || map.program.isPeak(x);
  map.steps[map.place[i]] = n;
  map.which[map.place[i]] = converged
    ? map.minima.findIndex((minimum) => length(x, minimum) <= map.near)
    : -2;
}
