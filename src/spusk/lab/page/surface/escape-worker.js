// The worker of escape.js: one rate after another, each told as soon as it is known.

import { counter } from "./shares.js";

onmessage = ({ data: { tape, minima, view, rates, options } }) => {
  const shares = counter(tape, minima, view, options);
  for (const rate of rates) postMessage(shares(rate));
  postMessage(null);
};
