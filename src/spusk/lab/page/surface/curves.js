// f − min and ‖∇f‖ against the step, on a logarithmic axis; f itself, on a plain one, where no least value is known.

import { canvas, colour } from "../core/dom.js";
import { written } from "../core/words.js";
import { decades, leaves } from "../math/decades.js";
import { ticks } from "../math/scale.js";
import { letters } from "./plane.js";

const ROOM = { left: 46, right: 8, top: 22, bottom: 22 }; // pixels at plain letters
const FAR = 400; // heights of the frame: farther off it nothing is drawn

/** The curves of a model; `scrub(n)` is called when a step is pointed at. */
export function curves(say, lang, scrub) {
  let model, margin = ROOM;
  const { element, redraw } = canvas(say("surface.curves_label"), draw, { class: "curves" });

  function draw(pen, width, height) {
    if (!model) return;
    const lines = linesOf(model);
    const plain = lines.filter((line) => line.plain);
    margin = { ...ROOM };
    for (const side in ROOM) margin[side] *= letters();
    pen.font = `${12 * letters()}px ${colour("font")}`;
    const range = ends(plain);
    const marks = plain.length ? ticks(range, 3).map((value) => ({ value, text: written(value, lang) })) : [];
    margin.right += Math.max(0, ...marks.map(({ text }) => pen.measureText(text).width));
    const last = Math.max(...lines.map(({ numbers }) => numbers.length - 1), 1);
    const [low, high] = decades(lines.filter((line) => !line.plain));
    const x = (k) => margin.left + (k / last) * (width - margin.left - margin.right);
    const inner = [width - margin.left - margin.right, height - margin.top - margin.bottom];
    const upright = (ends) => (v) => margin.top + ((ends[1] - v) / (ends[1] - ends[0])) * inner[1];
    const y = upright([low, high]);
    frame(pen, width, height, { low, high, last, x, y });
    beside(pen, width, marks, upright(range));
    const box = [margin.left, margin.top, ...inner];
    for (const line of [...lines].reverse()) {
      if (line.plain) stroke(pen, line, { x, y: upright(range), heightOf: (v) => v, range, box });
      else stroke(pen, line, { x, y, heightOf: (v) => Math.log10(Math.max(v, 0)), range: [low, high], box });
    }
    legend(pen, lines, margin.left);
    [pen.strokeStyle, pen.lineWidth] = [colour("accent"), 1];
    pen.beginPath();
    pen.moveTo(x(model.n), margin.top);
    pen.lineTo(x(model.n), height - margin.bottom);
    pen.stroke();
  }

  function linesOf({ path, kept, floor }) {
    const above = (values) => values.map((value) => value - floor);
    const other = ({ path: { outcome }, colour: style }) => ({ style, width: 1.5, away: outcome === "diverged" || outcome === "not_finite" });
    const slopes = { name: "‖∇f‖", numbers: path.norms, style: colour("test"), width: 2, dash: [5, 3] };
    if (floor === null) return [
      { name: "f", numbers: path.values, style: colour("train"), width: 2, plain: true },
      slopes,
      ...kept.map((k) => ({ ...other(k), numbers: k.path.values, plain: true })),
    ];
    return [
      { name: "f − min", numbers: above(path.values), style: colour("train"), width: 2 },
      slopes,
      ...kept.map((k) => ({ ...other(k), numbers: above(k.path.values) })),
    ];
  }

  function frame(pen, width, height, { low, high, last, x, y }) {
    pen.fillStyle = colour("faint");
    [pen.strokeStyle, pen.lineWidth] = [colour("line"), 1];
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const every = Math.max(1, Math.ceil(((high - low) * 16 * letters()) / (height - margin.top - margin.bottom)));
    for (let power = low; power <= high; power += every) {
      const level = Math.round(y(power)) + 0.5;
      pen.beginPath();
      pen.moveTo(margin.left, level);
      pen.lineTo(width - margin.right, level);
      pen.stroke();
      pen.fillText(tenTo(power), margin.left - 6, level);
    }
    pen.textBaseline = "bottom";
    pen.fillText(written(last, lang), x(last), height - 2);
    pen.textAlign = "left";
    pen.fillText("n = 0", x(0), height - 2);
  }

  // the plain axis, in the colour of f
  function beside(pen, width, marks, y) {
    pen.fillStyle = colour("train");
    pen.textBaseline = "middle";
    for (const { value, text } of marks) pen.fillText(text, width - margin.right + 4, y(value));
  }

  const at = (event) => {
    const { left, width } = element.getBoundingClientRect();
    const share = (event.clientX - left - margin.left) / (width - margin.left - margin.right);
    const last = Math.max(...[model.path, ...model.kept.map((k) => k.path)].map((p) => p.values.length - 1), 1);
    scrub(Math.round(share * last));
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    at(event);
  });
  element.addEventListener("pointermove", (event) => element.hasPointerCapture(event.pointerId) && at(event));

  return {
    element,
    show(now) {
      model = now;
      redraw();
    },
    restyle: redraw,
  };
}

// From the least to the greatest of all that is finite; of another descent that diverged, of its start alone.
function ends(lines) {
  let [low, high] = [Infinity, -Infinity];
  for (const { numbers, away } of lines) {
    for (const v of away ? [numbers[0]] : numbers) if (Number.isFinite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
  }
  return low < high ? [low, high] : [low - 1, low + 1];
}

// Within the frame alone; what leaves it for good does so by an arrow.
function stroke(pen, { numbers, style, width, dash = [] }, { x, y, heightOf, range, box }) {
  const heights = Array.from(numbers, heightOf);
  const far = FAR * (range[1] - range[0]);
  const drawn = heights.map((v) => Math.min(Math.max(v, range[0] - far), range[1] + far));
  [pen.strokeStyle, pen.fillStyle, pen.lineWidth] = [style, style, width];
  pen.save();
  pen.beginPath();
  pen.rect(...box);
  pen.clip();
  pen.setLineDash(dash);
  pen.beginPath();
  drawn.forEach((v, k) => !Number.isNaN(v) && pen.lineTo(x(k), y(v)));
  pen.stroke();
  pen.restore();
  const end = leaves(drawn, range);
  if (end) arrow(pen, x(end.step), y(range[Number(end.up)]), end.up ? -1 : 1);
}

function arrow(pen, x, y, way) {
  const size = 5 * letters();
  pen.beginPath();
  pen.moveTo(x, y + way * size);
  pen.lineTo(x - size, y - way * size);
  pen.lineTo(x + size, y - way * size);
  pen.fill();
}

function legend(pen, lines, left) {
  pen.font = `${13 * letters()}px ${colour("font")}`;
  pen.textBaseline = "top";
  for (const { name, style, dash = [] } of lines.filter((line) => line.name)) {
    [pen.strokeStyle, pen.lineWidth] = [style, 2];
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(left, 9);
    pen.lineTo(left + 20, 9);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = colour("ink");
    pen.fillText(name, left + 26, 2);
    left += 26 + pen.measureText(name).width + 18;
  }
}

function tenTo(power) {
  const raised = String(power).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
  return power === 0 ? "1" : power === 1 ? "10" : `10${raised}`;
}
