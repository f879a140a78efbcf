// A bound marked on the track of a slider.

import { make } from "./dom.js";

/** `put(place, words)`: at a share 0 … 1 of the track; anywhere else it is hidden. */
export function boundMark() {
  const element = make("span", { class: "bound small", "aria-hidden": "true", hidden: true });
  return {
    element,
    put(place, words) {
      element.hidden = !(place >= 0 && place <= 1);
      if (element.hidden) return;
      element.style.setProperty("--place", place);
      element.dataset.side = place > 0.6 ? "left" : "right";
      element.textContent = words();
    },
  };
}
