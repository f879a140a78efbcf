"""`spusk lab` as a person starts it: a real server, its one line with the address, its errors."""

import asyncio
import errno
import io
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, redirect_stdout
from threading import Event, Timer

import httpx
import pytest

from spusk.cli import lab, main
from tests.cli.test_training import spusk
from tests.lab.asgi import ask

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


@pytest.mark.parametrize("path", ["/files/a.csv", pytest.param("/formula", marks=pytest.mark.more)])
def test_ctrl_c_ends_the_lab_quietly_while_half_a_body_has_come(path):
    with running() as (address, said):
        host, port, token = re.search(r"http://([\d.]+):(\d+)/\?token=(.+)", address).groups()
        head = [f"POST {path} HTTP/1.1", f"Host: {host}:{port}", "Content-Length: 1000",
                f"Cookie: spusk-{port}={token}", f"Origin: http://{host}:{port}"]  # fmt: skip
        line = socket.create_connection((host, int(port)), timeout=PATIENCE)
        line.sendall("\r\n".join([*head, "", "1,2\n"]).encode())
        with httpx.Client(timeout=20) as client:
            client.get(address)  # by now the lab has seen the other
    line.close()
    log = "".join(said)
    assert "Traceback" not in log
    assert "ERROR" not in log
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

        [door] = listening(["127.0.0.1"], 0)
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


@pytest.mark.skipif(sys.platform != "linux", reason="this system has one address for itself")
def test_it_listens_where_guests_come_from_and_nowhere_else():
    with running("--host", "127.0.0.3") as (address, _):
        port = int(address.split(":")[2].split("/")[0])
        for place in ("127.0.0.1", "127.0.0.3"):
            socket.create_connection((place, port), timeout=5).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize(("names", "places"), [
    ([], ["127.0.0.1"]), (["localhost", "127.0.0.1"], ["127.0.0.1"]),
    (["board.local"], ["127.0.0.1", "192.168.1.5"]), (["127.0.0.7"], ["127.0.0.1", "127.0.0.7"]),
    (["debian"], ["0.0.0.0"]), (["203.0.113.5"], ["0.0.0.0"]), (["nowhere"], ["0.0.0.0"]),
    (["127.0.0.7", "nowhere"], ["0.0.0.0"]),
])  # fmt: skip
def test_a_name_means_one_of_our_addresses_or_says_nothing(monkeypatch, names, places):
    class Trial(socket.socket):
        def bind(self, address):
            if address[0] not in ("127.0.0.1", "127.0.0.7", "192.168.1.5"):
                raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    def number(name):
        known = {"localhost": "127.0.0.1", "debian": "127.0.0.1", "board.local": "192.168.1.5"}
        if name == "nowhere":
            raise socket.gaierror
        return known.get(name, name)

    monkeypatch.setattr(lab.socket, "socket", Trial)
    monkeypatch.setattr(lab.socket, "gethostbyname", number)
    assert lab.addresses(tuple(names)) == places


def test_the_browser_is_opened_with_a_token_that_is_used_up(monkeypatch):
    """The address that a browser is started with stands in the list of processes."""
    opened = []

    seen = Event()
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or seen.set())
    monkeypatch.setattr(
        "uvicorn.Server.run",
        lambda server, sockets: (
            seen.wait(10),
            opened.append(server.config.app),
            [door.close() for door in sockets],
        ),
    )
    told = io.StringIO()
    with redirect_stdout(told), pytest.raises(SystemExit):
        main(["lab", "--port", "0"])
    address, app = opened
    printed = re.search(r"token=(\S+)", told.getvalue())[1]
    code = address.split("token=")[1]
    assert code != printed
    host = address.split("/")[2]
    for token, status in ((code, 303), (code, 403), (printed, 303), (printed, 303)):
        assert ask("GET", f"/?token={token}", (("host", host),), app=app).status == status


RUSSIAN = [  # calls, and a word of what is said
    (["#a b"], "на месте 2"), (["#" + "a" * 4001], "4 001"), (["x"], "знака #"),
    (["a", "b"], "текстов 2"), (["--host", "http://board"], "192.168.1.5"),
    (["--export", "lab.txt"], ".html"), (["--export", "lab.html", "x+y+z"], "а здесь 3: x, y, z"),
    (["--export", "lab.html", "x" * 501], "а здесь 501"),
    (["--export", "taken/lab.html"], "записать нельзя"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "words"), RUSSIAN)
def test_what_is_wrong_is_said_in_russian(call, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("a file")
    said = spusk("--lang", "ru", "lab", *call, code=2)
    assert words in said
    assert len(said.splitlines()) == 1
    assert not re.search(r"expected|found|copy|choose", said)


def test_a_taken_port_is_explained():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = spusk("lab", "--no-browser", "--port", str(port), code=2)
        russian = spusk("--lang", "ru", "lab", "--no-browser", "--port", str(port), code=2)
    assert f"Порт {port} не открыть" in russian
    assert f"port {port}" in said
    assert "--port" in said
    assert len(said.splitlines()) == 1


def test_without_the_extra_the_remedy_is_named(monkeypatch, capsys):
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    for lang, said in (("en", "error: spusk lab needs"), ("ru", "ошибка: Для spusk lab нужно ещё")):
        with pytest.raises(SystemExit) as end:
            main(["--lang", lang, "lab", "--no-browser"])
        assert end.value.code == 2
        assert capsys.readouterr().err == f"{said}: pip install 'spusk[lab]'\n"
