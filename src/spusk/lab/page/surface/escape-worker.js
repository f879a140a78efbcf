// The worker of escape.js: a part of the starts at every rate, then the next part; each is told at once.

import { take } from "../core/facts.js";
import { counter, sharesOf } from "../math/escapes.js";

onmessage = ({ data: { facts, tape, minima, view, rates, options } }) => {
  take(facts);
  const count = counter(tape, minima, view, options);
  const sums = rates.map(() => ({}));
  for (let from = 0; from < options.count; from += options.part) {
    const to = Math.min(from + options.part, options.count);
    rates.forEach((rate, k) => {
      for (const [end, found] of Object.entries(count(rate, from, to))) sums[k][end] = (sums[k][end] ?? 0) + found;
      postMessage({ k, row: { rate, ...sharesOf(sums[k]) }, counted: k + 1 < rates.length ? from : to });
    });
  }
  postMessage(null);
};
