// What is shown, in the address after #, so that it can be shared: #view&key=value&…
// It comes from strangers: a view takes from it only what it knows, and says what it could not read.

import { facts } from "./facts.js";

/** wrong: the parts that are no text; long: it is too long to be read at all. */
export function read(hash = location.hash) {
  const text = hash.replace(/^#/, "");
  if (text.length > facts.limits.address) return { view: "", settings: {}, wrong: [], long: true };
  const [view, ...parts] = text.split("&");
  const pairs = parts.map((part) => part.split("=").map(decoded));
  const isText = (_, k) => !pairs[k].includes(null);
  return {
    view: decoded(view) ?? view,
    settings: Object.fromEntries(pairs.filter(isText).map(([key, value = ""]) => [key, value])),
    wrong: parts.filter((part, k) => !isText(part, k)).map((part) => part.split("=")[0]),
    long: false,
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function write(view, settings) {
  const pairs = Object.entries(settings).map((pair) => pair.map(encodeURIComponent).join("="));
  history.replaceState(null, "", `#${[view, ...pairs].join("&")}`);
}
