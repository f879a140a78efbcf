// Colours of pictures: one perceptually even map for heights, one set for things to be told apart.

// Our own fit in Oklab (Ottosson 2020), [L, a, b]: lightness only grows, so that the map can be
// read without seeing hues, and neighbours stand equally far apart (0.125 in Oklab).
const CONTROL = [
  [0.27, 0.031, -0.116],
  [0.387, -0.013, -0.122],
  [0.499, -0.05, -0.078],
  [0.612, -0.074, -0.029],
  [0.724, -0.089, 0.025],
  [0.827, -0.089, 0.096],
  [0.93, -0.051, 0.157],
];
const SHADES = 1024;

// Okabe and Ito's colours, told apart by colour-blind people; black and their pale yellow left out.
export const KINDS = [
  [0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [213, 94, 0],
];
export const NONE = [140, 146, 155]; // a grey
export const AWAY = [44, 48, 56]; // nearly black

/** @param {number[]} lab */
function rgb([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((light) => Math.round(255 * gamma(Math.min(Math.max(light, 0), 1))));
}

function gamma(light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

function between(t) {
  const place = t * (CONTROL.length - 1);
  const first = Math.min(Math.floor(place), CONTROL.length - 2);
  return CONTROL[first].map((x, k) => x + (place - first) * (CONTROL[first + 1][k] - x));
}

const TABLE = Array.from({ length: SHADES }, (_, i) => rgb(between(i / (SHADES - 1))));

/** The map's colour at t in 0 … 1, lowest to highest: [r, g, b] of 0–255. */
export function shade(t) {
  return TABLE[Math.round(Math.min(Math.max(t, 0), 1) * (SHADES - 1)) || 0];
}

/**
 * A colour as CSS writes it.
 * @param {number[]} rgb
 */
export function css([r, g, b]) {
  return `rgb(${r}, ${g}, ${b})`;
}
