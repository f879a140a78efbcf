// Answers a list of jobs with the page's own modules; the same under Node and in a browser.

import { take } from "../../src/spusk/lab/page/core/facts.js";
import { basins } from "../../src/spusk/lab/page/math/basins.js";
import { Camera } from "../../src/spusk/lab/page/math/camera.js";
import { march } from "../../src/spusk/lab/page/math/contours.js";
import { hessianOf } from "../../src/spusk/lab/page/math/curvature.js";
import { descend, replayed } from "../../src/spusk/lab/page/math/descent.js";
import { highest } from "../../src/spusk/lab/page/math/eigen.js";
import { bounds, counter, ratesFor, sharesOf } from "../../src/spusk/lab/page/math/escapes.js";
import { explain } from "../../src/spusk/lab/page/math/explain.js";
import { heights, mesh } from "../../src/spusk/lab/page/math/heights.js";
import * as mlp from "../../src/spusk/lab/page/math/mlp.js";
import { shaped } from "../../src/spusk/lab/page/math/point_sets.js";
import { generator } from "../../src/spusk/lab/page/math/random.js";
import { rules } from "../../src/spusk/lab/page/math/rules.js";
import { scaleOf } from "../../src/spusk/lab/page/math/scale.js";
import { compile } from "../../src/spusk/lab/page/math/tape.js";

const PAGE = "../../src/spusk/lab/page";

const kinds = {
  call: async ({ module, name, args }) => (await import(`${PAGE}/${module}`))[name](...args),
  names: () => ({ rules, activations: Object.keys(mlp.SIGMAS) }),
  // f, ∇f, Hessian at each point, both by one run and each by itself; f again by blocks
  points({ tape, points }) {
    const program = compile(tape);
    const columns = Array.from({ length: tape.n }, (_, k) =>
      Float64Array.from(points, (point) => point[k]),
    );
    return {
      values: points.map((x) => program.value(x)),
      gradients: points.map((x) => program.gradient(x)),
      hessians: points.map((x) => program.hessian(x)),
      runs: points.map((x) => program.run(x)),
      many: program.many(columns),
    };
  },
  grid({ tape, xs, ys }) {
    return compile(tape).grid(Float64Array.from(xs), Float64Array.from(ys));
  },
  descend({ tape, start, options }) {
    return descend(compile(tape), start, options);
  },
  explained({ tape, start, options, known }) {
    const program = compile(tape);
    const path = descend(program, start, options);
    const { kind, level, did, minimum, bound, fastest } = explain(program, known, path, options);
    const [end, value] = [path.points.subarray(path.step * tape.n), path.values.at(-1)];
    return { outcome: path.outcome, step: path.step, end: [...end], value,
      kind, level, did, minimum: minimum && [...minimum], bound, fastest };
  },
  trained({ sizes, activation, x, y, theta, rate, loss }) {
    const layers = mlp.network(sizes, activation);
    mlp.fill(layers, theta);
    const V = x.map((row, k) => ({ x: row, y: y[k] }));
    const by = mlp.LOSSES[loss];
    const [cost, slopes] = [mlp.meanCost(layers, V, undefined, by), mlp.gradient(layers, V, undefined, by)];
    mlp.step(layers, slopes, rate);
    return { cost: Number.isFinite(cost) ? cost : String(cost), gradient: mlp.weights(slopes), after: mlp.weights(layers) };
  },
  replayed({ tape, points, n, options }) {
    return replayed(compile(tape), Float64Array.from(points), n, options);
  },
  basins({ tape, minima, view, size, options }) {
    const began = performance.now();
    const found = basins(compile(tape), minima, view, size, options);
    return { ...found, seconds: (performance.now() - began) / 1e3 };
  },
  // how many of the starts end where, at each rate: all at once, and in parts of `part`
  shares({ tape, minima, view, rates, part, options }) {
    const count = counter(tape, minima, view, options);
    return rates.map((rate) => {
      const sum = { global: 0, local: 0, unsettled: 0, diverged: 0 };
      for (let from = 0; from < options.count; from += part) {
        const found = count(rate, from, Math.min(from + part, options.count));
        for (const end in sum) sum[end] += found[end];
      }
      return { whole: count(rate), sum, shares: sharesOf(sum) };
    });
  },
  rates: ({ tape, scene }) => ({ bounds: bounds(compile(tape), scene.minima), rates: ratesFor(compile(tape), scene) }),
  mesh({ tape, view }) {
    const surface = heights(compile(tape), view);
    return { ...mesh(surface), t: surface.t };
  },
  spread({ values, floor, at }) {
    const { share, value, ...rest } = scaleOf(values, floor ?? undefined);
    return { ...rest, shares: at.map(share), back: at.map((v) => value(share(v))) };
  },
  lines({ grid, width, height, levels }) {
    const pieces = [];
    march(grid, width, height, levels, (...piece) => pieces.push(piece));
    return pieces;
  },
  camera({ moves, points, aspect }) {
    const camera = new Camera();
    for (const move of moves) camera.move(...move);
    return { axes: camera.axes, towards: camera.towards, projected: points.map((p) => camera.project(p, aspect)),
      matrix: camera.matrix(aspect), level: camera.level, nearness: camera.nearness };
  },
  drawn({ seed, count }) {
    const { uniform, normal, shuffle } = generator(seed);
    const of = (draw) => Array.from({ length: count }, draw);
    return { uniforms: of(uniform), normals: of(normal), order: shuffle(of((_, k) => k)) };
  },
  // what the Surface makes of an address
  async opened({ described, settings }) {
    const [{ readState, writeState }, { completed }] = await Promise.all(
      ["state", "model"].map((name) => import(`${PAGE}/surface/${name}.js`)));
    const { wanted, wrong } = readState(settings);
    const { state, dropped } = completed(wanted, described, compile(described.tape));
    return { wrong, dropped, text: writeState(state) };
  },
  shaped: ({ name, seed, count }) => shaped(name, generator(seed), count),
  // gradients by back-propagation and by differences of the cost, then one step
  network({ sizes, theta, V, rate, activation }) {
    const built = (all) => {
      const layers = mlp.network(sizes, activation);
      mlp.fill(layers, all);
      return layers;
    };
    const shifted = (k, by) => mlp.meanCost(built(theta.map((t, i) => (i === k ? t + by : t))), V);
    const layers = built(theta);
    const slopes = mlp.gradient(layers, V);
    const answers = V.map(({ x }) => Array.from(mlp.forward(layers, x)));
    const hessian = hessianOf(layers, V);
    const cost = mlp.meanCost(layers, V);
    mlp.step(layers, slopes, rate);
    return { slopes: mlp.weights(slopes), measured: theta.map((_, k) => (shifted(k, H) - shifted(k, -H)) / (2 * H)),
      answers, cost, hessian, top: highest(hessian, theta.length), stepped: mlp.weights(layers) };
  },
};
const H = 1e-6;


// JSON text in, JSON text out; NaN and infinities as words.
export async function answers(text) {
  const { facts: known, jobs } = JSON.parse(text);
  take(known);
  const found = [];
  for (const job of jobs) {
    try {
      found.push(await kinds[job.kind](job));
    } catch (error) {
      found.push({ error: error.message });
    }
  }
  return JSON.stringify(found, plain);
}

function plain(_, x) {
  if (ArrayBuffer.isView(x)) return Array.from(x);
  return typeof x === "number" && !Number.isFinite(x) ? String(x) : x;
}

// Under Node: a line of jobs in, a line of answers out, until the input ends.
if (typeof process !== "undefined" && process.argv) {
  const { createInterface } = await import("node:readline");
  for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${await answers(line)}\n`);
}
