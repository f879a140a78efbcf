// Play, pause, a step on or back, and the scrubber.

import { make } from "../core/dom.js";

const WHOLE = 6000; // ms for a whole path,
const FASTEST = 25; // ms a step
const SLOWEST = 350;
const CALM = 600; // ms between two of the few pictures for those who want less motion

/** `go(n)` is called to show step n; `now()` gives { n, last }. */
export function player(say, go, now) {
  let timer = 0;
  const button = (id, onclick) =>
    make("button", { type: "button", id, "data-sign": id, title: say(`surface.${id}`), "aria-label": say(`surface.${id}`), onclick });
  const play = button("play", toggle);
  play.classList.add("main");
  const scrubber = make("input", {
    type: "range", id: "scrub", min: 0, step: 1, "aria-label": say("surface.scrub"),
    oninput: () => to(Number(scrubber.value)),
  });
  const count = make("output", { class: "count", for: "scrub" });
  const element = make("div", { class: "player", role: "group", "aria-label": say("surface.player") }, play,
    button("first", () => to(0)), button("back", () => step(-1)), button("on", () => step(1)), scrubber, count);

  function to(n) {
    stop();
    go(n);
  }

  function step(way) {
    to(now().n + way);
  }

  function toggle() {
    if (timer) return stop();
    if (now().n >= now().last) go(0);
    dress(true);
    timer = setTimeout(tick, pace());
  }

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pace = () => (calm() ? CALM : Math.min(Math.max(WHOLE / Math.max(now().last, 1), FASTEST), SLOWEST));
  const stride = () => (calm() ? Math.ceil((now().last * CALM) / WHOLE) : 1);

  function tick() {
    const { n, last } = now();
    if (n >= last) return stop();
    const next = Math.min(n + stride(), last);
    go(next);
    timer = next < last ? setTimeout(tick, pace()) : 0;
    if (!timer) dress(false);
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
    dress(false);
  }

  function dress(playing) {
    play.dataset.sign = playing ? "pause" : "play";
    const label = say(`surface.${play.dataset.sign}`);
    play.title = label;
    play.setAttribute("aria-label", label);
  }

  return {
    element, toggle, step, stop,
    begin: () => calm() || toggle(), // by itself only for those who like motion
    show({ n, last }) {
      scrubber.max = last;
      scrubber.value = n;
      count.textContent = `n = ${n}`;
    },
  };
}
