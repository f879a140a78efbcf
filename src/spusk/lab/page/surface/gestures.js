// Looking nearer and elsewhere by hand: wheel, pinch and drag. A press that does not move is a tap.

const TREMOR = 4; // px: less is no drag
const WHEEL = 0.0015; // of the logarithm of the size, for each pixel of the wheel
const PINCH = 0.01; // the same where two fingers on a touchpad come as a wheel with Ctrl
const LINE = 32; // px, for wheels that count lines

/**
 * Watches `picture`; pixels count from its corner: tap(x, y), pan(dx, dy), zoom(x, y, factor) → whether
 * anything changed; free(): whether one finger pans, too — else it scrolls the page.
 */
export function gestures(picture, { tap, pan, zoom, free }) {
  const pointers = new Map();
  let first, dragged = false;
  const place = (event) => {
    const { left, top } = picture.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  picture.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    picture.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    if (pointers.size > 1) return;
    [first, dragged] = [place(event), false];
  });
  picture.addEventListener("pointermove", (event) => {
    const old = pointers.get(event.pointerId);
    if (!old) return;
    const now = place(event);
    if (pointers.size === 1 && !begun(event, now)) return;
    const before = spread(pointers);
    pointers.set(event.pointerId, now);
    const after = spread(pointers);
    dragged = true;
    picture.classList.add("panned");
    pan(after.x - before.x, after.y - before.y);
    if (before.gap) zoom(after.x, after.y, before.gap / after.gap);
  });
  const leave = (event) => {
    pointers.delete(event.pointerId);
    picture.classList.toggle("panned", pointers.size > 0 && dragged);
  };
  for (const name of ["pointerup", "pointercancel"]) picture.addEventListener(name, leave);
  picture.addEventListener("click", (event) => dragged || tap(...place(event)));
  picture.addEventListener("wheel", (event) => {
    const pixels = event.deltaY * (event.deltaMode ? LINE : 1);
    const factor = Math.exp((event.ctrlKey ? PINCH : WHEEL) * Math.min(Math.max(pixels, -200), 200));
    if (zoom(...place(event), factor)) event.preventDefault();
  }, { passive: false });
  // two fingers are ours; the page must not scroll along
  picture.addEventListener("touchstart", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });

  const begun = (event, now) =>
    dragged || ((event.pointerType !== "touch" || free()) && Math.hypot(now[0] - first[0], now[1] - first[1]) >= TREMOR);
}

// The middle of the pointers, and how far two of them are apart.
function spread(pointers) {
  const [[a, b], [c, d] = [a, b]] = [...pointers.values()];
  return { x: (a + c) / 2, y: (b + d) / 2, gap: Math.hypot(a - c, b - d) };
}
