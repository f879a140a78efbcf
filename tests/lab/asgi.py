"""Raw ASGI: requests no client would send, with headers missing, doubled or in pieces."""

import asyncio
from dataclasses import dataclass, field

from spusk.lab.server.app import create
from spusk.lab.server.guard import allowed_hosts

PORT, TOKEN = 8642, "right-token"
HOST, ORIGIN = f"127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT}"
COOKIE = f"spusk-{PORT}={TOKEN}"
FORMULA = b'{"formula": "x^2"}'
CSP = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
RIGHT = (("host", HOST), ("cookie", COOKIE), ("origin", ORIGIN))


def server(**parts):
    return create(allowed_hosts(("127.0.0.1", "localhost"), PORT), TOKEN, **parts)


@dataclass
class Answer:
    """What came back: of a request its status, headers and body; of a websocket its messages."""

    messages: list = field(default_factory=list)

    @property
    def status(self):
        return self.messages[0]["status"]

    @property
    def headers(self):
        return [(k.decode(), v.decode()) for k, v in self.messages[0]["headers"]]

    def header(self, name):
        values = [value for key, value in self.headers if key == name]
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else None

    @property
    def content(self):
        return b"".join(m.get("body", b"") for m in self.messages[1:])

    @property
    def body(self):
        return self.content.decode()

    @property
    def kinds(self):
        return [m["type"] for m in self.messages]


def without(headers, name):
    return tuple(pair for pair in headers if pair[0] != name)


def ask(method, target, headers=RIGHT, pieces=(b"",), app=None, stays=True):
    """The answer to one request (or websocket), its body or messages given in pieces.

    Who does not stay leaves as soon as the request is sent.
    """
    return asyncio.run(asked_for(method, target, headers, pieces, app, stays))


async def asked_for(method, target, headers, pieces, app, stays=True):
    """The same on a loop that runs."""
    path, _, query = target.partition("?")
    socket = method == "websocket"
    scope = {
        "type": "websocket" if socket else "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws" if socket else "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", PORT),
        "subprotocols": [],
    } | ({} if socket else {"method": method})
    answer = Answer()
    coming = list(spoken_by_socket(pieces) if socket else spoken_by_request(pieces))

    async def receive():
        if stays and coming[0]["type"] == "http.disconnect":
            await asyncio.Event().wait()
        return coming.pop(0)

    async def send(message):
        answer.messages.append(message)

    await (app or server())(scope, receive, send)
    return answer


def spoken_by_request(pieces):
    for place, piece in enumerate(pieces, 1):
        yield {"type": "http.request", "body": piece, "more_body": place < len(pieces)}
    yield {"type": "http.disconnect"}


def spoken_by_socket(pieces):
    yield {"type": "websocket.connect"}
    yield from ({"type": "websocket.receive", "text": piece.decode()} for piece in pieces)
    yield {"type": "websocket.disconnect", "code": 1000}


def armour(answer):
    assert answer.header("content-security-policy") == CSP
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "no-referrer"
    assert answer.header("cross-origin-resource-policy") == "same-origin"
    assert not [key for key, _ in answer.headers if key.startswith("access-control-")]
