// Answers a list of jobs with the page's own modules; the same under Node and in a browser.

import { facts, take } from "../../src/spusk/lab/page/core/facts.js";
import { basins } from "../../src/spusk/lab/page/math/basins.js";
import { rules } from "../../src/spusk/lab/page/math/rules.js";
import { compile } from "../../src/spusk/lab/page/math/tape.js";
import { descend, replayed } from "../../src/spusk/lab/page/math/descent.js";
import { explain } from "../../src/spusk/lab/page/math/explain.js";
import * as mlp from "../../src/spusk/lab/page/math/mlp.js";

const kinds = {
  names: () => ({ rules, activations: Object.keys(mlp.SIGMAS) }),
  // f, ∇f, Hessian at each point, both by one run and each by itself; f again by blocks
  points({ tape, points }) {
    const program = compile(tape);
    const columns = Array.from({ length: tape.n }, (_, k) =>
      Float64Array.from(points, (point) => point[k]),
    );
    return {
      values: points.map((x) => program.value(x)),
      gradients: points.map((x) => [...program.gradient(x)]),
      hessians: points.map((x) => [...program.hessian(x)]),
      runs: points.map((x) => [...program.run(x)]),
      many: [...program.many(columns)],
    };
  },
  grid({ tape, xs, ys }) {
    return [...compile(tape).grid(Float64Array.from(xs), Float64Array.from(ys))];
  },
  descend({ tape, start, options }) {
    const { points, values, norms, ...rest } = descend(compile(tape), start, options);
    return { points: [...points], values: [...values], norms: [...norms], ...rest };
  },
  explained({ tape, start, options, known }) {
    const program = compile(tape);
    const path = descend(program, start, options);
    const { why, did, minimum, bound, fastest } = explain(program, known, path, { ...facts.rules[options.rule], ...options });
    const [end, value] = [path.points.subarray(path.step * tape.n), path.values.at(-1)];
    return { outcome: path.outcome, step: path.step, end: [...end], value,
      why, did, minimum: minimum && [...minimum], bound, fastest };
  },
  trained({ sizes, activation, x, y, theta, rate }) {
    const layers = mlp.network(sizes, activation);
    mlp.fill(layers, theta);
    const V = x.map((row, k) => ({ x: row, y: y[k] }));
    const [cost, slopes] = [mlp.meanCost(layers, V), mlp.gradient(layers, V)];
    mlp.step(layers, slopes, rate);
    return { cost, gradient: mlp.weights(slopes), after: mlp.weights(layers) };
  },
  replayed({ tape, points, n, options }) {
    const found = replayed(compile(tape), Float64Array.from(points), n, options);
    const plain = (memory) => Object.fromEntries(Object.entries(memory).map(([k, v]) => [k, [...v]]));
    return { ...found, slopes: [...found.slopes], before: plain(found.before), after: plain(found.after) };
  },
  basins({ tape, minima, view, size, options }) {
    const began = performance.now();
    const { which, steps } = basins(compile(tape), minima, view, size, options);
    return { which: [...which], steps: [...steps], seconds: (performance.now() - began) / 1e3 };
  },
};

// JSON text in, JSON text out; NaN and infinities as words.
export function answers(text) {
  const { facts: known, jobs } = JSON.parse(text);
  take(known);
  const found = jobs.map((job) => {
    try {
      return kinds[job.kind](job);
    } catch (error) {
      return { error: error.message };
    }
  });
  const word = (_, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
  return JSON.stringify(found, word);
}

if (typeof process !== "undefined" && process.argv) {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  process.stdout.write(answers(text));
}
