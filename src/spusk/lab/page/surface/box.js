// The axes round a surface: the two sides of the floor nearest to the eye, and an upright for f.

import { RISE } from "../math/heights.js";

const TICKS = 4;

/** Draws them into `room` = {pen, screen, camera, scene, inks}. */
export function axes(room) {
  const { camera, scene, screen } = room;
  const { view, value } = scene.surface;
  const [x, y] = camera.towards.slice(0, 2).map((part) => (part > 0 ? 1 : -1));
  const along = ([low, high]) => (t) => low + t * (high - low);
  edge(room, [[-1, y, 0], [1, y, 0]], [0, y, 0], along(view[0]), scene.names[0]);
  if (scene.size > 1) edge(room, [[x, -1, 0], [x, 1, 0]], [x, 0, 0], along(view[1]), scene.names[1]);
  const [left] = [[x, -y], [-x, y]].sort((p, q) => screen([...p, 0])[0] - screen([...q, 0])[0]);
  edge(room, [[...left, 0], [...left, RISE]], [...left, 0], value, "f");
}

// One axis; its numbers stand away from the middle of the floor.
function edge({ pen, screen, scene, inks }, [from, to], side, value, name) {
  const at = (t) => screen(from.map((start, k) => start + t * (to[k] - start)));
  const out = outwards(screen([0, 0, 0]), screen(side));
  pen.strokeStyle = inks.faint;
  pen.lineWidth = 1;
  stroke(pen, at(0), at(1));
  pen.font = `${scene.letters}px ${inks.font}`;
  pen.textBaseline = "middle";
  pen.textAlign = out[0] < -0.3 ? "right" : out[0] > 0.3 ? "left" : "center";
  const upright = name === "f";
  const shift = (upright ? -0.4 : 0.6 * Math.sign(out[1])) * scene.letters; // they share a corner
  const say = (text, [x, y], ink) => {
    pen.fillStyle = ink;
    // a long number must not leave the picture
    const least = pen.textAlign === "right" ? pen.measureText(text).width + 2 : 0;
    pen.fillText(text, Math.max(x + 12 * out[0], least), y + 12 * out[1] + shift);
  };
  const number = rounded(value, scene.written);
  for (let k = 0; k <= TICKS; k++) {
    const [x, y] = at(k / TICKS);
    stroke(pen, [x, y], [x + 5 * out[0], y + 5 * out[1]]);
    if (k === TICKS / 2 && !upright) say(name, [x, y], inks.ink);
    else if (k % 2 === 0) say(number(k / TICKS), [x, y], inks.faint);
  }
  const [x, y] = at(1);
  if (upright) say(name, [x, y - 1.4 * scene.letters], inks.ink);
}

function outwards(middle, side) {
  const [x, y] = [side[0] - middle[0], side[1] - middle[1]];
  const gap = Math.hypot(x, y) || 1;
  return [x / gap, y / gap];
}

// No more digits than the whole axis has use for: the least of a grid is 0.0034 where f has 0.
function rounded(value, written) {
  const grain = 10 ** (Math.floor(Math.log10(value(1) - value(0) || 1)) - 2);
  return (t) => written(Number((Math.round(value(t) / grain) * grain).toPrecision(12)));
}

function stroke(pen, from, to) {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}
