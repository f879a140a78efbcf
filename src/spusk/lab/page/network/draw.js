// A field to draw a digit in, with mouse, finger or keys, and ten bars of the network's answer α(x).

import { make } from "../core/dom.js";
import { isDigits } from "./sets.js";
import { stamp } from "./weights.js";

const SIDE = 280, NIB = 22;
const BARS = 10; // at most: of more classes the likeliest
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ink = (value) => [value, value, value];

/** `send(pixels)` → whether somebody hears. */
export function drawing({ say, percent, tell }, send) {
  const field = make("canvas", { width: SIDE, height: SIDE, class: "field", tabindex: "0", role: "application", "aria-label": say("network.field") });
  const pen = field.getContext("2d", { willReadFrequently: true });
  const rows = Array.from({ length: BARS }, bar);
  const verdict = make("p", { class: "drawn small", "aria-live": "polite" });
  const hint = make("p", { class: "hint" });
  const seen = make("span", { class: "seen", title: say("network.seen"), onclick: () => tell(say("network.seen")) });
  const clear = make("button", { type: "button", class: "quiet", onclick: wipe }, say("network.clear"));
  const element = make("section", { class: "drawing", "aria-label": say("network.drawing") },
    make("div", { class: "paper" }, field, hint), make("div", { class: "bars", role: "group", "aria-label": "α(x)" }, rows.map((row) => row.element)),
    make("div", { class: "below" }, verdict, seen, clear));
  const note = make("p", { class: "panel faint small", hidden: true });
  let empty = true, last, cursor = [SIDE / 2, SIDE / 3], spoken;
  let asking = false, newer = false; // one drawing at most is under way; what is newer goes next
  let high = 1, wide = 1, cell = SIDE, names = [], suited;

  function bar() {
    const fill = make("i", {}), text = make("span", { class: "value" }), name = make("b", {});
    return { element: make("div", { class: "bar" }, name, make("span", { class: "gauge" }, fill), text), name, fill, text };
  }

  /** Makes the field and the bars fit a set, or says why there is nothing to draw. */
  function suit({ shape, names: found, classes }, why) {
    const now = JSON.stringify([shape, found, classes, why]);
    if (now === suited) return;
    suited = now;
    element.hidden = !shape;
    note.hidden = Boolean(shape);
    note.textContent = shape ? "" : say(`network.${why}`);
    if (!shape) return;
    [high, wide] = shape;
    cell = SIDE / Math.max(high, wide);
    [field.width, field.height] = [Math.round(cell * wide), Math.round(cell * high)];
    names = found ?? Array.from({ length: classes }, (_, i) => String(i));
    element.classList.toggle("named", names.some((name) => name.length > 1));
    rows.forEach((row, i) => (row.element.hidden = i >= names.length));
    label([...names.keys()]);
    wipe();
  }

  function post() {
    newer = asking;
    if (asking || empty) return;
    asking = send(pixels());
  }

  /** An answer, or no more hope of one. */
  function answered(drawn) {
    asking = false;
    if (drawn) show(drawn);
    if (newer) post();
  }

  function failed(sentence) {
    verdict.textContent = sentence;
    spoken = undefined;
    answered();
  }

  function show({ a, digit, input }) {
    if (empty) return;
    const order = [...a.keys()], classes = a.length > BARS ? order.sort((i, j) => a[j] - a[i]).slice(0, BARS) : order;
    label(classes);
    classes.forEach((k, i) => fill(rows[i], a[k], k === digit));
    seen.replaceChildren(stamp(input, wide, high, ink));
    if (spoken !== digit) verdict.textContent = isDigits(names) ? say("network.looks_like", { digit }) : say("network.answers", { name: names[digit] });
    spoken = digit;
  }

  function label(classes) {
    rows.forEach((row, i) => (row.name.textContent = row.name.title = names[classes[i]] ?? ""));
  }

  function place({ clientX, clientY }) {
    const box = field.getBoundingClientRect();
    return [((clientX - box.left) * field.width) / box.width, ((clientY - box.top) * field.height) / box.height];
  }

  /** @type {(from: number[], to: number[]) => void} */
  function stroke(from, to) {
    pen.strokeStyle = "#fff";
    pen.lineWidth = Math.max(NIB, 1.4 * cell);
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0] + 0.01, to[1]);
    pen.stroke();
    empty = false;
    hint.hidden = true;
    post();
  }

  function wipe() {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, field.width, field.height);
    empty = true;
    spoken = undefined;
    seen.replaceChildren();
    rows.forEach((row) => fill(row));
    verdict.textContent = "";
    hint.textContent = say(isDigits(names) ? "network.draw_here" : "network.draw_any");
    hint.hidden = false;
  }

  function fill(row, value = 0, chosen = false) {
    row.fill.style.transform = `scaleX(${Math.min(Math.max(value, 0), 1)})`;
    row.text.textContent = empty ? "" : percent(value, 0);
    row.element.classList.toggle("chosen", chosen);
  }

  /** A number 0…255 for each cell: its mean. */
  function pixels() {
    const { data } = pen.getImageData(0, 0, field.width, field.height);
    const sums = new Float64Array(high * wide), counts = new Float64Array(high * wide);
    for (let i = 0; i < field.width * field.height; i++) {
      const row = Math.min(high - 1, Math.floor(i / field.width / cell)), column = Math.min(wide - 1, Math.floor((i % field.width) / cell));
      sums[row * wide + column] += data[4 * i];
      counts[row * wide + column] += 1;
    }
    return Array.from(sums, (sum, i) => Math.round(sum / Math.max(1, counts[i])));
  }

  function write(event) {
    const step = STEPS[event.key];
    if (event.key === "Delete" || event.key === "Backspace") wipe();
    else if (step) {
      const to = cursor.map((at, i) => Math.min((i ? field.height : field.width) - cell / 2, Math.max(cell / 2, at + Math.max(10, cell / 2) * step[i])));
      if (!event.shiftKey) stroke(cursor, to);
      cursor = to;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  field.addEventListener("pointerdown", (event) => {
    field.setPointerCapture(event.pointerId);
    last = cursor = place(event);
    stroke(last, last);
    event.preventDefault();
  });
  field.addEventListener("pointermove", (event) => {
    if (!last) return;
    const now = place(event);
    stroke(last, now);
    last = cursor = now;
  });
  for (const name of ["pointerup", "pointercancel"]) field.addEventListener(name, () => (last = undefined));
  field.addEventListener("keydown", write);
  wipe();

  // again: the network has moved; ask once more about the same drawing
  return { element, note, suit, wipe, again: post, answered, failed };
}

/** At once, then at most once in `pause` ms, and never without the last call. */
export function throttled(act, pause) {
  let timer, waiting = false;
  return function call() {
    if (timer) return void (waiting = true);
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (waiting) {
        waiting = false;
        call();
      }
    }, pause);
  };
}
