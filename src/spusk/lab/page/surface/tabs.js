// The ways to see a function: map, 3-D, basins, escape. Those that cannot be loaded are not offered.

import { make } from "../core/dom.js";
import { inside } from "../math/view_box.js";
import { basinView } from "./basin_view.js";
import { graph } from "./graph.js";
import { contourMap } from "./map.js";
import { offers } from "./model.js";
import { TABS } from "./state.js";

const PLUGINS = { relief: "./relief.js", basins: "./basins.js", escape: "./escape.js" };

/** `choose(x)` sets the start, `pick(name)` shows another tab, `look(box)` another part of the plane. */
export function tabs(frame, choose, pick, look) {
  const { say, lang } = frame;
  const flat = { 1: graph(say, lang, choose, look), 2: contourMap(say, lang, choose, look) };
  const loaded = { map: null };
  const made = {};
  const room = make("div", { class: "picture" });
  const whole = make("button", { type: "button", id: "whole", title: say("surface.whole_title"), onclick: () => look() }, say("surface.whole"));
  const legend = make("div", { class: "legend small faint" });
  const buttons = TABS.map((name) => make("button", {
    type: "button", class: "quiet", "data-tab": name, "aria-pressed": "false", onclick: () => pick(name),
  }, say(`surface.tab_${name}`)));
  const row = make("div", { class: "tabs", role: "group", "aria-label": say("surface.tabs") }, buttons);
  const element = make("section", { class: "sight", "aria-label": say("surface.picture") }, room, row, legend);
  const basins = basinView(say, lang, legend);
  let shown, last;

  const offered = (name, model) => name in loaded && offers(name, model);

  function viewOf(name, model) {
    if (name === "relief") return (made.relief ??= reliefView(loaded.relief, say));
    if (name === "escape") return escapeOf(model);
    return flat[model.program.n];
  }

  // The experiment belongs to one function: another function makes another one.
  function escapeOf({ program, described }) {
    if (made.escape?.of === described) return made.escape;
    made.escape?.unmount?.();
    const panel = loaded.escape.escapePanel({ ...frame, program, described });
    return (made.escape = { ...panel, of: described, show() {} });
  }

  function show(model) {
    last = model;
    const name = offered(model.state.show, model) ? model.state.show : "map";
    for (const button of buttons) {
      button.hidden = !offered(button.dataset.tab, model);
      button.setAttribute("aria-pressed", String(button.dataset.tab === name));
      if (button.dataset.tab === "map") button.textContent = say(`surface.tab_${model.program.n === 1 ? "graph" : "map"}`);
    }
    room.classList.toggle("zoomed", model.state.box !== undefined && name !== "escape");
    row.hidden = buttons.filter((button) => !button.hidden).length < 2;
    const view = viewOf(name, model);
    if (view !== shown) {
      room.replaceChildren(view.element, whole);
      shown = view;
    }
    if (name === "basins") basins.show(model, loaded.basins, (sheet) => view.show({ ...model, basins: sheet }));
    else {
      basins.cancel(loaded.basins);
      legend.replaceChildren();
      view.show(model);
    }
  }

  return {
    element, show,
    async load() {
      await Promise.all(Object.entries(PLUGINS).map(async ([name, path]) => {
        try {
          loaded[name] = await import(path);
        } catch { /* it is not offered */ }
      }));
      if (last && element.isConnected) show(last);
    },
    restyle: () => shown?.restyle?.(),
    unmount() {
      basins.cancel(loaded.basins);
      for (const view of Object.values(made)) view.unmount?.();
    },
  };
}

function reliefView(module, say) {
  const made = module.relief(say("surface.relief_label"));
  return {
    element: made.element, restyle: made.restyle, unmount: made.unmount,
    show({ program, described, path, kept, n, view, state }) {
      const paths = [...kept.map((k) => ({ points: k.path.points, colour: k.colour })), { points: path.points }];
      const minima = state.box ? inside(described.minima, view) : described.minima;
      made.show({ program, view, paths, minima, n, names: described.names });
    },
  };
}
