// Where formulas come from: the server's gallery and its reader of formulas.

import { ask } from "../core/offline.js";

const FIRST = 500; // ms until a server that gave no answer is asked again; then twice as long each time,
const LONGEST = 8000; // up to this
const PATIENCE = { 429: Infinity, 503: 2 }; // how often, by what it said: busy, slow (at first it loads its reader)

/** What went wrong with a formula, and at which column, if that is known. */
export class FormulaError extends Error {
  constructor(message, place = null) {
    super(message);
    this.place = place;
  }
}

/** No word on the formula: the server is busy, slow, broken or out of reach. */
class NoAnswer extends Error {
  constructor(message, patience = Infinity) {
    super(message);
    this.patience = patience;
  }
}

let known; // the gallery does not change while the page is open

export function gallery() {
  return (known ??= ask("/gallery").then((answer) => {
    if (!answer.ok) throw new Error(`gallery: ${answer.status}`);
    return answer.json();
  }).catch((error) => {
    known = undefined; // the next one to ask may have more luck
    throw error;
  }));
}

/** A formula's tape, gradient and scene. FormulaError: a text that is no function. */
export async function described(formula, signal) {
  let answer, said;
  try {
    answer = await ask("/formula", { formula }, signal);
    said = await answer.json();
  } catch {
    signal?.throwIfAborted();
    throw new NoAnswer("");
  }
  if (answer.status === 429 || answer.status >= 500) throw new NoAnswer(String(said.error ?? ""), PATIENCE[answer.status] ?? 0);
  if (!answer.ok || said.error) throw new FormulaError(String(said.error ?? answer.status), said.place ?? null);
  return said;
}

/** The same, asked again while there is no answer; `waiting(sentence)` is called each time in between. */
export async function patiently(formula, signal, waiting) {
  for (let tries = 0; ; tries++) {
    try {
      return await described(formula, signal);
    } catch (error) {
      if (!(error instanceof NoAnswer) || tries >= error.patience) throw error;
      waiting(error.message);
      await rest(Math.min(FIRST * 2 ** tries, LONGEST), signal);
    }
  }
}

function rest(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
