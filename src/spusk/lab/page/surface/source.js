// Where formulas come from: the server's gallery and its reader of formulas.

import { ask } from "../offline.js";

/** What went wrong with a formula, and at which column, if that is known. */
export class FormulaError extends Error {
  constructor(message, place = null) {
    super(message);
    this.place = place;
  }
}

let known; // the gallery does not change while the page is open

export function gallery() {
  return (known ??= ask("/gallery").then((answer) => {
    if (!answer.ok) throw new Error(`gallery: ${answer.status}`);
    return answer.json();
  }));
}

/** A formula's tape, gradient and scene. FormulaError: a text that is no function. */
export async function described(formula, signal) {
  const answer = await ask("/formula", { formula }, signal);
  const said = await answer.json();
  if (!answer.ok || said.error) throw new FormulaError(String(said.error ?? answer.status), said.place ?? null);
  return said;
}
