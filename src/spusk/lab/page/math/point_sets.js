// Sets of points in the plane: examples { x: [x1, x2], y: [0 or 1] }.

export const REACH = 3; // points stand within −3 … 3 on both axes
export const MOST = 60; // own points
const NOISE = 0.12;

const apart = [[1.6, 0.8, 1], [0.9, 1.9, 1], [2.2, 1.7, 1], [0.4, 1.0, 1],
  [-1.2, -0.6, 0], [-0.7, -1.8, 0], [-2.1, -1.3, 0], [-0.3, -0.9, 0]];
const mixed = [[1.6, 0.4, 1], [0.7, 1.8, 1], [2.3, 1.2, 1], [-0.8, 0.9, 1], [0.6, -0.5, 1],
  [-1.4, -0.3, 0], [-0.4, -1.6, 0], [-2.2, -1.0, 0], [0.9, 0.5, 0], [-0.3, 0.8, 0]];
const steep = [[0.3, 2.4, 1], [-0.2, 2.0, 1], [0.5, 2.7, 1], [0.2, -1.8, 1],
  [-0.3, -2.4, 0], [0.1, -2.1, 0], [-0.5, -2.7, 0], [-0.4, 1.9, 0]];

export const FEW = { mixed, apart, steep };

/** @typedef {{x: number[], y: number[]}} Example */

/**
 * Rows [x1, x2, class] as examples.
 * @param {number[][]} rows
 * @returns {Example[]}
 */
export function examplesOf(rows) {
  return rows.map(([x1, x2, y]) => ({ x: [x1, x2], y: [y] }));
}

/** @type {Record<string, (t: number, y: number) => [number, number]>} */
const SHAPES = {
  // a point of the class, from its place t in 0 … 1 along the shape
  moons(t, y) {
    const angle = Math.PI * t;
    return y ? [0.5 - Math.cos(angle), -Math.sin(angle) + 0.25] : [Math.cos(angle) - 0.5, Math.sin(angle) - 0.25];
  },
  circles(t, y) {
    const [angle, radius] = [2 * Math.PI * t, y ? 0.55 : 1.3];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
  spiral(t, y) {
    const [angle, radius] = [2.6 * Math.PI * t + Math.PI * y, 0.15 + 1.3 * t];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
};
export const MANY = Object.keys(SHAPES);

/**
 * `count` points of a shape, both classes in turn, with noise.
 * @param {string} name
 * @param {{normal: () => number}} random
 * @returns {Example[]}
 */
export function shaped(name, random, count = 200) {
  const blur = name === "spiral" ? NOISE / 2 : NOISE;
  return Array.from({ length: count }, (_, k) => {
    const y = k % 2;
    const [x1, x2] = SHAPES[name](Math.floor(k / 2) / (count / 2 - 1), y);
    return { x: [1.6 * x1 + blur * random.normal(), 1.6 * x2 + blur * random.normal()], y: [y] };
  });
}

/**
 * A point at two decimals, as the address writes it.
 * @type {(point: Example) => Example}
 */
export const rounded = ({ x, y }) => ({ x: x.map((v) => Number(v.toFixed(2))), y });

/**
 * Own points as the address writes them: x1,x2,class;… with two decimals.
 * @param {Example[]} V
 */
export function spelled(V) {
  return V.map(({ x, y }) => [x[0].toFixed(2), x[1].toFixed(2), y[0]].map(Number).join(",")).join(";");
}

/**
 * Own points read back; null where the text is no such list.
 * @param {string} text
 */
export function unspelled(text) {
  const rows = text.split(";").map((row) => row.split(",").map((part) => (part.trim() ? Number(part) : NaN)));
  /** @param {number[]} row */
  const good = ([x1, x2, y, ...more]) =>
    !more.length && Math.abs(x1) <= REACH && Math.abs(x2) <= REACH && (y === 0 || y === 1);
  return rows.length <= MOST && rows.every(good) ? examplesOf(rows) : null;
}

export const EXAMPLES = {
  and: [[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1]],
  or: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]],
  xor: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]],
};
