"""Weights on their way to who keeps them: from memory in pieces, few copies whoever takes them."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from weakref import WeakKeyDictionary

from starlette.responses import StreamingResponse

from spusk.lab.jobs import BusyError
from spusk.lab.runs.base import LabRun
from spusk.lab.runs.loaded import SET
from spusk.nn.network import Network
from spusk.runs.weights import packed

PIECE = 1 << 18  # bytes sent at a time
COPIES = 4  # of weights that have changed since, kept for those who still take them
YOUNG = 10.0  # seconds that a copy is given to others for, while the training goes on


class Downloads:
    """The copies of weights in training that are being sent; used on the event loop alone."""

    def __init__(self) -> None:
        self.copies: WeakKeyDictionary[Network, tuple[str, float]] = WeakKeyDictionary()

    def copy(self, run: LabRun) -> Network:
        """A run's weights as they are or, while it trains, were a moment ago. BusyError."""
        if run.state != "running":
            return run.seen
        now = monotonic()
        for net, (name, since) in [*self.copies.items()]:
            if name == run.id and now - since < YOUNG:
                return net
        if len(self.copies) >= COPIES:
            raise BusyError
        net = run.seen
        self.copies[net] = run.id, now
        return net

    async def answer(self, run: LabRun) -> StreamingResponse:
        """The run's weights file."""
        net = self.copy(run)
        about = {SET: run.facts.id} if run.facts else None
        head, theta = await asyncio.to_thread(packed, net, about)
        length = {"Content-Length": str(len(head) + len(theta))}
        kind = "application/octet-stream"
        return StreamingResponse(pieces(head, theta, net), media_type=kind, headers=length)


async def pieces(head: memoryview, theta: memoryview, net: Network) -> AsyncIterator[bytes]:
    """The file piece by piece; as long as it is sent, its network lives."""
    yield bytes(head)
    for start in range(0, len(theta), PIECE):
        yield bytes(theta[start : start + PIECE])
