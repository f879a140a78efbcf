// Points that a person puts, moves and takes away on a canvas.

import { MOST, REACH } from "../math/point_sets.js";
import { grips } from "./grips.js";

const bounded = (v) => Math.round(Math.min(Math.max(v, -REACH), REACH) * 100) / 100;

/**
 * `V()` are the points, `area()` the square they are drawn in, `kind()` the class to add. A point is
 * added after `own()` (the set becomes one's own); without `fixed()` points can be moved and removed.
 */
export function editor(element, { V, area, kind, changed, chosen, done, full, own = () => {}, fixed = () => false }) {
  function add(x) {
    own();
    if (V().length >= MOST) {
      full(MOST);
      return V().length - 1;
    }
    V().push({ x: x.map(bounded), y: [kind()] });
    changed();
    return V().length - 1;
  }
  function move(k, x) {
    V()[k].x = x.map(bounded);
    changed();
  }
  grips(element, {
    places: () => fixed() ? [] : V().map(({ x }) => [area().x(x[0]), area().y(x[1])]),
    move: (k, place) => move(k, area().back(place)),
    tap: (place) => {
      const x = area().back(place);
      if (x.every((v) => Math.abs(v) <= REACH)) add(x);
    },
    remove: (k) => {
      if (V().length > 1) V().splice(k, 1);
      changed();
    },
    nudge: (k, dx, dy) => move(k, [V()[k].x[0] + dx / 10, V()[k].x[1] + dy / 10]),
    add: () => add([0, 0]),
    chosen,
    done,
  });
}
