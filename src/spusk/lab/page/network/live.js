// The websocket of the page: speaks JSON, and when it is lost comes back by itself, ever more slowly.

import { ask } from "../core/offline.js";

const FIRST = 500, LONGEST = 8000; // ms between two tries
const LOOKING = 5000, QUIET = 10_000, PATIENCE = 15_000; // ms: without news a sign of life is asked for, and awaited

/** `heard(message)` for each message, a line of a frame; answers in `lang`. `changed(link)`: "connecting", "open" (greeted),
 *  "lost", or "shut_out": the server is there, but it is another one, which does not know this page. */
export function connect({ heard, changed, lang }) {
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`;
  let socket, timer, wait = FIRST, closed = false, news = 0, pinged;

  function open() {
    clearTimeout(timer);
    const fresh = (socket = new WebSocket(address));
    fresh.addEventListener("message", (event) => fresh === socket && event.data.split("\n").forEach((line) => hear(JSON.parse(line))));
    fresh.addEventListener("close", () => fresh === socket && lost());
  }

  function hear(message) {
    [news, pinged] = [performance.now(), undefined];
    heard(message);
    if (message.hello === undefined) return;
    wait = FIRST;
    changed("open");
  }

  /** A network that went away says nothing of it, for minutes: who has heard nothing asks, then goes. */
  function look() {
    if (socket?.readyState !== WebSocket.OPEN) return;
    const now = performance.now();
    if (pinged === undefined && now - news >= QUIET) {
      pinged = now;
      send({ do: "ping" });
    } else if (now - pinged >= PATIENCE) {
      const dead = socket;
      socket = undefined; // its end may come much later, and is no news
      dead.close();
      lost();
    }
  }

  async function lost() {
    if (closed) return;
    pinged = undefined;
    changed("lost");
    timer = setTimeout(open, wait);
    wait = Math.min(2 * wait, LONGEST);
    const answer = await ask("/gallery").catch(() => undefined);
    if (answer?.status === 403 && !closed && socket?.readyState !== WebSocket.OPEN) changed("shut_out");
  }

  function hurry() {
    if (!socket || socket.readyState === WebSocket.CLOSED) open();
  }

  function close() {
    closed = true;
    clearTimeout(timer);
    clearInterval(watch);
    removeEventListener("online", hurry);
    socket?.close();
  }

  /** False when nobody hears: the caller need not queue, everything is asked again on return. */
  function send(message) {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify({ ...message, lang }));
    return true;
  }

  addEventListener("online", hurry);
  const watch = setInterval(look, LOOKING);
  changed("connecting");
  open();
  return { send, close };
}
