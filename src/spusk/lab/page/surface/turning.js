// A camera in people's hands: turned by drag, touch and arrow keys, brought nearer by wheel, pinch, + and −.

const STEP = 0.12; // radians a key press
const TURNS = {
  ArrowLeft: [-STEP, 0, 1], ArrowRight: [STEP, 0, 1], ArrowUp: [0, STEP, 1], ArrowDown: [0, -STEP, 1],
  Equal: [0, 0, 1.15], NumpadAdd: [0, 0, 1.15], Minus: [0, 0, 1 / 1.15], NumpadSubtract: [0, 0, 1 / 1.15],
};

/** Lets people turn `element`; `changed()` after each move. */
export function turning(element, camera, changed) {
  const go = (...move) => {
    camera.move(...move);
    changed();
  };
  byFingers(element, go);
  byKeys(element, go);
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    go(0, 0, Math.exp(-0.0015 * Math.min(Math.max(event.deltaY, -200), 200)));
  }, { passive: false });
  element.addEventListener("dblclick", () => {
    camera.reset();
    changed();
  });
}

// One finger or the mouse turns; two bring it nearer too.
function byFingers(element, go) {
  const fingers = new Map();
  const gap = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  element.addEventListener("pointermove", (event) => {
    const old = fingers.get(event.pointerId);
    if (!old) return;
    const before = fingers.size === 2 ? gap() : 0;
    const now = [event.clientX, event.clientY];
    fingers.set(event.pointerId, now);
    const share = Math.PI / Math.max(element.clientWidth, 1) / fingers.size;
    go((old[0] - now[0]) * share, (now[1] - old[1]) * share, before ? gap() / before : 1);
  });
  const leave = (event) => fingers.delete(event.pointerId);
  for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, leave);
}

function byKeys(element, go) {
  element.addEventListener("keydown", (event) => {
    const move = TURNS[event.code];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere in the page arrows step the descent
    go(...move);
  });
}
