// Maps of basins of attraction: where every start of a grid ends, all of them in step.

import { facts } from "../core/facts.js";
import { distance, norm } from "./vector.js";

// Which minimum each start of a grid reaches (size × size, row 0 the lowest y), and in how many
// steps of the plain rule: `which` holds places in `minima`, or facts.basins.none, or .away for a
// descent that ran away. `rows` = [from, to) makes a part of the map, so that several workers can share it;
// `whole` is the view by which nearness to a minimum is judged, where `view` is a part of it.
export function basins(
  program,
  minima,
  view,
  size,
  { rate, steps = facts.basins.steps, tolerance = facts.descent.tolerance, rows = [0, size], whole = view },
) {
  const [xs, ys] = view.map(([low, high]) => ticks(low, high, size));
  const near = facts.descent.near * Math.max(...whole.map(([low, high]) => high - low));
  const block = program.block(program.partial ? "both" : "gradient");
  const count = (rows[1] - rows[0]) * size;
  const map = {
    program, block, rate, xs, ys, near, size,
    first: rows[0] * size,
    minima: minima.map((minimum) => minimum.x),
    floor: tolerance * tolerance,
    limit: new Float64Array(block.size),
    place: new Int32Array(block.size),
    which: new Int16Array(count).fill(facts.basins.none),
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
    const { grown } = facts.descent;
    for (let i = 0; i < count; i++) {
      limit[i] = Math.min(grown * grown * (gx[i] * gx[i] + gy[i] * gy[i]), Number.MAX_VALUE);
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
  const far = facts.descent.far * (1 + norm([x0, y0]));
  return Number.isFinite(square) && distance([x[i], y[i]], [x0, y0]) <= far;
}

function settle(map, i, square, n) {
  const x = map.block.inputs.map((cell) => cell[i]);
  const converged = square <= map.floor || map.program.isNonsmooth(x);
  map.steps[map.place[i]] = n;
  map.which[map.place[i]] = converged ? landed(map, x) : facts.basins.away;
}

// The place of the minimum that x is at.
function landed({ minima, near }, x) {
  const place = minima.findIndex((minimum) => distance(x, minimum) <= near);
  return place < 0 ? facts.basins.none : place;
}
