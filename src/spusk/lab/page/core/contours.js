// Contour lines as paths for a pen.

import { march } from "../math/contours.js";

/** All lines at `levels` of a grid (rows from below), in units of its cells. */
export function contours(grid, width, height, levels) {
  const lines = new Path2D();
  march(grid, width, height, levels, (x0, y0, x1, y1) => {
    lines.moveTo(x0, y0);
    lines.lineTo(x1, y1);
  });
  return lines;
}

/**
 * Lines of a grid whose corner (0, 0) is at x, y, and whose cells are sx by sy pixels.
 * @param {Path2D} lines
 * @param {number[]} corner
 * @param {number[]} cell
 */
export function placed(lines, [x, y], [sx, sy]) {
  const there = new Path2D();
  there.addPath(lines, new DOMMatrix([sx, 0, 0, -sy, x, y]));
  return there;
}
