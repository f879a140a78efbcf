// A camera that goes round the surface: turned by drag, touch and arrow keys, brought nearer by
// wheel, pinch, + and −.

const LEVEL = [0.08, 1.5]; // radians above the floor
const NEARNESS = [0.6, 4];
const STEP = 0.12; // radians a key press
const DISTANCE = 5.2;
const LENS = 4.1;
const SPAN = 1.38; // half of what is seen, in the box's units
const CENTRE = 0.22; // the height that is looked at
const TURNS = {
  ArrowLeft: [-STEP, 0, 1], ArrowRight: [STEP, 0, 1], ArrowUp: [0, STEP, 1], ArrowDown: [0, -STEP, 1],
  Equal: [0, 0, 1.15], NumpadAdd: [0, 0, 1.15], Minus: [0, 0, 1 / 1.15], NumpadSubtract: [0, 0, 1 / 1.15],
};
const START = { turn: -0.95, level: 0.68, nearness: 1 };

export class Camera {
  constructor() {
    Object.assign(this, START);
  }

  move(turn, level, nearer) {
    this.turn += turn;
    this.level = Math.min(Math.max(this.level + level, LEVEL[0]), LEVEL[1]);
    this.nearness = Math.min(Math.max(this.nearness * nearer, NEARNESS[0]), NEARNESS[1]);
  }

  /** Where the camera stands, as seen from the middle. */
  get towards() {
    const flat = Math.cos(this.level);
    return [flat * Math.cos(this.turn), flat * Math.sin(this.turn), Math.sin(this.level)];
  }

  // right, up and back as rows
  get axes() {
    const [s, c] = [Math.sin(this.turn), Math.cos(this.turn)];
    const [sl, cl] = [Math.sin(this.level), Math.cos(this.level)];
    return [[-s, c, 0], [-sl * c, -sl * s, cl], [cl * c, cl * s, sl]];
  }

  /** A point of the box on the screen: [x, y, depth]; one picture is 2 wide and 2 high. */
  project([x, y, z], aspect = 1) {
    const [right, up, back] = this.axes.map((a) => a[0] * x + a[1] * y + a[2] * (z - CENTRE));
    const depth = DISTANCE - back;
    const scale = (LENS * this.nearness * Math.min(1, aspect)) / depth;
    return [(right * scale) / aspect / SPAN, (up * scale) / SPAN, depth];
  }

  /** The same as a matrix for WebGL, by columns. */
  matrix(aspect) {
    const scale = (LENS * this.nearness * Math.min(1, aspect)) / SPAN;
    const [right, up, back] = this.axes;
    const column = (k) => [(right[k] * scale) / aspect, up[k] * scale, -back[k] * 1.2, -back[k]];
    const [a, b, c] = [column(0), column(1), column(2)];
    const fixed = c.map((number) => -number * CENTRE);
    fixed[2] += (DISTANCE - 5) * 1.2;
    fixed[3] += DISTANCE;
    return Float32Array.from([...a, ...b, ...c, ...fixed]);
  }
}

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
    Object.assign(camera, START);
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
