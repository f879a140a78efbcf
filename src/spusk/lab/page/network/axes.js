// Axes for the curves: where a point lies, the frame, and lines drawn through points.

import { colour } from "../core/dom.js";

const MARGIN = { left: 3.4, right: 0.8, top: 1.7, bottom: 1.7 }; // in letters of the page

/**
 * Where a point lies on a canvas of this size, and which epoch lies under a place.
 * @param {number} width
 * @param {number} height
 * @param {number[]} x
 * @param {number[]} y
 */
export function scale(width, height, [x0, x1], [y0, y1]) {
  const letter = letterSize();
  const left = MARGIN.left * letter, right = width - MARGIN.right * letter;
  const top = MARGIN.top * letter, bottom = height - MARGIN.bottom * letter;
  return {
    x: (value) => left + ((right - left) * (value - x0)) / (x1 - x0),
    y: (value) => top + ((bottom - top) * (y1 - value)) / (y1 - y0),
    back: (place) => x0 + ((place - left) / (right - left)) * (x1 - x0),
    left, right, top, bottom,
  };
}

/** The frame: title, grid, and numbers written by `label`. */
export function frame(pen, to, { title, x, y, labelX, labelY }) {
  pen.font = `${0.8 * letterSize()}px ${colour("font")}`;
  pen.lineWidth = 1;
  pen.strokeStyle = colour("line");
  pen.fillStyle = colour("faint");
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of y) {
    line(pen, [[to.left, to.y(value)], [to.right, to.y(value)]]);
    pen.fillText(labelY(value), to.left - 6, to.y(value));
  }
  line(pen, [[to.left, to.bottom], [to.right, to.bottom]]);
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const value of x) pen.fillText(labelX(value), to.x(value), to.bottom + 6);
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillStyle = colour("ink");
  pen.fillText(title, to.left, to.top - 10);
}

/** The page's letters in pixels; larger on a projector. */
function letterSize() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

export function line(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

export function dot(pen, x, y, size = 3) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fill();
}
