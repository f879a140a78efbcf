// The websocket of the page: speaks JSON, and when it is lost comes back by itself, ever more slowly.

const FIRST = 500, LONGEST = 8000; // ms between two tries

/** `heard(message)` for each message; `changed("connecting" | "open" | "lost")`; answers in `lang`. */
export function connect({ heard, changed, lang }) {
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`;
  let socket, timer, wait = FIRST, closed = false;

  function open() {
    clearTimeout(timer);
    socket = new WebSocket(address);
    socket.addEventListener("open", () => changed("open"));
    socket.addEventListener("message", (event) => {
      wait = FIRST;
      heard(JSON.parse(event.data));
    });
    socket.addEventListener("close", lost);
  }

  function lost() {
    if (closed) return;
    changed("lost");
    timer = setTimeout(open, wait);
    wait = Math.min(2 * wait, LONGEST);
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
