// What lies on the surface: the path and the minima, drawn over either painter. What a hill hides is
// drawn faintly.

import { colour } from "../core/dom.js";
import { RISE, heightAt } from "../math/heights.js";
import { axes } from "./box.js";
import { DOTS } from "./paint.js";

const LIFT = 0.012; // of the box: a path lies on the surface, not in it
const INKS = ["path", "path-edge", "accent", "faint", "ink", "font"];
const HIDDEN = 0.3;
const LOOKS = 28; // places on a line of sight where a hill is looked for

/** Draws `scene` = {surface, names, paths, minima, n} by `pen` for `camera`. */
export function drawLifted(pen, width, height, camera, scene) {
  /** @type {(p: number[]) => [number, number]} */
  const screen = (p) => {
    const [x, y] = camera.project(p, width / height);
    return [((x + 1) * width) / 2, ((1 - y) * height) / 2];
  };
  const inks = Object.fromEntries(INKS.map((name) => [name, colour(name)]));
  const room = { pen, screen, camera, scene, inks };
  axes(room);
  for (const minimum of scene.minima) cross(room, minimum);
  for (const path of scene.paths) line(room, path);
}

// The box's point above (x1, x2), or null outside the view.
function lift({ surface }, x, y = surface.view[1][0]) {
  const [u, v] = [x, y].map((number, k) => {
    const [low, high] = surface.view[k];
    return (number - low) / (high - low);
  });
  const t = heightAt(surface, u, v);
  return Number.isFinite(t) ? [2 * u - 1, 2 * v - 1, RISE * t + LIFT] : null;
}

// Whether nothing of the surface stands between a point and the eye.
/** @type {(room: any, place: number[]) => boolean} */
function seen({ camera, scene }, [x, y, z]) {
  const [a, b, c] = camera.towards;
  const reach = (RISE + LIFT - z) / Math.max(c, 1e-3);
  for (let k = 1; k <= LOOKS; k++) {
    const far = (Math.min(reach, 3) * k) / LOOKS + 0.02;
    const top = heightAt(scene.surface, (x + far * a + 1) / 2, (y + far * b + 1) / 2);
    if (Number.isNaN(top)) continue;
    if (RISE * top > z + far * c + 0.01) return false;
  }
  return true;
}

function line(room, { points, colour: core }) {
  const { pen, scene, inks } = room;
  const size = scene.size;
  const rows = points.length / size;
  const last = Math.min(scene.n ?? rows - 1, rows - 1);
  const places = [];
  for (let k = 0; k <= last; k++) places.push([points[k * size], size > 1 ? points[k * size + 1] : scene.ribbon]);
  const pieces = places.slice(1).map((to, k) => stretch(room, places[k], to));
  pen.lineCap = pen.lineJoin = "round";
  for (const [wide, ink] of [[5, inks["path-edge"]], [2.2, core ?? inks.path]]) {
    pen.lineWidth = wide;
    pen.strokeStyle = ink;
    for (const piece of pieces) stroke(room, piece);
  }
  places.forEach((place, k) => {
    const end = k === 0 || k === last;
    if (end || last < DOTS) dot(room, place, core ?? inks.path, k === 0 ? 5 : end ? 6 : 2.4, k === last);
  });
}

// A step follows the surface: several lifted points.
function stretch(room, from, to) {
  const { surface } = room.scene;
  const span = Math.max(...[0, 1].map((k) => Math.abs(to[k] - from[k]) / (surface.view[k][1] - surface.view[k][0])));
  const parts = Math.min(Math.max(Math.ceil(span * 60), 1), 60);
  return Array.from({ length: parts + 1 }, (_, k) =>
    lift(room.scene, ...[0, 1].map((c) => from[c] + ((to[c] - from[c]) * k) / parts)));
}

function stroke(room, places) {
  const { pen, screen } = room;
  for (let k = 1; k < places.length; k++) {
    const [from, to] = [places[k - 1], places[k]];
    if (!from || !to) continue;
    pen.globalAlpha = seen(room, to) ? 1 : HIDDEN;
    pen.beginPath();
    pen.moveTo(...screen(from));
    pen.lineTo(...screen(to));
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function dot(room, place, ink, radius, whole) {
  const { pen, screen, inks } = room;
  const lifted = lift(room.scene, ...place);
  if (!lifted) return;
  pen.globalAlpha = seen(room, lifted) ? 1 : HIDDEN;
  pen.beginPath();
  pen.arc(...screen(lifted), radius, 0, 2 * Math.PI);
  pen.fillStyle = whole ? inks.accent : ink;
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = inks["path-edge"];
  pen.stroke();
  pen.globalAlpha = 1;
}

function cross(room, { x }) {
  const { pen, screen, scene, inks } = room;
  const lifted = lift(scene, x[0], x[1] ?? scene.ribbon);
  if (!lifted) return;
  const [a, b] = screen(lifted);
  pen.globalAlpha = seen(room, lifted) ? 1 : HIDDEN;
  pen.lineCap = "round";
  for (const [wide, ink] of [[5, inks["path-edge"]], [2, inks.path]]) {
    pen.lineWidth = wide;
    pen.strokeStyle = ink;
    pen.beginPath();
    for (const [p, q] of [[-5, -5], [-5, 5]]) {
      pen.moveTo(a + p, b + q);
      pen.lineTo(a - p, b - q);
    }
    pen.stroke();
  }
  pen.globalAlpha = 1;
}
