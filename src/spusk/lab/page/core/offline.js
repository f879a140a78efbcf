// Where answers come from: the server, or, in a page that is one file, that file itself.

const kept = globalThis.document?.querySelector("#offline");

/** Every answer by its path, and at /formula a list of all that can be asked; null: online. */
export const offline = kept ? JSON.parse(kept.textContent) : null;

/** The answer to GET path, or to POST path with a body as JSON. */
export async function ask(path, body, signal) {
  if (offline) return found(path, body);
  const headers = { "Accept-Language": document.documentElement.lang }; // the page's, not the browser's
  if (body === undefined) return fetch(path, { headers, signal });
  headers["Content-Type"] = "application/json";
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

function found(path, body) {
  if (path !== "/formula") return answer(offline[path]);
  const wanted = plain(body.formula);
  const known = offline[path].find(({ name, formula }) => name === wanted || plain(formula) === wanted);
  if (known) return answer(known);
  return answer({ error: offline[`/words/${document.documentElement.lang}`].page.not_in_file });
}

const answer = (said) => new Response(JSON.stringify(said));

// Spaces beside a sign say nothing.
const plain = (text) => text.trim().replace(/\s*([-+*/^(),])\s*/g, "$1").replace(/\s+/g, " ");
