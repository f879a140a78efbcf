// The basins of attraction under the map: computed after the hand rests, kept while nothing changes.

import { KINDS } from "../core/colours.js";
import { make } from "../core/dom.js";
import { facts } from "../core/facts.js";
import { pictureOf } from "./map.js";
import { pointText } from "./numbers.js";

const { points: FINE, steps: STEPS } = facts.basins; // points of a side; of a descent
const SIZES = [64, FINE]; // by the page: a coarse map at once; where descents are long the fine one takes seconds
const PAUSE = 120; // ms without a change
const MORE = 0.06; // of a side, at each end

export function basinView(say, lang, legend) {
  let wanted, sheet, timer, draw;

  function explained(entries) {
    const word = ({ kind, x, n }) => (x ? pointText(x, lang) : say(`surface.basin_${kind}`, { n }));
    const many = entries.filter(({ x }) => x).length > KINDS.length;
    const notes = ["basins_note", ...(many ? ["basins_many"] : [])].map((key) => say(`surface.${key}`));
    legend.replaceChildren(make("p", {}, notes.join(" ")), ...entries.map((entry) => {
      const dot = make("span", { class: "dot", "aria-hidden": "true" });
      dot.style.background = entry.colour;
      return make("span", { class: "chip" }, dot, word(entry));
    }));
  }

  function note(key, role) {
    legend.replaceChildren(make("p", { role }, say(`surface.${key}`)));
  }

  async function compute({ described, state, program, view: box }, module, key) {
    try {
      const view = grown(box);
      const options = { rate: state.rate, steps: STEPS, size: FINE, view };
      const taken = (map) => {
        const picture = pictureOf(new ImageData(map.rgba, map.size, map.size));
        sheet = { key, of: described, picture, view, legend: map.legend, whole: map.size === FINE };
        finish();
      };
      const all = module.withFurther(program, described, options);
      const served = await module.servedMap(all, options);
      if (served) return taken(served);
      for (const size of SIZES) taken(await module.basinMap(program.tape, all, { ...options, size }));
    } catch (error) {
      if (error.name === "AbortError") return undefined; // a newer one is on its way
      wanted = sheet = null; // a change, or the tab again, tries once more
      draw();
      note("basins_failed", "alert");
    }
    return undefined;
  }

  function finish() {
    explained(sheet.legend);
    if (!sheet.whole) legend.append(make("p", { role: "status" }, say("surface.basins_busy")));
    draw(sheet);
  }

  return {
    /** The map of this model's basins; the last one stays until it is there. */
    show(model, module, drawn) {
      draw = drawn;
      const key = JSON.stringify([model.state.f, model.state.rate, model.view]);
      if (sheet?.key === key && (sheet.whole || wanted === key)) return finish();
      draw(sheet?.of === model.described ? { ...sheet, old: true } : undefined);
      if (wanted === key) return undefined;
      wanted = key;
      note("basins_busy", "status");
      clearTimeout(timer);
      timer = setTimeout(compute, PAUSE, model, module, key);
      return undefined;
    },
    cancel(module) {
      wanted = null;
      clearTimeout(timer);
      module?.cancelBasins?.();
    },
  };
}

// A map is about square and shows a little more than its box.
function grown(box) {
  const reach = (0.5 + MORE) * Math.max(...box.map(([low, high]) => high - low));
  return box.map(([low, high]) => [(low + high) / 2 - reach, (low + high) / 2 + reach]);
}
