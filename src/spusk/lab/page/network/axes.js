// Axes for the curves: round ticks, and lines drawn through points.

import { colour } from "../dom.js";

const MARGIN = { left: 52, right: 12, top: 26, bottom: 26 };

/** Round numbers from low to high, about `wanted` of them. */
export function ticks(low, high, wanted = 5) {
  const rough = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Where a point lies on a canvas of this size, and which epoch lies under a place. */
export function scale(width, height, [x0, x1], [y0, y1]) {
  const across = width - MARGIN.left - MARGIN.right, down = height - MARGIN.top - MARGIN.bottom;
  return {
    x: (value) => MARGIN.left + (across * (value - x0)) / (x1 - x0),
    y: (value) => MARGIN.top + (down * (y1 - value)) / (y1 - y0),
    back: (place) => x0 + ((place - MARGIN.left) / across) * (x1 - x0),
    left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom,
  };
}

/** The frame: title, grid, and numbers written by `label`. */
export function frame(pen, to, { title, x, y, labelX, labelY }) {
  const small = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8;
  pen.font = `${small}px ${colour("font")}`;
  pen.lineWidth = 1;
  pen.strokeStyle = colour("line");
  pen.fillStyle = colour("faint");
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of y) {
    line(pen, [[to.left, to.y(value)], [to.right, to.y(value)]]);
    pen.fillText(labelY(value), to.left - 6, to.y(value));
  }
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const value of x) pen.fillText(labelX(value), to.x(value), to.bottom + 6);
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillStyle = colour("ink");
  pen.fillText(title, to.left, to.top - 10);
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
