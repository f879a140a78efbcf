// Sentences of the page, with their numbers filled in as the language writes them.

import { facts } from "./facts.js";
import { ask } from "./offline.js";

/** The first of these languages that the page speaks, or else its own first. */
export function chosen(wanted) {
  const names = wanted.map((name) => name?.split("-")[0]);
  return names.find((name) => facts.languages.includes(name)) ?? facts.languages[0];
}

/** The sentences of one language: say("surface.verdict", { n: 3, rate: 0.1 }); say.knows("surface.verdict"). */
export async function speech(lang) {
  const answer = await ask(`/words/${lang}`);
  if (!answer.ok) throw new Error(`words: ${answer.status}`);
  return speaker(await answer.json(), lang);
}

export function speaker(topics, lang) {
  const plural = new Intl.PluralRules(lang);
  const found = (key) => {
    const [topic, name] = key.split(".");
    return topics[topic]?.[name];
  };
  function say(key, values = {}) {
    let sentence = found(key);
    if (sentence === undefined) throw new Error(`words: nothing is said for ${key}`);
    if (typeof sentence === "object") sentence = sentence[plural.select(values.n)] ?? sentence.many;
    return sentence.replace(/\{(\w+)\}/g, (_, place) => written(values[place], lang));
  }
  say.knows = (key) => found(key) !== undefined;
  return say;
}

/** A number with three significant digits, or as many as asked; text as it is. */
export function written(value, lang, digits = 3) {
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "—" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return power(value, lang, digits);
  const text = new Intl.NumberFormat(lang, {
    maximumSignificantDigits: Number.isInteger(value) ? 21 : digits,
    useGrouping: size >= 1e4,
  }).format(value);
  return text.replace("-", "−");
}

const NOTHING = 1e-6; // of a last digit: what an eigenvalue's rounding takes is not cut

/** A positive number with so many digits, never above it: a bound that is typed back still holds. */
export function cut(value, digits = 3) {
  const near = Number(value.toPrecision(digits));
  if (near <= value * (1 + NOTHING * 10 ** (1 - digits))) return near;
  const grain = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
  return Number((near - grain).toPrecision(digits));
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

function power(value, lang, digits) {
  const [part, exponent] = value.toExponential(digits - 1).split("e");
  const shown = written(Number(part), lang, digits);
  return `${shown}·10${[...String(Number(exponent))].map((c) => RAISED[c]).join("")}`;
}
