// The start by hand: ○ is dragged or moved by the arrow keys.

import { make } from "../core/dom.js";
import { pointText } from "./numbers.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** The ○ over a picture; `choose(px, py)` in pixels of the picture, `nudge(dx, dy)` in steps. */
export function pointer(picture, say, lang, choose, nudge) {
  const element = make("button", { type: "button", class: "start", hidden: true });
  element.addEventListener("pointerdown", (event) => event.button || element.setPointerCapture(event.pointerId));
  element.addEventListener("pointermove", (event) => {
    if (!element.hasPointerCapture(event.pointerId)) return;
    const { left, top } = picture.getBoundingClientRect();
    choose(event.clientX - left, event.clientY - top);
  });
  element.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.code];
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    nudge(...arrow.map((part) => part * (event.shiftKey ? 5 : 1)));
  });
  return {
    element,
    put(px, py, { x, y, w, h }, start) {
      element.style.left = `${px}px`;
      element.style.top = `${py}px`;
      element.hidden = !(px >= x && px <= x + w && py >= y && py <= y + h);
      element.setAttribute("aria-label", say("surface.start_label", { x: pointText(start, lang) }));
    },
  };
}
