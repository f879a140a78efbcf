// The first layer's weights as pictures: blue below zero, white at zero, red above.

import { canvas, colour, make } from "../core/dom.js";
import { KEYED, touchable } from "../core/touch.js";

// CIE-even ends of a blue–white–red map that colour-blind eyes tell apart.
const BLUE = [33, 102, 172], WHITE = [247, 247, 247], RED = [178, 24, 43];
const GAP = 4;

/** The colour of a weight from −1 to 1. */
export function diverging(value) {
  const t = Math.min(Math.abs(value), 1), end = value < 0 ? BLUE : RED;
  return WHITE.map((white, i) => Math.round(white + (end[i] - white) * t));
}

/** A small canvas of these numbers, each coloured by `map`. */
export function stamp(numbers, width, height, map) {
  const element = make("canvas", { width, height });
  const pen = element.getContext("2d"), picture = pen.createImageData(width, height);
  numbers.forEach((value, i) => picture.data.set([...map(value), 255], 4 * i));
  pen.putImageData(picture, 0, 0);
  return element;
}

/** How many columns make `count` squares largest in this box. */
export function columns(count, width, height) {
  const side = (across) => Math.min(width / across, height / Math.ceil(count / across));
  const all = Array.from({ length: count }, (_, i) => i + 1);
  return all.reduce((found, across) => (side(across) > side(found) ? across : found), 1);
}

export function weights({ say, number }) {
  let stamps = [], images = [], neurons = [], size = { width: 1, height: 1 }, chosen; // chosen: by keys
  const reading = make("p", { class: "reading small faint", "aria-live": "polite" });
  const picture = canvas(say("network.weights"), draw, { ...KEYED, class: "weights" });
  touchable(picture.element, { at: point, move: walk, leave: () => ring() });
  const some = make("p", { class: "small faint", hidden: "" });
  const element = make("div", { class: "pane" }, some, picture.element, reading);

  function layout(width, height) {
    const across = columns(stamps.length, width, height);
    const side = Math.min(width / across, height / Math.ceil(stamps.length / across));
    return { across, side };
  }

  function draw(pen, width, height) {
    const { across, side } = layout(width, height);
    pen.imageSmoothingEnabled = false;
    stamps.forEach((each, i) =>
      pen.drawImage(each, (i % across) * side, Math.floor(i / across) * side, side - GAP, side - GAP));
    if (chosen === undefined) return;
    pen.strokeStyle = colour("accent");
    pen.lineWidth = 3;
    pen.strokeRect((chosen % across) * side + 1.5, Math.floor(chosen / across) * side + 1.5, side - GAP - 3, side - GAP - 3);
  }

  const shape = () => layout(picture.element.clientWidth, picture.element.clientHeight);

  function ring(place) {
    chosen = place;
    picture.redraw();
  }

  /** To the neuron beside or below, and what its weights are. */
  function walk(dx, dy) {
    if (!images.length) return;
    const next = chosen === undefined ? 0 : chosen + dx + dy * shape().across;
    if (next >= 0 && next < images.length) ring(next);
    const low = Math.min(...images[chosen]), high = Math.max(...images[chosen]);
    reading.textContent = say("network.neuron_here", { neuron: neurons[chosen] + 1, low, high });
  }

  function point(x, y) {
    const { across, side } = shape();
    const shown = Math.floor(x / side) + across * Math.floor(y / side);
    const [column, row] = [x, y].map((place, i) =>
      Math.floor(((place % side) / (side - GAP)) * (i ? size.height : size.width)));
    const value = x < across * side ? images[shown]?.[row * size.width + column] : undefined;
    if (value !== undefined && column < size.width && row < size.height)
      reading.textContent = say("network.weight_here", { neuron: neurons[shown] + 1, row: row + 1, column: column + 1, w: number(value) });
  }

  return {
    element,
    show(found) {
      ({ images, neurons } = found);
      size = found;
      stamps = images.map((image) => stamp(image, found.width, found.height, diverging));
      some.hidden = images.length === found.of;
      some.textContent = say("network.weights_strongest", { shown: images.length, of: found.of });
      picture.element.setAttribute("aria-label", some.hidden ? say("network.weights_of", { n: found.of }) : some.textContent);
      reading.textContent ||= say("network.weights_key");
      picture.redraw();
    },
    restyle: picture.redraw,
  };
}
