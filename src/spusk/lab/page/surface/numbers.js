// Numbers, points and names as people write them.

import { cut, written } from "../core/words.js";
import { isPast } from "../math/explain.js";

const MOST = 17; // digits: no number has more
const LOW = "₀₁₂₃₄₅₆₇₈₉";

/** x1 → x₁ */
export const pretty = (name) => name.replace(/\d/g, (digit) => LOW[digit]);

/** (0.5, 2), and (0,5; 2) in Russian; one number without brackets. */
export function pointText(x, lang, digits = 3) {
  const texts = Array.from(x, (part) => written(rounded(part, digits), lang, digits));
  return texts.length > 1 ? `(${texts.join(lang === "ru" ? "; " : ", ")})` : texts[0];
}

/** A number that differs from 0 only by rounding is 0; so that 5.000001 is told from 5 by nobody. */
export function rounded(value, digits = 3) {
  return Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(Math.max(digits, 3)));
}

/** η and limits of it in words, each with so many digits that in print it stands where it does in truth. */
export function compared(rate, limits, lang) {
  for (let digits = 3; ; digits++) {
    const [shown, cuts] = [Number(rate.toPrecision(digits)), limits.map((limit) => cut(limit, digits))];
    const told = limits.every((limit, k) => isPast(rate, limit) === shown >= cuts[k]);
    if (told || digits === MOST) return [shown, ...cuts].map((value) => written(value, lang, digits));
  }
}

/** A number as a field holds it: what `typed` reads back. */
export function fieldText(value, lang) {
  const text = String(Number(value.toPrecision(6)));
  return lang === "ru" ? text.replace(".", ",") : text;
}

/** A number typed by a person, decimal comma or point; NaN for anything else. */
export function typed(text) {
  const plain = text.trim().replace(",", ".").replace("−", "-");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}
