// Colours of classes: the theme's blue and orange, mixed with paper.

import { colour } from "../core/dom.js";

function mixed(from, to, share) {
  return from.map((part, k) => part + (to[k] - part) * share);
}

export function rgb(name) {
  const hex = colour(name).replace("#", "");
  return [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

/** From class 0 (orange) over paper at a = 1/2 to class 1 (blue). */
export function classMap() {
  const [paper, zero, one] = ["paper", "test", "train"].map(rgb);
  return (a) => mixed(paper, a < 0.5 ? zero : one, 0.55 * Math.abs(2 * a - 1));
}

/** A picture of `values` (size×size, rows from below) as a small canvas, to be drawn stretched. */
export function picture(values, size, paint) {
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = size;
  const pen = sheet.getContext("2d");
  const image = pen.createImageData(size, size);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const at = 4 * ((size - 1 - j) * size + i);
      image.data.set(paint(values[j * size + i]), at);
      image.data[at + 3] = 255;
    }
  }
  pen.putImageData(image, 0, 0);
  return sheet;
}
