// One of the workers of basins.js: rows of a map of basins, band after band.

import { take } from "../core/facts.js";
import { basins } from "../math/basins.js";
import { compile } from "../math/tape.js";

let program, scene;

onmessage = ({ data }) => {
  if (data.scene) {
    take(data.facts);
    scene = data.scene;
    program = compile(scene.tape);
    return;
  }
  const { minima, view, size, options } = scene;
  const band = basins(program, minima, view, size, { ...options, rows: data.rows });
  postMessage({ rows: data.rows, ...band }, { transfer: [band.which.buffer, band.steps.buffer] });
};
