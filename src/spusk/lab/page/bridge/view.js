// The bridge from surfaces to networks: a neuron with two weights, a 2-2-1 network, points learned.

import { make } from "../core/dom.js";
import * as learning from "./learning_tab.js";
import * as drawn from "./network_tab.js";
import * as neuron from "./neuron_tab.js";
import { reader } from "./settings.js";

const TABS = { neuron, network: drawn, plane: learning };
const NAMES = Object.keys(TABS);
const REST = 320; // ms: browsers refuse an address that is written too often
const lately = {}; // each tab as it was left, in the address's own words
let last, said; // the tab looked at last, and the address as this view last read or wrote it

const spelt = (settings) => Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What the address asks for. Where it is the one known here, or empty, the tab is as it was left. */
function asked(settings) {
  const ours = last && (same(settings, {}) || same(settings, said));
  return ours ? { tab: last, ...lately[last] } : settings;
}

export function mount(room, { say, lang, settings, strange = [], tell, remember }) {
  const wanted = asked(settings), check = reader(wanted);
  said = settings;
  let shown, timer, tab = check.choice("tab", NAMES);
  const floor = make("div", { role: "tabpanel", id: "bridge-floor", class: "bridge-floor" });
  const tabs = NAMES.map((name) => make("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": floor.id, onclick: () => open(name) }, say(`bridge.tab_${name}`)));

  function keep(now) {
    lately[(last = tab)] = spelt(now);
    timer ??= setTimeout(write, REST);
  }
  function leave() {
    if (!shown) return;
    lately[(last = tab)] = spelt(shown.settings());
    shown.unmount?.();
  }
  function write() {
    timer = undefined;
    said = { tab, ...lately[tab] };
    remember(said);
  }
  function open(name, read = reader(lately[name] ?? {})) {
    leave();
    tab = name;
    tabs.forEach((one, k) => {
      one.setAttribute("aria-selected", String(NAMES[k] === name));
      one.tabIndex = NAMES[k] === name ? 0 : -1;
    });
    floor.setAttribute("aria-labelledby", `tab-${name}`);
    floor.dataset.tab = name;
    floor.replaceChildren();
    shown = TABS[name].mount(floor, { say, lang, read, tell, remember: keep });
    if (read !== check || wanted !== settings) keep(shown.settings());
  }
  function arrows(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.code];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(NAMES.indexOf(tab) + by + NAMES.length) % NAMES.length];
    next.click();
    next.focus();
  }
  room.append(make("section", { class: "bridge" },
    make("div", { role: "tablist", class: "tabs", "aria-label": say("bridge.title"), onkeydown: arrows }, tabs), floor));
  open(tab, check);
  if (check.wrong.length) tell(say("page.broken_address", { why: [...strange, ...check.wrong].join(", ") }), true);
  return {
    unmount() {
      clearTimeout(timer);
      leave();
    },
    restyle: () => shown.restyle?.(),
    // a focused button keeps its own space bar
    key: (code) => !(code === "Space" && document.activeElement?.matches("button, a")) && (shown.key?.(code) ?? false),
  };
}
