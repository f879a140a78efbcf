"""A page's websocket without a network: raw ASGI on an event loop of its own thread."""

import asyncio
import json
import queue
import threading
from contextlib import contextmanager

from tests.lab.asgi import PORT, RIGHT


class Page:
    """A page that is connected; what comes unasked is kept in `news`."""

    def __init__(self, loop):
        self.loop, self.coming, self.said = loop, asyncio.Queue(), queue.Queue()
        self.news = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def live(self, app):
        headers = [(k.encode(), v.encode()) for k, v in RIGHT]
        scope = {"type": "websocket", "path": "/live", "raw_path": b"/live", "query_string": b"",
                 "root_path": "", "scheme": "ws", "headers": headers, "subprotocols": [],
                 "server": ("127.0.0.1", PORT), "client": ("127.0.0.1", 50000)}  # fmt: skip
        await app(scope, self.coming.get, self.sent)

    async def sent(self, message):
        await self.reads.wait()
        if message["type"] == "websocket.send":
            for line in message["text"].split("\n"):
                self.said.put(json.loads(line))

    def send(self, **message):
        self.loop.call_soon_threadsafe(self.coming.put_nowait, message)

    def stop_reading(self):
        self.loop.call_soon_threadsafe(self.reads.clear)

    def ask(self, do, kind, **fields):
        self.send(type="websocket.receive", text=json.dumps({"do": do, **fields}))
        return self.wait(kind)

    def wait(self, kind):
        """The next message of a kind; those before it become news."""
        while kind not in (message := self.said.get(timeout=20)):
            assert "error" not in message, message
            self.news.append(message)
        assert message.keys() == {
            "error": {"error", "do"},
            "runs": {"runs", "sets"},
            "hello": {"hello", "lab"},
        }.get(kind, {kind})
        return message[kind]

    def heard(self, kind):
        return [message[kind] for message in self.news if kind in message]


@contextmanager
def connected(app):
    """A page that has been greeted."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    page = Page(loop)
    page.send(type="websocket.connect")
    done = asyncio.run_coroutine_threadsafe(page.live(app), loop)
    try:
        page.wait("hello")
        yield page
    finally:
        page.send(type="websocket.disconnect", code=1000)
        if page.reads.is_set():
            done.result(20)
        else:  # as a server does when the line is lost
            done.cancel()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
