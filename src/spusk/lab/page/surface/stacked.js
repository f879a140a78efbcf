// Shares as stacked areas against the rate, on a logarithm.

import { AWAY, KINDS, NONE, css } from "../core/colours.js";
import { colour } from "../core/dom.js";

export const SHARES = ["global", "local", "unsettled", "diverged"]; // from the bottom up
const COLOURS = { global: css(KINDS[0]), local: css(KINDS[1]), unsettled: css(NONE), diverged: css(AWAY) };

/** The colour of one share, as the legend shows it. */
export function colourOf(share) {
  return COLOURS[share];
}

/** Where a picture of this size keeps its areas; room for "100 %" and half a number. */
export function frameOf(width, height, letters) {
  return { left: 4.2 * letters, right: width - 1.8 * letters, top: 0.8 * letters, bottom: height - 2.6 * letters };
}

/** The place between first and last rate, 0 … 1. */
export function along(rates, rate) {
  return Math.log(rate / rates[0]) / Math.log(rates.at(-1) / rates[0]);
}

/** rows: shares so far; marks: [{rate, name}]; chosen: a row that is pointed at, or null. */
export function drawStacked(pen, width, height, { rates, rows, marks, chosen, written, percent }) {
  const letters = 0.8 * parseFloat(getComputedStyle(pen.canvas).fontSize);
  const frame = frameOf(width, height, letters);
  const x = (rate) => frame.left + (frame.right - frame.left) * along(rates, rate);
  const y = (share) => frame.bottom + (frame.top - frame.bottom) * share;
  pen.font = `${letters}px ${colour("font")}`;
  areas(pen, rows, x, y);
  scales(pen, frame, rates, x, y, letters, written, percent);
  marks.forEach((mark, k) => upright(pen, frame, x(mark.rate), mark.name, letters, k));
  if (chosen) pointer(pen, frame, x(chosen.rate));
}

function areas(pen, rows, x, y) {
  const under = rows.map(() => 0);
  for (const share of SHARES) {
    const over = rows.map((row, k) => Math.min(under[k] + row[share], 1));
    pen.beginPath();
    rows.forEach((row, k) => pen.lineTo(x(row.rate), y(under[k])));
    for (let k = rows.length - 1; k >= 0; k--) pen.lineTo(x(rows[k].rate), y(over[k]));
    pen.closePath();
    pen.fillStyle = colourOf(share);
    pen.fill();
    if (share === "diverged" && rows.length) hatch(pen, y);
    over.forEach((top, k) => (under[k] = top));
  }
}

// As on the map of basins: dark alone would be lost in the dark theme.
function hatch(pen, y) {
  const [top, bottom] = [y(1), y(0)];
  pen.save();
  pen.clip();
  pen.beginPath();
  for (let x = 0; x < pen.canvas.width + bottom; x += 8) {
    pen.moveTo(x, top);
    pen.lineTo(x - (bottom - top), bottom);
  }
  pen.lineWidth = 1;
  pen.strokeStyle = css(NONE);
  pen.stroke();
  pen.restore();
}

function scales(pen, frame, rates, x, y, letters, written, percent) {
  pen.strokeStyle = colour("line");
  pen.lineWidth = 1;
  pen.strokeRect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  pen.fillStyle = colour("faint");
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const share of [0, 0.5, 1]) pen.fillText(percent(share), frame.left - 0.4 * letters, y(share));
  pen.textAlign = "center";
  for (const rate of tens(rates)) {
    pen.fillRect(x(rate), frame.bottom, 1, 0.4 * letters);
    pen.fillText(written(rate), x(rate), frame.bottom + 1.1 * letters);
  }
  pen.fillText("η", (frame.left + frame.right) / 2, frame.bottom + 2.1 * letters);
}

// Powers of ten between the rates, or their ends where there are fewer than two.
function tens(rates) {
  const from = Math.ceil(Math.log10(rates[0]) - 1e-9);
  const to = Math.floor(Math.log10(rates.at(-1)) + 1e-9);
  const found = Array.from({ length: Math.max(to - from + 1, 0) }, (_, k) => Number(`1e${from + k}`));
  return found.length > 1 ? found : [rates[0], rates.at(-1)];
}

function upright(pen, frame, place, name, letters, row) {
  pen.setLineDash([4, 4]);
  for (const [wide, ink] of [[3, colour("path-edge")], [1.5, colour("path")]]) {
    pen.lineWidth = wide;
    pen.strokeStyle = ink;
    pen.beginPath();
    pen.moveTo(place, frame.top);
    pen.lineTo(place, frame.bottom);
    pen.stroke();
  }
  pen.setLineDash([]);
  const left = place > (frame.left + frame.right) / 2;
  pen.textAlign = left ? "right" : "left";
  const [a, b] = [place + (left ? -6 : 6), frame.top + (1 + 1.5 * row) * letters];
  pen.lineWidth = 3;
  pen.strokeStyle = colour("path-edge");
  pen.strokeText(name, a, b);
  pen.fillStyle = colour("path");
  pen.fillText(name, a, b);
}

function pointer(pen, frame, place) {
  pen.fillStyle = colour("accent");
  pen.fillRect(place - 1, frame.top, 2, frame.bottom - frame.top);
}
