// Marching squares: the lines where a grid of numbers passes a level.

/** @typedef {(x0: number, y0: number, x1: number, y1: number) => void} Piece */

const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/**
 * Each piece of the lines at `levels` of a grid (rows from below), in units of its cells.
 * @param {ArrayLike<number>} grid
 * @param {number} width
 * @param {number} height
 * @param {number[]} levels
 * @param {Piece} piece
 */
export function march(grid, width, height, levels, piece) {
  for (let j = 0; j + 1 < height; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const k = j * width + i;
      const corners = [grid[k], grid[k + 1], grid[k + width + 1], grid[k + width]];
      const low = Math.min(...corners);
      const high = Math.max(...corners);
      if (!(low < high)) continue; // flat, or somewhere no number
      for (const level of levels) if (low < level && level <= high) cell(piece, corners, i, j, level);
    }
  }
}

// Where the level crosses the four sides; two crossings make a piece, four (a saddle) make two.
/** @type {(piece: Piece, corners: number[], i: number, j: number, level: number) => void} */
function cell(piece, corners, i, j, level) {
  /** @type {[number, number][]} */
  const cuts = [];
  for (let side = 0; side < 4; side++) {
    const [a, b] = [corners[side], corners[(side + 1) % 4]];
    if (a < level === b < level) continue;
    const t = (level - a) / (b - a);
    const [[x0, y0], [x1, y1]] = [CORNERS[side], CORNERS[(side + 1) % 4]];
    cuts.push([i + x0 + t * (x1 - x0), j + y0 + t * (y1 - y0)]);
  }
  for (let k = 0; k + 1 < cuts.length; k += 2) piece(...cuts[k], ...cuts[k + 1]);
}
