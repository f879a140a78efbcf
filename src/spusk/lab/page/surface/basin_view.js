// The basins of attraction under the map: computed after the hand rests, kept while nothing changes.

import { make } from "../dom.js";
import { pointText } from "./numbers.js";
import { pictureOf } from "./map.js";

const SIZE = 512;
const PAUSE = 120; // ms without a change

export function basinView(say, lang, legend) {
  let wanted, sheet, timer;

  function explained(entries) {
    const word = ({ kind, x }) => (x ? pointText(x, lang) : say(`surface.basin_${kind}`));
    legend.replaceChildren(make("p", {}, say("surface.basins_note")), ...entries.map((entry) => {
      const dot = make("span", { class: "dot", "aria-hidden": "true" });
      dot.style.background = entry.colour;
      return make("span", { class: "chip" }, dot, word(entry));
    }));
  }

  return {
    show({ described, state, program }, module, draw) {
      const key = JSON.stringify([state.f, state.rate]);
      if (key === wanted) return draw(sheet);
      wanted = key;
      const old = sheet?.f === state.f ? sheet : undefined;
      draw(old); // the last map stays until the next is there
      clearTimeout(timer);
      timer = setTimeout(async () => {
        try {
          const map = await module.basinMap(program.tape, described, { rate: state.rate, steps: 1000, size: SIZE });
          if (key !== wanted) return;
          sheet = pictureOf(new ImageData(map.rgba, map.size, map.size));
          sheet.f = state.f;
          explained(map.legend);
          draw(sheet);
        } catch (error) {
          if (error.name !== "AbortError") throw error;
        }
      }, PAUSE);
    },
    cancel(module) {
      clearTimeout(timer);
      module?.cancelBasins?.();
    },
  };
}
