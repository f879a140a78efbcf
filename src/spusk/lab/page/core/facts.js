// What the page has from Python, typed nowhere else: limits, presets, codes and names (lab/facts.py).

/**
 * @typedef {object} Facts
 * @property {string[]} languages
 * @property {Record<"far" | "grown" | "tail" | "blocks" | "shortest" | "fall" | "rising" | "leastRising" | "near" | "places" | "same" |
 *   "tolerance" | "steps" | "sufficient" | "halvings", number>} descent by which a descent is judged
 * @property {Critical} critical by which points are told apart
 * @property {string[]} outcomes
 * @property {Record<string, Record<string, number>>} rules what each takes beside η, with its defaults
 * @property {{away: number, none: number, points: number, steps: number}} basins
 * @property {string[]} activations
 * @property {string[]} losses
 * @property {string[]} inits
 * @property {string[]} choices
 * @property {string[]} schedules
 * @property {string[]} keeps
 * @property {Set[]} sets
 * @property {Record<string, Plan>} presets
 * @property {Record<"batch" | "epochs" | "seed" | "patience", number>} least
 * @property {Record<"formula" | "rate" | "layers" | "weights" | "activations" | "batch" | "epochs" | "seed" | "patience" | "decay" |
 *   "file" | "steps" | "kept" | "far" | "address", number>} limits
 *
 * @typedef {object} Critical
 * @property {number} newton
 * @property {number} rest
 * @property {number} zero
 * @property {number} still
 * @property {number[]} blurs
 * @property {number} beside
 * @property {number} notFar
 * @property {number} steady
 * @property {number[]} shrinking
 * @property {number[]} radii
 * @property {number} touching
 * @property {number} dust
 * @property {number} touch
 * @property {number} left
 * @property {Record<"sides" | "turns" | "finest" | "unsure", number>} ring
 * @property {number} step
 * @property {Record<"steps" | "accurate" | "far" | "holds" | "again" | "steep" | "moving" | "long" | "linear" | "deep" |
 *   "grain" | "close" | "sure" | "onward" | "last" | "faded", number>} flow
 * @property {Record<"far" | "near" | "steep" | "rings" | "reach" | "pole" | "bent" | "sharp" | "most" | "plunges", number> & {tenths: number[]}} jumps
 * @property {Record<"counts" | "often" | "loops" | "rises" | "under" | "none" | "snap", number>} path
 *
 * @typedef {{id: string, name: string, inputs: number, classes: number, examples: number,
 *   shape: [number, number] | null, names: string[] | null, here?: boolean}} Set
 * @typedef {{data: string, layers: string, rate: number, batch: number, epochs: number, init: string, seed: number}} Plan
 */

/** @type {Facts} */
export let facts;

/**
 * Takes them in; a module that reads them as it is imported is imported after this.
 * @param {Facts} found
 */
export function take(found) {
  facts = found;
}
