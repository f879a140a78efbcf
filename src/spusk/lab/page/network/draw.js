// A field to draw a digit in, with mouse, finger or keys, and ten bars of the network's answer α(x).

import { make } from "../dom.js";
import { stamp } from "./weights.js";

const SIDE = 280, CELLS = 28, CELL = SIDE / CELLS, NIB = 22, PAUSE = 50; // ms: at most 20 messages a second
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ink = (value) => [value, value, value];

/** `send(pixels)` → whether somebody hears. */
export function drawing({ say, percent }, send) {
  const field = make("canvas", { width: SIDE, height: SIDE, class: "field", tabindex: "0", role: "application", "aria-label": say("network.field") });
  const pen = field.getContext("2d", { willReadFrequently: true });
  const rows = Array.from({ length: 10 }, (_, digit) => bar(digit));
  const verdict = make("p", { class: "drawn small", "aria-live": "polite" }, say("network.draw_here"));
  const seen = make("span", { class: "seen", title: say("network.seen") });
  const clear = make("button", { type: "button", class: "quiet", onclick: wipe }, say("network.clear"));
  const element = make("section", { class: "drawing", "aria-label": say("network.drawing") },
    field, make("div", { class: "bars", role: "group", "aria-label": "α(x)" }, rows.map((row) => row.element)),
    make("div", { class: "below" }, verdict, seen, clear));
  const post = throttled(() => !empty && send(pixels()), PAUSE);
  let empty = true, last, cursor = [SIDE / 2, SIDE / 3], spoken;

  function bar(digit) {
    const fill = make("i", {}), text = make("span", { class: "value" });
    return { element: make("div", { class: "bar" }, make("b", {}, String(digit)), make("span", { class: "track" }, fill), text), fill, text };
  }

  function place({ clientX, clientY }) {
    const box = field.getBoundingClientRect();
    return [((clientX - box.left) * SIDE) / box.width, ((clientY - box.top) * SIDE) / box.height];
  }

  function stroke(from, to) {
    pen.strokeStyle = "#fff";
    pen.lineWidth = NIB;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(to[0] + 0.01, to[1]);
    pen.stroke();
    empty = false;
    post();
  }

  function wipe() {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, SIDE, SIDE);
    empty = true;
    spoken = undefined;
    seen.replaceChildren();
    rows.forEach((row) => fill(row));
    verdict.textContent = say("network.draw_here");
  }

  function fill(row, value = 0, chosen = false) {
    row.fill.style.transform = `scaleX(${Math.min(Math.max(value, 0), 1)})`;
    row.text.textContent = empty ? "" : percent(value, 0);
    row.element.classList.toggle("chosen", chosen);
  }

  /** 28 × 28 numbers 0…255: the mean of each cell. */
  function pixels() {
    const { data } = pen.getImageData(0, 0, SIDE, SIDE), found = new Array(CELLS * CELLS).fill(0);
    for (let i = 0; i < SIDE * SIDE; i++)
      found[Math.floor(i / SIDE / CELL) * CELLS + Math.floor((i % SIDE) / CELL)] += data[4 * i];
    return found.map((sum) => Math.round(sum / CELL ** 2));
  }

  function write(event) {
    const step = STEPS[event.key];
    if (event.key === "Delete" || event.key === "Backspace") wipe();
    else if (step) {
      const to = cursor.map((at, i) => Math.min(SIDE - CELL, Math.max(CELL, at + CELL * step[i])));
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

  return {
    element,
    again: post, // the network has moved: ask once more about the same drawing
    show({ a, digit, input }) {
      if (empty) return;
      a.forEach((value, i) => fill(rows[i], value, i === digit));
      seen.replaceChildren(stamp(input, CELLS, CELLS, ink));
      if (spoken !== digit) verdict.textContent = say("network.looks_like", { digit });
      spoken = digit;
    },
  };
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
