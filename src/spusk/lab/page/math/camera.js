// A camera that goes round a surface in the box −1 … 1, and what it sees of a point.

const LEVEL = [0.08, 1.5]; // radians above the floor
const NEARNESS = [0.6, 4];
const DISTANCE = 5.2;
const LENS = 4.1;
const SPAN = 1.38; // half of what is seen, in the box's units
const CENTRE = 0.22; // the height that is looked at

export class Camera {
  turn = -0.95;
  level = 0.68;
  nearness = 1;

  reset() {
    Object.assign(this, new Camera());
  }

  /**
   * @param {number} turn
   * @param {number} level
   * @param {number} nearer how many times
   */
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

  /**
   * A point of the box on the screen: [x, y, depth]; one picture is 2 wide and 2 high.
   * @param {number[]} point
   */
  project([x, y, z], aspect = 1) {
    const [right, up, back] = this.axes.map((a) => a[0] * x + a[1] * y + a[2] * (z - CENTRE));
    const depth = DISTANCE - back;
    const scale = (LENS * this.nearness * Math.min(1, aspect)) / depth;
    return [(right * scale) / aspect / SPAN, (up * scale) / SPAN, depth];
  }

  /**
   * The same as a matrix for WebGL, by columns.
   * @param {number} aspect
   */
  matrix(aspect) {
    const scale = (LENS * this.nearness * Math.min(1, aspect)) / SPAN;
    const [right, up, back] = this.axes;
    /** @param {number} k */
    const column = (k) => [(right[k] * scale) / aspect, up[k] * scale, -back[k] * 1.2, -back[k]];
    const [a, b, c] = [column(0), column(1), column(2)];
    const fixed = c.map((number) => -number * CENTRE);
    fixed[2] += (DISTANCE - 5) * 1.2;
    fixed[3] += DISTANCE;
    return Float32Array.from([...a, ...b, ...c, ...fixed]);
  }
}
