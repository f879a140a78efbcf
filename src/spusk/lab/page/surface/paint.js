// Paths, minima and kept paths on a plane: white core, dark edge, so that they stand on any ground.

import { colour } from "../core/dom.js";

/** More iterates than this are a line without dots. */
export const DOTS = 250;

/** The pixels of a path: `place(k)` gives [x, y] of iterate k. */
export function trail(pen, count, place, { core, edge, width = 2, faint = 1 }) {
  const line = new Path2D();
  const dots = new Path2D();
  for (let k = 0; k < count; k++) {
    const [x, y] = place(k).map((pixel) => Math.min(Math.max(pixel, -1e4), 1e4)); // runs away
    if (!Number.isFinite(x) || !Number.isFinite(y)) break;
    k ? line.lineTo(x, y) : line.moveTo(x, y);
    if (count > DOTS) continue;
    dots.moveTo(x + width + 1, y);
    dots.arc(x, y, width + 1, 0, 7);
  }
  pen.save();
  pen.globalAlpha = faint;
  pen.lineJoin = "round";
  for (const [style, more] of [[edge, 2.5], [core, 0]]) {
    [pen.strokeStyle, pen.lineWidth] = [style, width + more];
    pen.stroke(line);
    pen.lineWidth = more;
    if (more) pen.stroke(dots);
    pen.fillStyle = style;
    pen.fill(dots);
  }
  pen.restore();
}

/** A cross at each minimum; local ones are thinner. */
export function crosses(pen, minima, place) {
  for (const minimum of minima) {
    const [x, y] = place(minimum);
    const arm = minimum.global ? 7 : 5;
    const cross = new Path2D(
      `M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x - arm} ${y + arm}L${x + arm} ${y - arm}`,
    );
    pen.lineCap = "round";
    for (const [style, width] of [[colour("path-edge"), 6], [colour("path"), minimum.global ? 3 : 2]]) {
      [pen.strokeStyle, pen.lineWidth] = [style, width];
      pen.stroke(cross);
    }
  }
}

/** Where the path is now. */
export function present(pen, [x, y]) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  pen.beginPath();
  pen.arc(x, y, 6.5, 0, 7);
  pen.fillStyle = colour("accent");
  pen.fill();
  [pen.strokeStyle, pen.lineWidth] = [colour("path"), 2.5];
  pen.stroke();
}

/** All paths of a model, the present one up to its step n on top of its faint whole. */
export function paths(pen, model, place) {
  for (const kept of model.kept) {
    trail(pen, kept.path.values.length, (k) => place(kept.path, k), {
      core: kept.colour, edge: colour("path-edge"), width: 2,
    });
  }
  const white = { core: colour("path"), edge: colour("path-edge"), width: 2.5 };
  const each = (k) => place(model.path, k);
  trail(pen, model.path.values.length, each, { ...white, faint: 0.35 });
  trail(pen, model.n + 1, each, white);
  present(pen, each(model.n));
}
