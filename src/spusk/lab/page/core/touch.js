// A picture that tells its numbers where it is touched: by mouse, finger or arrow keys.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** What a canvas needs so that a screen reader passes the arrows on. */
export const KEYED = { role: "application", tabindex: 0 };

/** `at(x, y)`: this place was touched; `move(dx, dy)`: an arrow was pressed; `leave()`: no place is meant. */
export function touchable(element, { at, move, leave }) {
  for (const name of ["pointerdown", "pointermove"])
    element.addEventListener(name, ({ offsetX, offsetY }) => at(offsetX, offsetY));
  // what a finger touched stays to be read when the finger has left
  element.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && leave());
  element.addEventListener("blur", leave);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key in ARROWS) move(...ARROWS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
