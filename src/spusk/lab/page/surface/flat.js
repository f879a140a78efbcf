// Draws the surface's mesh without WebGL: patches from far to near, the painter's order.

import { css, shade } from "../core/colours.js";
import { RISE } from "../math/heights.js";

const PATCHES = 48; // along each side: what a plain canvas draws smoothly while it turns

/** A painter of `element` with its plain pen. */
export function flatPainter(element) {
  const pen = element.getContext("2d");
  let surface;
  return {
    load(now) {
      surface = now;
    },
    draw(camera, lamp) {
      const { width, height } = element;
      pen.clearRect(0, 0, width, height);
      const screen = (p) => {
        const [x, y, depth] = camera.project(p, width / height);
        return [((x + 1) * width) / 2, ((1 - y) * height) / 2, depth];
      };
      const drawn = patches(surface, screen, lamp).sort((a, b) => b.depth - a.depth);
      for (const patch of drawn) fill(pen, patch);
    },
    free() {},
  };
}

function patches({ t, cells }, screen, lamp) {
  const step = Math.max(1, Math.round(cells / PATCHES));
  const found = [];
  for (let j = 0; j + step <= cells; j += step) {
    for (let i = 0; i + step <= cells; i += step) {
      const corners = [[i, j], [i + step, j], [i + step, j + step], [i, j + step]];
      const tops = corners.map(([a, b]) => t[b * (cells + 1) + a]);
      if (!tops.every(Number.isFinite)) continue;
      const places = corners.map(([a, b], k) =>
        screen([(2 * a) / cells - 1, (2 * b) / cells - 1, RISE * tops[k]]));
      const middle = (tops[0] + tops[1] + tops[2] + tops[3]) / 4;
      const light = lit(tops, (2 * step) / cells, lamp);
      const colour = css(shade(middle).map((part) => Math.round(part * light)));
      found.push({ places, colour, depth: (places[0][2] + places[2][2]) / 2 });
    }
  }
  return found;
}

function lit(tops, side, lamp) {
  const dx = (RISE * (tops[1] - tops[0] + tops[2] - tops[3])) / (2 * side);
  const dy = (RISE * (tops[3] - tops[0] + tops[2] - tops[1])) / (2 * side);
  const along = (lamp[2] - dx * lamp[0] - dy * lamp[1]) / Math.hypot(dx, dy, 1);
  return 0.62 + 0.38 * Math.max(along, 0);
}

function fill(pen, { places, colour }) {
  pen.beginPath();
  for (const [x, y] of places) pen.lineTo(x, y);
  pen.closePath();
  pen.fillStyle = pen.strokeStyle = colour; // the stroke closes the seams between patches
  pen.fill();
  pen.stroke();
}
