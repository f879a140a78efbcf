"""The door of the lab: who may talk to it, how much may be said, what every answer carries.

Pure ASGI and before any routing, for http and websocket alike: exact Host, then the token's
cookie, then the exact Origin of whoever may change something, then the size: a body is read
whole before it goes on, a file goes on as it comes. Who reads needs no Origin; another site that a
browser names is refused all the same.
"""

import re
from collections.abc import Iterable, MutableMapping
from secrets import compare_digest, token_urlsafe
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spusk.lab.requests import FILE_LIMIT
from spusk.lab.responses import error_response, header_values, redirect_home

LIMIT = 64 * 1024  # bytes of a body, and of a websocket message
TOO_BIG, STRANGER = 1009, 1008  # websocket close codes
READING = ("GET", "HEAD")  # methods that change nothing: no Origin is asked for
OWN_SITE = (b"same-origin", b"none")  # who may read, where a browser tells: the page, and a person
SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def new_token() -> str:
    """A fresh secret of 256 bits, safe in an address."""
    return token_urlsafe(32)


def allowed_hosts(names: Iterable[str], port: int) -> frozenset[bytes]:
    """The Host values that are let in: each name with its port; browsers leave :80 out."""
    return frozenset((name if port == 80 else f"{name}:{port}").encode() for name in names)


def cookie_name(host: bytes) -> str:
    """One cookie per port: two labs on one machine do not log each other out."""
    return "spusk-" + (host.decode("latin-1").rpartition(":")[2] or "80")


class Guard:
    """Lets in whoever names an allowed host and knows the token; refuses everyone else."""

    def __init__(
        self, app: ASGIApp, hosts: frozenset[bytes], token: str, once: Iterable[str] = (),
        streams: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.app, self.hosts, self.token = app, hosts, token
        self.streams = streams  # how a path begins to which a file may come
        self.once = set(once)  # tokens of which each opens the door for whoever comes first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.http(scope, receive, with_security_headers(send))
        elif scope["type"] == "websocket":
            await self.websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: refused, its token exchanged for a cookie, or handed on whole."""
        if self.known_host(scope) and (tokens := offered_tokens(scope)):
            answer = self.exchange(scope, tokens)
            return await answer(scope, receive, send)
        if reason := self.refusal(scope):
            return await error_response(scope, 403, reason)(scope, receive, send)
        if scope["path"].startswith(self.streams):
            return await self.app(scope, with_file_limit(receive), send)
        body = await read_body(scope, receive)
        if body is None:
            answer = error_response(scope, 413, "too_large", limit=LIMIT // 1024)
            return await answer(scope, receive, send)
        await self.app(scope, replay_body(body, receive), send)

    async def websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One websocket: refused before it is accepted, or handed on with its messages counted."""
        if self.refusal(scope):
            await send({"type": "websocket.close", "code": STRANGER})
        else:
            await self.app(scope, with_message_limit(receive, send), send)

    def refusal(self, scope: Scope) -> str | None:
        """Why this one may not enter (a key of the words), or None."""
        if not self.known_host(scope):
            return "wrong_host"
        if not self.known_cookie(scope):
            return "no_token"
        own = own_site if scope.get("method") in READING else same_origin
        return None if own(scope) else "wrong_origin"

    def known_host(self, scope: Scope) -> bool:
        """Exactly one Host header, exactly one of ours."""
        values = header_values(scope, b"host")
        return len(values) == 1 and values[0] in self.hosts

    def known_cookie(self, scope: Scope) -> bool:
        """Whether one of the cookies of our name is the token."""
        name = cookie_name(header_values(scope, b"host")[0]).encode()
        pairs = b";".join(header_values(scope, b"cookie")).split(b";")
        cookies = (pair.strip().partition(b"=") for pair in pairs)
        return any(key == name and self.is_token(value) for key, _, value in cookies)

    def is_token(self, text: bytes) -> bool:
        """Compared in a time that tells nothing."""
        return compare_digest(text, self.token.encode())

    def opens(self, text: bytes) -> bool:
        """Whether this is the token, or one that was not used yet and is used up now."""
        used = {token for token in self.once if compare_digest(text, token.encode())}
        self.once -= used
        return bool(used) or self.is_token(text)

    def exchange(self, scope: Scope, tokens: list[str]) -> Response:
        """Moves the token from the address into a cookie, or refuses it."""
        if len(tokens) != 1 or not self.opens(tokens[0].encode("utf-8", "replace")):
            return error_response(scope, 403, "no_token")
        answer = redirect_home()
        name = cookie_name(header_values(scope, b"host")[0])
        answer.set_cookie(name, self.token, path="/", httponly=True, samesite="strict")
        return answer


def offered_tokens(scope: Scope) -> list[str]:
    """The tokens in the address of a first visit: `GET /?token=…`."""
    if scope["method"] != "GET" or scope["path"] != "/":
        return []
    query = scope["query_string"].decode("latin-1")
    return parse_qs(query, keep_blank_values=True).get("token", [])


def same_origin(scope: Scope) -> bool:
    """Exactly one Origin, that of the page this very Host gave out."""
    return header_values(scope, b"origin") == [b"http://" + header_values(scope, b"host")[0]]


def own_site(scope: Scope) -> bool:
    """Whether no other site is behind this, as far as the browser tells."""
    return all(site in OWN_SITE for site in header_values(scope, b"sec-fetch-site"))


async def read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The body, however it is cut into pieces; None when it is too large or its sender left."""
    lengths = header_values(scope, b"content-length")
    if any(re.fullmatch(rb"\d+", n) is None or len(n) > 9 or int(n) > LIMIT for n in lengths):
        return None
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > LIMIT:
            return None
        more = message.get("more_body", False)
    return bytes(body)


def replay_body(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read once more, then whatever comes."""
    waiting: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def with_file_limit(receive: Receive) -> Receive:
    """A file as it comes; of a larger one the rest is cut off, as if its sender had left."""
    room = FILE_LIMIT

    async def measured() -> Message:
        nonlocal room
        message = await receive()
        room -= len(message.get("body", b""))
        return message if room >= 0 else {"type": "http.disconnect"}

    return measured


def with_message_limit(receive: Receive, send: Send) -> Receive:
    """Closes a websocket that sends a message over the limit."""

    async def measured() -> Message:
        message = await receive()
        words = message.get("bytes") or (message.get("text") or "").encode("utf-8", "replace")
        if message["type"] != "websocket.receive" or len(words) <= LIMIT:
            return message
        await send({"type": "websocket.close", "code": TOO_BIG})
        return {"type": "websocket.disconnect", "code": TOO_BIG}

    return measured


def with_security_headers(send: Send) -> Send:
    """Puts the headers that keep strangers out on every answer, errors included."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *SECURITY_HEADERS]}
        await send(message)

    return with_headers
