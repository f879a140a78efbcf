// Things on a canvas that can be moved: by mouse, by finger, by keys.

const NEAR = 18; // px: a finger's reach
const LONG = 600; // ms: a press that removes
const NUDGES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * `places()` gives the screen places of what can be gripped; `move(k, place)` moves one, `tap(place)`
 * is a press on empty ground, `remove(k)` a shift-click, long press or Delete, `nudge(k, dx, dy)` an
 * arrow, `add()` Enter; `chosen(k)` tells which one the keys move (−1: none).
 */
export function grips(element, { places, move, tap, remove = null, nudge, add = null, chosen = (_k) => {}, done = () => {} }) {
  let held = -1, moved = false, down = null, timer = 0, now = 0;
  /** @returns {[number, number]} */
  const place = (event) => {
    const { left, top } = element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  /** @param {number[]} place */
  const nearest = ([px, py]) => {
    let best = -1, least = NEAR;
    places().forEach(([x, y], k) => {
      const gap = Math.hypot(x - px, y - py);
      if (gap < least) [best, least] = [k, gap];
    });
    return best;
  };
  function release() {
    clearTimeout(timer);
    [held, down] = [-1, null];
  }
  function removeHeld() {
    remove(held);
    release();
    done();
  }
  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    down = place(event);
    held = nearest(down);
    moved = false;
    if (held < 0) return;
    if (event.shiftKey && remove) return removeHeld();
    element.setPointerCapture(event.pointerId);
    if (remove) timer = setTimeout(removeHeld, LONG);
  });
  element.addEventListener("pointermove", (event) => {
    if (!down) return void (element.style.cursor = nearest(place(event)) < 0 ? "crosshair" : "grab");
    const at = place(event);
    if (!moved && Math.hypot(at[0] - down[0], at[1] - down[1]) < 4) return;
    moved = true;
    clearTimeout(timer);
    if (held >= 0) move(held, at);
  });
  element.addEventListener("pointerup", () => {
    if (!down) return;
    const [tapped, was] = [held < 0 && !moved, down];
    release();
    if (tapped) tap(was);
    done();
  });
  element.addEventListener("pointercancel", release);
  // a finger on a grip moves it; anywhere else it scrolls the page
  element.addEventListener("touchstart", (event) => {
    if (nearest(place(event.touches[0])) >= 0) event.preventDefault();
  }, { passive: false });
  element.addEventListener("contextmenu", (event) => held >= 0 && event.preventDefault());
  element.addEventListener("focus", () => element.matches(":focus-visible") && chosen(now));
  element.addEventListener("blur", () => chosen(-1));
  element.addEventListener("keydown", (event) => {
    const count = places().length;
    now = Math.max(0, Math.min(now, count - 1));
    if (event.code in NUDGES && count) nudge(now, ...NUDGES[event.code]);
    else if (event.code === "PageDown" && count) now = (now + 1) % count;
    else if (event.code === "PageUp" && count) now = (now + count - 1) % count;
    else if (event.code === "Enter" && add) now = add();
    else if (event.code === "Delete" && remove && count) remove(now);
    else return;
    event.preventDefault();
    event.stopPropagation();
    chosen(Math.min(now, places().length - 1));
    done();
  });
}
