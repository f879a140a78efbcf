// The page's frame: views, language, theme, sharing, keys. Each view is a module that mounts itself.

import { read, write } from "./core/address.js";
import { dialog, make } from "./core/dom.js";
import { facts, take } from "./core/facts.js";
import { ask, offline } from "./core/offline.js";
import { save, share } from "./core/sharing.js";
import { chosen, speech } from "./core/words.js";

const VIEWS = { surface: "./surface/view.js", bridge: "./bridge/view.js", network: "./network/view.js" };
if (offline) delete VIEWS.network; // a training needs its server
const SIGNS = { theme: "◐", large: "A", share: "⤴", save: "⤓", help: "?" };
const KEYS = { play: undefined, step: "← →", rate: "[ ]", zoom: "+ −", whole: "0", views: `1–${Object.keys(VIEWS).length}` }; // Space has a word
const kept = {
  get: (key) => { try { return localStorage.getItem(`spusk.${key}`); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(`spusk.${key}`, value); } catch { /* private mode */ } },
};

let lang = "en";
let say, mounted, shown;
const left = offline ? { surface: offline.opening.settings } : {}; // by view: its last settings; who comes back finds them
let hiding; // the timer of what is said at the foot
let turns = 0; // views asked for: a slow one must not appear over a later one

function dress() {
  const root = document.documentElement;
  root.lang = lang;
  root.dataset.theme = kept.get("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.size = kept.get("size") ?? "plain";
}

function toggle(key, one, other) {
  kept.set(key, document.documentElement.dataset[key] === one ? other : one);
  dress();
  mounted?.restyle?.();
}

/** Says a sentence at the foot of the page, for a while or until it is put away. */
function tell(sentence, stays = false) {
  const bar = /** @type {HTMLElement} */ (document.querySelector("#told"));
  const hide = () => (bar.hidden = true);
  bar.replaceChildren(make("span", {}, sentence),
    ...(stays ? [make("button", { type: "button", class: "quiet", "aria-label": say("page.close"), onclick: hide }, "×")] : []));
  bar.hidden = false;
  clearTimeout(hiding);
  if (!stays) hiding = setTimeout(hide, 5000);
}

function header() {
  const tab = (view) =>
    make("a", { href: `#${view}`, "data-view": view, "aria-current": view === shown && "page" }, say(`${view}.title`));
  const button = (key, onclick) =>
    make("button", { type: "button", class: "quiet", id: key, title: say(`page.${key}`), "aria-label": say(`page.${key}`), onclick }, SIGNS[key]);
  return make("header", {},
    make("h1", {}, "spusk"),
    make("nav", { "aria-label": say("page.views") }, Object.keys(VIEWS).map(tab)),
    make("div", { class: "tools" },
      make("button", { type: "button", class: "quiet", id: "language", lang: lang === "en" ? "ru" : "en", onclick: speakOther }, say("page.language")),
      button("theme", () => toggle("theme", "dark", "light")),
      button("large", () => toggle("size", "large", "plain")),
      button("share", () => share(say, tell)),
      !offline && button("save", () => save(say, tell, shown === "surface" ? read().settings.f : undefined)),
      button("help", help)));
}

/** Every key, and every sign of the header: a finger does not hover over them. */
function help() {
  const keys = Object.entries(KEYS).map(([key, sign]) => [sign ?? say("page.space"), say(`page.key_${key}`)]);
  /** @type {NodeListOf<HTMLElement>} */
  const titled = document.querySelectorAll(".tools [title]");
  const signs = [...titled].map(({ id, title }) => [SIGNS[id], title]);
  dialog(say("page.help"), say("page.close"), make("dl", {}, [...keys, ...signs].map(([sign, meaning]) =>
    [make("dt", {}, sign), make("dd", {}, meaning)]).flat()));
}

async function learn() {
  const answer = await ask("/facts");
  if (!answer.ok) throw new Error(`facts: ${answer.status}`);
  take(await answer.json());
  lang = chosen([kept.get("lang"), offline?.opening.lang, ...navigator.languages]);
  dress();
}

async function speakOther() {
  lang = facts.languages.find((other) => other !== lang);
  kept.set("lang", lang);
  await begin();
}

/** The view that the address asks for. */
function wanted(asked = read().view) {
  return Object.hasOwn(VIEWS, asked) ? asked : "surface";
}

/** What a view may use of the frame; `strange`: what of the address is not understood so far. A view that is
 *  being left must not write its address again. */
function frame(view, { settings, strange }) {
  function remember(now) {
    left[view] = Object.fromEntries(Object.entries(now).map(([key, value]) => [key, String(value)]));
    if (shown === view && wanted() === view) write(view, now);
  }
  return { say, lang, settings, strange, tell, remember };
}

/** The settings of an address, or those a view was left with; what is wrong with it is told. */
function settingsOf(view) {
  const { view: asked, settings, wrong, long } = read();
  const unknown = asked && asked !== view ? [`#${asked.slice(0, 30)}`] : [];
  const parts = [...unknown, ...wrong.map((key) => key.slice(0, 30))];
  if (parts.length) tell(say("page.broken_address", { why: parts.join(", ") }), true);
  if (long) tell(say("page.long_address", { n: facts.limits.address }), true);
  return { settings: Object.keys(settings).length ? settings : left[view] ?? {}, strange: parts };
}

async function show() {
  const turn = ++turns;
  const view = wanted();
  mounted?.unmount?.(); // what it still had to write belongs to it
  mounted = undefined;
  const found = settingsOf(view);
  shown = view;
  /** @type {NodeListOf<HTMLElement>} */
  const tabs = document.querySelectorAll("nav a");
  for (const tab of tabs)
    tab.dataset.view === view ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current");
  const room = document.querySelector("#lab");
  room.replaceChildren(make("p", { class: "loading" }, say("page.loading")));
  try {
    const module = await import(VIEWS[view]);
    if (turn !== turns) return;
    const fresh = make("div", { class: "view" });
    room.replaceChildren(fresh);
    const ready = await module.mount(fresh, frame(view, found));
    if (turn === turns) mounted = ready;
    else ready?.unmount?.();
  } catch (error) {
    if (turn !== turns) return;
    room.replaceChildren(make("p", { class: "failed", role: "alert" }, say("page.failed", { why: error.message })));
    throw error;
  }
}

/** Whether the focused part uses the key itself: a field every key, a slider or a tick box its own. */
function ownKey({ target, code }) {
  if (target.matches("input[type=range], .scrolls[tabindex]")) return /^(Arrow|Page|Home|End)/.test(code);
  if (target.matches("input[type=checkbox]")) return code === "Space";
  return Boolean(target.closest("input, textarea, select, dialog"));
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || ownKey(event)) return;
  const number = /^Digit([1-3])$/.exec(event.code);
  const view = number && Object.keys(VIEWS)[Number(number[1]) - 1];
  if (view) location.hash = view;
  else if (event.code === "Slash" && event.shiftKey) help();
  else if (mounted?.key?.(event.code)) event.preventDefault();
}

async function begin() {
  dress();
  try {
    if (!facts) await learn();
    say = await speech(lang);
  } catch (error) {
    document.querySelector("#lab").textContent = "spusk lab: no answer · нет ответа";
    throw error;
  }
  document.title = say("page.title");
  const focused = document.querySelector("header :focus")?.id;
  document.querySelector("header")?.remove();
  document.body.prepend(header());
  if (focused) document.getElementById(focused).focus();
  await show();
}

addEventListener("hashchange", () => say && show());
addEventListener("keydown", (event) => say && keys(event));
begin();
