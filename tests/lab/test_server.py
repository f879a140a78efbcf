"""`spusk lab` as a person starts it: a real server, its one line with the address, its errors."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from threading import Timer

import httpx
import pytest

from tests.cli.test_training import spusk

PATIENCE = 60  # seconds, after which a lab that says nothing or does not end is killed
COMMAND = (sys.executable, "-m", "spusk")
# As uvicorn starts on a slow day, from a shell that told its children to ignore Ctrl+C.
SLOW = """
import signal, sys, time
import uvicorn
from spusk.cli import main

signal.signal(signal.SIGINT, signal.SIG_IGN)
run = uvicorn.Server.run
uvicorn.Server.run = lambda self, sockets: (time.sleep(1), run(self, sockets))[1]
main(sys.argv[1:])
"""


@contextmanager
def running(*arguments, command=COMMAND):
    """A lab on a free port: its address and, once it has ended, all it said."""
    said = []
    process = subprocess.Popen(
        [*command, "lab", "--no-browser", "--port", "0", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        said.append(within_patience(process, process.stdout.readline))
        found = re.search(r"http://\S+", said[0])
        assert found, said[0] + within_patience(process, process.stdout.read)
        yield found[0], said
    finally:
        process.send_signal(signal.SIGINT)
        said.append(within_patience(process, process.stdout.read))
        process.stdout.close()
        code = process.wait(timeout=PATIENCE)
    assert code == 130, said


def within_patience(process, work):
    """What `work` reads of a process, which is killed if that takes too long."""
    alarm = Timer(PATIENCE, process.kill)
    alarm.start()
    try:
        return work()
    finally:
        alarm.cancel()


@pytest.mark.parametrize("command", [COMMAND, (sys.executable, "-c", SLOW)], ids=["now", "slow"])
def test_ctrl_c_right_after_the_address_ends_the_lab(command):
    with running(command=command) as (_, said):
        pass
    log = "".join(said)
    assert "Traceback" not in log
    assert "Exception" not in log
    assert len(log.splitlines()) <= 3, log


def test_the_lab_opens_serves_and_keeps_its_token_to_itself():
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    with running() as (address, said):
        base, token = address.split("/?token=")
        with httpx.Client(timeout=20) as client:
            assert client.get(base).status_code == 403
            wrong = client.get(f"{base}/?token=wrong")
            opened = client.get(address, follow_redirects=True)
            assert (wrong.status_code, opened.status_code) == (403, 200)
            assert str(opened.url) == f"{base}/"
            assert '<main id="lab"' in opened.text
            assert "server" not in opened.headers
            for path in ("/page/%2e%2e/app.py", "/page/..%2fapp.py", "/page/%2e%2e%2fguard.py"):
                assert client.get(base + path).status_code == 404
            forwarded = client.get(base, headers={"x-forwarded-for": "1.2.3.4", "host": "evil.com"})
            assert forwarded.status_code == 403
            pieces = client.post(f"{base}/formula", content=(b" " * 40_000 for _ in range(3)),
                                 headers={"origin": base})  # fmt: skip
            assert pieces.status_code == 413
            cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        live = f"{base.replace('http', 'ws')}/live"
        with connect(live, origin=base, additional_headers={"Cookie": cookie}) as talk:
            assert "hello" in talk.recv(timeout=20)
        with pytest.raises(InvalidStatus, match="403"):
            connect(live, origin="http://evil.com", additional_headers={"Cookie": cookie})
        with pytest.raises(InvalidStatus, match="403"):
            connect(live, origin=base)
    log = "".join(said)
    assert log.count(token) == 1, log
    assert "Traceback" not in log
    assert len(log.split("\n")) <= 4, "the address, how to stop, the line that Ctrl+C leaves"


def test_small_answers_do_not_wait_for_one_another():
    from spusk.cli.lab import listening

    async def nodelay():
        accepted = asyncio.get_running_loop().create_future()

        class Taken(asyncio.Protocol):
            def connection_made(self, transport):
                accepted.set_result(transport.get_extra_info("socket"))

        door = listening("127.0.0.1", 0)
        server = await asyncio.get_running_loop().create_server(Taken, sock=door)
        with socket.create_connection(door.getsockname()):
            taken = await accepted
            found = taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            server.close()
        return found

    assert asyncio.run(nodelay()), "packets would be held back for 40 ms at a time"


def test_a_shared_picture_is_opened_and_guests_are_named():
    with running("http://127.0.0.1:9/?x=1#f=x%5E2&rate=0.3") as (address, _):
        assert address.endswith("#f=x%5E2&rate=0.3")
        assert address.count("?") == 1
    with running("--host", "Board.local", "--host", "localhost") as (address, said):
        port = address.split(":")[2].split("/")[0]
        assert address.startswith("http://board.local:")
        token = address.split("=")[1]
        for host, status in (("board.local", 303), ("other.local", 403)):
            answer = httpx.get(f"http://127.0.0.1:{port}/?token={token}",
                               headers={"host": f"{host}:{port}"}, timeout=20)  # fmt: skip
            assert answer.status_code == status
    assert "only to your class" in "".join(said)


@pytest.mark.parametrize(("address", "why"), [
    ("http://127.0.0.1:8642/", "has a #"), ("#" + "a" * 4001, "4,001"), ("#a b", "at place 2"),
    ("#<script>", "'<' at place 1"), ("#f=%zz", "'%' at place 3"), ("#путь", "at place 1"),
    ("#a#b", "'#' at place 2"), ("#a\n", "at place 2"),
])  # fmt: skip
def test_a_broken_address_is_explained(address, why):
    said = spusk("lab", "--no-browser", address, code=2)
    assert why in said
    assert "page" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("name", ["http://board", "board:80", "0.0.0.0", "a b", "доска", "x.", "",
                                  "a" * 254])  # fmt: skip
def test_a_wrong_host_name_is_explained(name):
    said = spusk("lab", "--no-browser", "--host", name, code=2)
    assert "192.168.1.5" in said


def test_a_taken_port_is_explained():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = spusk("lab", "--no-browser", "--port", str(port), code=2)
    assert f"port {port}" in said
    assert "--port" in said
    assert len(said.splitlines()) == 1


def test_without_the_extra_the_remedy_is_named(monkeypatch, capsys):
    from spusk.cli import lab, main

    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as end:
        main(["lab", "--no-browser"])
    assert end.value.code == 2
    assert capsys.readouterr().err == "error: spusk lab needs: pip install 'spusk[lab]'\n"
