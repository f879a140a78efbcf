// The page's frame: views, language, theme, sharing, keys. Each view is a module that mounts itself.

import { read, write } from "./address.js";
import { make } from "./dom.js";
import { offline } from "./offline.js";
import { languages, speech } from "./words.js";

const VIEWS = { surface: "./surface.js", bridge: "./bridge.js", network: "./network.js" };
if (offline) delete VIEWS.network; // a training needs its server
const kept = {
  get: (key) => { try { return localStorage.getItem(`spusk.${key}`); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(`spusk.${key}`, value); } catch { /* private mode */ } },
};

let lang = kept.get("lang") ?? (navigator.languages.some((l) => l.startsWith("ru")) ? "ru" : "en");
let say, mounted, shown;
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

function tell(sentence) {
  const bar = document.querySelector("#told");
  bar.textContent = sentence;
  bar.hidden = false;
  clearTimeout(bar.timer);
  bar.timer = setTimeout(() => (bar.hidden = true), 5000);
}

async function share() {
  await navigator.clipboard.writeText(location.href);
  tell(say("page.shared"));
}

/** The file to save holds the formula that is shown. */
function choose(event) {
  const { f } = read().settings;
  event.currentTarget.href = shown === "surface" && f ? `/export?${new URLSearchParams({ f })}` : "/export";
}

function header() {
  const tab = (view) =>
    make("a", { href: `#${view}`, "data-view": view, "aria-current": view === shown && "page" }, say(`${view}.title`));
  const button = (key, label, onclick) =>
    make("button", { type: "button", class: "quiet", title: say(`page.${key}`), "aria-label": say(`page.${key}`), onclick }, label);
  return make("header", {},
    make("h1", {}, "spusk"),
    make("nav", { "aria-label": say("page.views") }, Object.keys(VIEWS).map(tab)),
    make("div", { class: "tools" },
      make("button", { type: "button", class: "quiet", id: "language", lang: lang === "en" ? "ru" : "en", onclick: speakOther }, say("page.language")),
      button("theme", "◐", () => toggle("theme", "dark", "light")),
      button("large", "A", () => toggle("size", "large", "plain")),
      button("share", "⤴", share),
      !offline && make("a", { class: "quiet", download: "spusk-lab.html", href: "/export", title: say("page.save"), "aria-label": say("page.save"), onclick: choose }, "⤓"),
      button("help", "?", help)));
}

function help() {
  const box = make("dialog", { "aria-label": say("page.help") }, make("p", {}, say("page.help_text")),
    make("form", { method: "dialog" }, make("button", {}, say("page.close"))));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

async function speakOther() {
  lang = languages.find((other) => other !== lang);
  kept.set("lang", lang);
  await begin();
}

/** The view that the address asks for. */
function wanted(asked = read().view) {
  return asked in VIEWS ? asked : "surface";
}

/** What a view may use of the frame. A view that is being left must not write its address again. */
function frame(view, settings) {
  return { say, lang, settings, tell, remember: (now) => shown === view && wanted() === view && write(view, now) };
}

async function show() {
  const turn = ++turns;
  const { view: asked, settings, wrong } = read();
  const view = wanted(asked);
  if (wrong || (asked && asked !== view)) tell(say("page.broken_address", { why: wrong ?? asked.slice(0, 30) }));
  shown = view;
  for (const tab of document.querySelectorAll("nav a"))
    tab.dataset.view === view ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current");
  mounted?.unmount?.();
  mounted = undefined;
  const room = document.querySelector("#lab");
  room.replaceChildren(make("p", { class: "loading" }, say("page.loading")));
  try {
    const module = await import(VIEWS[view]);
    if (turn !== turns) return;
    const fresh = make("div", { class: "view" });
    room.replaceChildren(fresh);
    const ready = await module.mount(fresh, frame(view, settings));
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
  const view = number && Object.keys(VIEWS)[number[1] - 1];
  if (view) location.hash = view;
  else if (event.code === "Slash" && event.shiftKey) help();
  else if (mounted?.key?.(event.code)) event.preventDefault();
}

async function begin() {
  dress();
  try {
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
