// Contour lines of a grid of values, by marching squares.

/** The line where `values` (size×size, rows from below) pass `level`, in units of the grid. */
export function contour(values, size, level) {
  const line = new Path2D();
  const between = (a, b) => (level - a) / (b - a);
  for (let j = 0; j + 1 < size; j++) {
    for (let i = 0; i + 1 < size; i++) {
      const k = j * size + i;
      const [a, b, c, d] = [values[k] > level, values[k + 1] > level, values[k + size + 1] > level, values[k + size] > level];
      if (a === b && b === c && c === d) continue;
      const cuts = [];
      if (a !== b) cuts.push([i + between(values[k], values[k + 1]), j]);
      if (b !== c) cuts.push([i + 1, j + between(values[k + 1], values[k + size + 1])]);
      if (d !== c) cuts.push([i + between(values[k + size], values[k + size + 1]), j + 1]);
      if (a !== d) cuts.push([i, j + between(values[k], values[k + size])]);
      for (let n = 0; n + 1 < cuts.length; n += 2) {
        line.moveTo(...cuts[n]);
        line.lineTo(...cuts[n + 1]);
      }
    }
  }
  return line;
}

/** Strokes lines of the grid whose corner (0, 0) is at x, y and whose cells are `cell` px wide. */
export function strokeLines(pen, lines, [x, y], cell, width) {
  pen.save();
  pen.translate(x, y);
  pen.scale(cell, -cell);
  pen.lineWidth = width / cell;
  for (const line of lines) pen.stroke(line);
  pen.restore();
}
