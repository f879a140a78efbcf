// One big Start that becomes Pause; step an epoch, stop; what is going on, in a sentence; downloads.

import { make } from "../core/dom.js";
import { chooser, HISTORIES, WEIGHTS } from "./files.js";
import { active } from "./runs.js";
import { sets } from "./sets.js";

export function controls(tools, on) {
  const { say } = tools;
  const button = (key, kind, act) => make("button", { type: "button", class: kind, onclick: act }, say(`network.${key}`));
  const main = button("start", "main start", on.main);
  const step = button("step", "", on.step), stop = button("stop", "", on.stop);
  const element = make("div", { class: "controls" }, main, step, stop);
  const link = (file) => make("a", { download: true }, say(`network.get_${file}`));
  const weights = link("weights"), history = link("history");
  const load = chooser(tools, { id: "n-load", label: "load_weights", accept: WEIGHTS, beside: HISTORIES, taken: on.taken });
  const links = make("p", { class: "links" }, weights, history);
  const downloads = make("div", { class: "downloads small" }, links, load.element, load.line);

  function show(run, link) {
    const going = active(run), open = link === "open";
    main.textContent = say(`network.${run?.state === "running" ? "pause" : going ? "resume" : "start"}`);
    main.disabled = !open;
    step.disabled = !open || run?.state === "running";
    stop.disabled = !open || !going;
    links.classList.toggle("later", !run);
    if (!run) return;
    weights.href = `/runs/${encodeURIComponent(run.id)}/weights.safetensors`;
    history.href = `/runs/${encodeURIComponent(run.id)}/history.json`;
  }
  return { element, downloads, show };
}

/** The numbers that move: epoch, cost, accuracy, speed. */
export function numbers({ say, lang, percent, number, tell }) {
  const keys = ["epoch", "cost", "accuracy", "speed"];
  const cells = Object.fromEntries(keys.map((key) => [key, make("dd", { id: `n-now-${key}` }, "—")]));
  const why = (key) => tell(`${say(`network.now_${key}`)}: ${say(`network.now_${key}_why`)}`);
  const name = (key) => make("button", { type: "button", class: "why", title: say(`network.now_${key}_why`), onclick: () => why(key) }, say(`network.now_${key}`));
  const element = make("dl", { class: "now" }, keys.map((key) =>
    make("div", {}, make("dt", { class: "small faint" }, name(key)), cells[key])));
  const fixed = (value, digits) => value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });

  function show(run) {
    const last = run?.history.at(-1), now = run?.state === "running" ? run.now ?? last : last ?? run?.now;
    const test = last?.test_accuracy;
    const epoch = (value) => (run.state !== "running" && Number.isInteger(value) ? number(value) : fixed(value, value < 1 ? 2 : 1));
    cells.epoch.textContent = now ? say("network.of", { epoch: epoch(now.epoch), epochs: run.epochs }) : "—";
    cells.cost.textContent = now ? number(now.cost ?? NaN) : "—";
    cells.accuracy.textContent = Number.isFinite(test) ? percent(test) : now ? percent(now.accuracy) : "—";
    const speed = run?.now?.speed ?? (last?.seconds && (sets.get(run.data)?.examples * last.epoch) / last.seconds);
    cells.speed.textContent = speed ? Math.round(speed).toLocaleString(lang) : "—";
  }
  return { element, show };
}

/** The sentence of this moment, and how it looks: good, bad or plain. */
export function face({ say, percent, best }, run, link, error, drawable) {
  if (link !== "open") return { text: say(`network.${link}`), look: "waiting" };
  if (error) return { text: error, look: "bad" };
  if (!run) return { text: say(drawable ? "network.nothing" : "network.nothing_plain"), look: "plain" };
  if (run.state === "failed") return { text: run.sentence || say("network.failed"), look: "bad" };
  const epoch = run.history.at(-1)?.epoch ?? 0, score = best(run);
  if (run.state === "running") return { text: say("network.running", { epoch: epoch + 1, epochs: run.epochs }), look: "going" };
  const within = !epoch || run.now?.epoch > epoch; // an epoch is not over
  if (run.state === "paused")
    return { text: say(within ? "network.paused_in" : "network.paused", { epoch: epoch + within, epochs: run.epochs }), look: "plain" };
  const done = score === undefined ? say("network.stopped_early") : say("network.done", { best: percent(score) });
  const learned = run.state === "finished" && (run.outcome ?? "finished") === "finished";
  return { text: run.sentence || done, look: learned ? "good" : "plain" };
}
