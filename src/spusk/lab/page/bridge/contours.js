// Contour lines of a grid of values, by marching squares.

/** Draws the line where `values` (size×size, rows from below) pass `level`; `at(i, j)` → [x, y]. */
export function contour(pen, values, size, level, at) {
  const between = (a, b) => (level - a) / (b - a);
  pen.beginPath();
  for (let j = 0; j + 1 < size; j++) {
    for (let i = 0; i + 1 < size; i++) {
      const k = j * size + i;
      const [a, b, c, d] = [values[k], values[k + 1], values[k + size + 1], values[k + size]];
      const cuts = [];
      if (a > level !== b > level) cuts.push(at(i + between(a, b), j));
      if (b > level !== c > level) cuts.push(at(i + 1, j + between(b, c)));
      if (d > level !== c > level) cuts.push(at(i + between(d, c), j + 1));
      if (a > level !== d > level) cuts.push(at(i, j + between(a, d)));
      for (let n = 0; n + 1 < cuts.length; n += 2) {
        pen.moveTo(...cuts[n]);
        pen.lineTo(...cuts[n + 1]);
      }
    }
  }
  pen.stroke();
}
