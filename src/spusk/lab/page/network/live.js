// The websocket of the page: speaks JSON, and when it is lost comes back by itself, ever more slowly.

import { ask } from "../offline.js";

const FIRST = 500, LONGEST = 8000; // ms between two tries

/** `heard(message)` for each message; answers in `lang`. `changed(link)`: "connecting", "open" (greeted),
 *  "lost", or "shut_out": the server is there, but it is another one, which does not know this page. */
export function connect({ heard, changed, lang }) {
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`;
  let socket, timer, wait = FIRST, closed = false;

  function open() {
    clearTimeout(timer);
    socket = new WebSocket(address);
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      heard(message);
      if (message.hello === undefined) return;
      wait = FIRST;
      changed("open");
    });
    socket.addEventListener("close", lost);
  }

  async function lost() {
    if (closed) return;
    changed("lost");
    timer = setTimeout(open, wait);
    wait = Math.min(2 * wait, LONGEST);
    const answer = await ask("/gallery").catch(() => undefined);
    if (answer?.status === 403 && !closed && socket.readyState !== WebSocket.OPEN) changed("shut_out");
  }

  function hurry() {
    if (socket.readyState === WebSocket.CLOSED) open();
  }

  function close() {
    closed = true;
    clearTimeout(timer);
    removeEventListener("online", hurry);
    socket.close();
  }

  /** False when nobody hears: the caller need not queue, everything is asked again on return. */
  function send(message) {
    if (socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify({ ...message, lang }));
    return true;
  }

  addEventListener("online", hurry);
  changed("connecting");
  open();
  return { send, close };
}
