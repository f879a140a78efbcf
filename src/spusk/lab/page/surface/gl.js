// Draws the surface's mesh by WebGL 2: colour by height, a soft light, height lines.

import { shade } from "../core/colours.js";
import { RISE, mesh } from "../math/heights.js";

const LINES = 14; // height lines from bottom to top
const VERTEX = `#version 300 es
in vec3 point;
in vec3 normal;
uniform mat4 camera;
out float height;
out vec3 across;
void main() {
  height = point.z / float(${RISE});
  across = normal;
  gl_Position = camera * vec4(point, 1.0);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in float height;
in vec3 across;
uniform sampler2D shades;
uniform vec3 lamp;
out vec4 colour;
void main() {
  float light = 0.62 + 0.38 * max(dot(normalize(across), lamp), 0.0);
  float level = height * ${LINES.toFixed(1)};
  float gap = abs(fract(level + 0.5) - 0.5) / max(fwidth(level), 1e-5);
  float line = 0.28 * (1.0 - smoothstep(0.3, 1.2, gap));
  colour = vec4(texture(shades, vec2(height, 0.5)).rgb * light * (1.0 - line), 1.0);
}`;

/** A painter of `element`, or null where WebGL 2 is missing. */
export function glPainter(element) {
  const gl = element.getContext("webgl2", { antialias: true, alpha: true });
  const program = gl && linked(gl);
  if (!program) return null;
  gl.useProgram(program);
  gl.enable(gl.DEPTH_TEST);
  attributes(gl, program);
  shades(gl);
  const [camera, lamp] = ["camera", "lamp"].map((name) => gl.getUniformLocation(program, name));
  let count = 0;
  return {
    load(surface) {
      const { points, triangles } = mesh(surface);
      gl.bufferData(gl.ARRAY_BUFFER, points, gl.STATIC_DRAW);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles, gl.STATIC_DRAW);
      count = triangles.length;
    },
    draw(view, light) {
      gl.viewport(0, 0, element.width, element.height);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.uniformMatrix4fv(camera, false, view.matrix(element.width / element.height));
      gl.uniform3fv(lamp, light);
      gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_SHORT, 0);
    },
    free: () => gl.getExtension("WEBGL_lose_context")?.loseContext(),
  };
}

function attributes(gl, program) {
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  ["point", "normal"].forEach((name, k) => {
    const place = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 24, 12 * k);
  });
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

function shades(gl) {
  const size = 256;
  const row = new Uint8Array(4 * size);
  for (let i = 0; i < size; i++) row.set([...shade(i / (size - 1)), 255], 4 * i);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, size, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, row);
  for (const [name, value] of [
    [gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR],
    [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
  ]) gl.texParameteri(gl.TEXTURE_2D, name, value);
}
