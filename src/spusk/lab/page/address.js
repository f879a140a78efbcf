// What is shown, in the address after #, so that it can be shared: #view&key=value&…
// It comes from strangers: a view takes from it only what it knows, and says what it could not read.

const LIMIT = 4000;

export function read(hash = location.hash) {
  const text = hash.replace(/^#/, "");
  if (text.length > LIMIT) return { view: "", settings: {}, wrong: `> ${LIMIT}` };
  try {
    const [view, ...pairs] = text.split("&").map((part) => part.split("=").map(decodeURIComponent));
    return { view: view[0], settings: Object.fromEntries(pairs.map(([key, value = ""]) => [key, value])) };
  } catch {
    return { view: "", settings: {}, wrong: "%" };
  }
}

export function write(view, settings) {
  const pairs = Object.entries(settings).map((pair) => pair.map(encodeURIComponent).join("="));
  history.replaceState(null, "", `#${[view, ...pairs].join("&")}`);
}
