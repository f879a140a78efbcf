// A person's own file on its way to the server, with how far it is and what went wrong.

import { make } from "../core/dom.js";
import { facts } from "../core/facts.js";

const MEGABYTE = 1 << 20;
export const SETS = ".csv,.tsv,.txt,.gz,.npz", WEIGHTS = ".safetensors", HISTORIES = ".json,.csv";

/** An error whose message is for people. */
const told = (sentence) => Object.assign(new Error(sentence), { told: true });

/** What the server makes of a file, {set} or {run}. `run`: the one whose history the file is. */
function send(file, lang, progress, run) {
  const name = encodeURIComponent(file.name.toWellFormed?.() ?? file.name);
  const request = new XMLHttpRequest(); // fetch does not tell how far it is
  return new Promise((resolve, reject) => {
    progress(0);
    request.open("POST", `/files/${name}${run ? `?run=${run}` : ""}`);
    request.setRequestHeader("Accept-Language", lang);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
    request.onload = () => (request.response?.error === undefined ? resolve(request.response) : reject(told(request.response.error)));
    request.onerror = () => reject(new Error("no answer"));
    request.send(file);
  });
}

/** A button that opens a file, and a line that says what becomes of it; `taken(answer)` → a sentence.
 *  `beside`: endings of files that may be chosen together with it, and belong to the run it becomes. */
export function chooser({ say, lang }, { id, label, accept, beside = "", taken }) {
  const input = make("input", { type: "file", id, accept: [accept, beside].filter(Boolean).join(), multiple: Boolean(beside),
    class: "unseen", onchange: () => take(...inOrder([...input.files])) });
  const element = make("label", { class: "pick", for: id, title: say(`network.${label}_why`) }, say(`network.${label}`), input);
  const bar = make("progress", { max: 1, value: 0, hidden: true, "aria-label": say("network.sent") });
  const text = make("span", {}), line = make("p", { class: "sending small", role: "status" }, text, bar);
  let under = false;

  function tell(sentence, share, wrong = false) {
    if (text.textContent !== sentence) text.textContent = sentence;
    bar.hidden = share === undefined;
    bar.value = share ?? 0;
    line.classList.toggle("wrong", wrong);
  }

  /** The weights first: only then is there a run whose history the other can be. */
  function inOrder(files) {
    const belongs = (file) => !file.name.toLowerCase().endsWith(accept);
    return beside ? files.sort((one, other) => Number(belongs(one)) - Number(belongs(other))) : files;
  }

  /** The first file, and what was chosen beside it. */
  async function take(first, ...others) {
    if (!first || under) return;
    under = true;
    try {
      if (beside && !first.name.toLowerCase().endsWith(accept)) throw told(say("network.history_alone"));
      const { run, said } = await give(first);
      for (const file of run ? others : []) await give(file, run.id);
      tell(said ?? "");
    } catch (error) {
      tell(error.told ? error.message : say("network.not_sent"), undefined, true);
    }
    under = false;
    input.value = ""; // the same file, mended, may be chosen again
  }
  async function give(file, id) {
    if (file.size > facts.limits.file) // its answer would not be heard before all of it is sent
      throw told(say("network.file_size", { name: file.name, limit: facts.limits.file / MEGABYTE }));
    const progress = (share) => tell(say(share < 1 ? "network.sending" : "network.reading_file", { name: file.name }), share);
    const answer = await send(file, lang, progress, id);
    return { ...answer, said: taken(answer) };
  }
  return { element, line, take, clear: () => under || tell("") };
}

/** Lets files be dropped onto a place. */
export function droppable(place, take) {
  const over = (on) => (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    place.classList.toggle("over", on);
    if (event.type === "drop") take(event.dataTransfer.files[0]);
  };
  place.addEventListener("dragover", over(true));
  place.addEventListener("dragleave", over(false));
  place.addEventListener("drop", over(false));
}
