"""The lab lets no stranger in: every route × every attack, from the table of routes itself."""

import json

import pytest

from spusk.lab.formulas.describe import described
from spusk.lab.server import app as lab
from spusk.lab.server.guard import LIMIT, allowed_hosts, new_token
from tests.lab.asgi import (
    COOKIE,
    FORMULA,
    HOST,
    ORIGIN,
    PORT,
    RIGHT,
    TOKEN,
    armour,
    ask,
    server,
    without,
)
from tests.lab.trained import one_run

EXAMPLES = {"/page/{file:path}": "/page/index.html", "/words/{lang}": "/words/ru",
            "/runs/{id}/weights.safetensors": "/runs/1/weights.safetensors",
            "/runs/{id}/history.json": "/runs/1/history.json",
            "/files/{name}": "/files/own.csv"}  # fmt: skip

pytestmark = pytest.mark.usefixtures("readers")

WRONG_HOSTS = [
    "evil.com", f"evil.com:{PORT}", f"127.0.0.1.evil.com:{PORT}", f"127.0.0.1.:{PORT}",
    f"localhost.:{PORT}", "127.0.0.1", "localhost", "127.0.0.1:8643", f"127.0.0.1:{PORT}0",
    f"{HOST}, {HOST}", f"LOCALHOST:{PORT}", f" {HOST}", f"{HOST}/", f"user@{HOST}",
    f"0.0.0.0:{PORT}", f"[::1]:{PORT}", "",
]  # fmt: skip
WRONG_COOKIES = [
    "", f"spusk-{PORT}=", f"spusk-{PORT}={TOKEN}x", f"spusk-{PORT}={TOKEN[:-1]}",
    f"spusk-{PORT}={TOKEN.upper()}", f"spusk-8643={TOKEN}", f"token={TOKEN}", TOKEN,
    f'spusk-{PORT}="{TOKEN}"', f"spusk-{PORT}=é",
]  # fmt: skip
WRONG_ORIGINS = [
    "null", "", "http://evil.com", f"https://{HOST}", "http://127.0.0.1", "http://127.0.0.1:8643",
    f"http://localhost:{PORT}", f"{ORIGIN}/", f"{ORIGIN}.evil.com", f"{ORIGIN} {ORIGIN}", HOST,
]  # fmt: skip


WRONG_SITES = ["cross-site", "same-site", "", "same-origin, cross-site", "Same-Origin"]


def changed(name, *values):
    """The right headers, but for one that is left out, wrong or doubled."""
    return (*without(RIGHT, name), *((name, value) for value in values))


ATTACKS = {  # need -> what a stranger may try instead: a name and the headers
    "host": [("missing", changed("host")), ("double", changed("host", HOST, HOST)),
             ("other first", changed("host", "evil.com", HOST)),
             ("other last", changed("host", HOST, "evil.com")),
             ("forwarded", (*changed("host", "evil.com"), ("x-forwarded-host", HOST))),
             *((value, changed("host", value)) for value in WRONG_HOSTS)],
    "token": [("missing", changed("cookie")),
              ("bearer", (*changed("cookie"), ("authorization", f"Bearer {TOKEN}"))),
              *((value, changed("cookie", value)) for value in WRONG_COOKIES)],
    "origin": [("missing", changed("origin")), ("double", changed("origin", ORIGIN, ORIGIN)),
               ("referer only", (*changed("origin"), ("referer", f"{ORIGIN}/"))),
               *((value, changed("origin", value)) for value in WRONG_ORIGINS)],
    "site": [("double", (*RIGHT, *[("sec-fetch-site", s) for s in ("same-origin", "same-site")])),
             *((value, (*RIGHT, ("sec-fetch-site", value))) for value in WRONG_SITES)],
}  # fmt: skip


def matrix():
    """Every route with every attack on what it needs; every route needs the right Host."""
    for row in lab.ROUTES:
        for need in ("host", *row.needs, *(("site",) if row.method == "GET" else ())):
            for name, headers in ATTACKS.get(need, []):
                yield pytest.param(row, headers, id=f"{row.path} {need} {name}")


BODIES = {"/basins": b'{"formula": "lecture", "view": [[-1, 1], [0, 2]], "size": 8, "rate": 0.1,'
                     b' "steps": 9, "minima": []}'}  # fmt: skip


def attempt(row, headers, pieces=None, **more):
    target = EXAMPLES.get(row.path, row.path)
    assert "{" not in target, f"give {row.path} an example"
    pieces = (BODIES.get(row.path, FORMULA),) if pieces is None else pieces
    return ask(row.method, target, headers, pieces, **more)


@pytest.mark.parametrize(("row", "headers"), [*matrix()])
def test_strangers_are_refused_everywhere(row, headers):
    answer = attempt(row, headers)
    if row.method == "websocket":
        assert answer.kinds == ["websocket.close"], "closed before it was accepted"
    else:
        assert answer.status == 403
        assert json.loads(answer.body).keys() == {"error"}
        armour(answer)


@pytest.mark.parametrize("row", lab.ROUTES, ids=lambda row: row.path)
def test_every_route_works_for_its_own_page(row, readers):
    readers.described = {"/basins": described}.get(row.path, readers.described)
    answer = attempt(row, RIGHT, app=server(runs=one_run()))
    if row.method == "websocket":
        assert answer.kinds[0] == "websocket.accept"
        assert "hello" in json.loads(answer.messages[1]["text"])
    else:
        assert answer.status in ((200, 204) if row.path == "/basins" else (200,))
        armour(answer)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_page_and_a_person_may_read(site):
    assert ask("GET", "/gallery", (*RIGHT, ("sec-fetch-site", site))).status == 200


def test_a_link_elsewhere_finds_the_door_and_who_has_the_key_goes_in():
    """The cookie is Strict: it does not come with a click on another site; see test_door.py."""
    person = (("host", HOST), ("accept", "text/html"))
    for came in ((), (("cookie", COOKIE), ("sec-fetch-site", "same-site"))):
        answer = ask("GET", "/", (*person, *came))
        assert answer.status == 403
        assert '<script src="/page/again.js">' in answer.body
        armour(answer)
    assert ask("GET", "/page/again.js", person).status == 403, "a stranger's door stays still"
    answer = ask("GET", "/?again", (*RIGHT, ("sec-fetch-site", "same-origin")))
    assert (answer.status, answer.header("location")) == (303, "/")
    assert ask("GET", "/?again", person).status == 403


def test_a_token_for_one_time_opens_once():
    app = server(once=["first"])
    assert ask("GET", "/?token=second", (("host", HOST),), app=app).status == 403
    answer = ask("GET", "/?token=first", (("host", HOST),), app=app)
    assert answer.status == 303
    assert answer.header("set-cookie").startswith(COOKIE), "the cookie is the token"
    assert "first" not in answer.header("set-cookie")
    assert ask("GET", "/?token=first", (("host", HOST),), app=app).status == 403
    once = changed("cookie", f"spusk-{PORT}=first")
    assert ask("GET", "/", once, app=server(once=["first"])).status == 403, "and is no cookie"


@pytest.mark.parametrize("row", lab.ROUTES, ids=lambda row: row.path)
def test_what_changes_something_needs_an_origin_and_a_size(row):
    assert "token" in row.needs
    if row.method != "GET":
        assert "origin" in row.needs
        assert {"size", "stream"} & set(row.needs)


LARGE = b" " * (LIMIT + 1)
SIZES = {
    "at once": (LARGE,),
    "in pieces": (b" " * 40_000, b" " * 40_000),
    "drop by drop": (b" ",) * (LIMIT + 1),
}


@pytest.mark.parametrize(
    "row", [r for r in lab.ROUTES if r.method != "websocket" and "stream" not in r.needs]
)
@pytest.mark.parametrize("pieces", SIZES.values(), ids=SIZES)
def test_a_body_over_the_limit_is_refused(row, pieces):
    answer = attempt(row, RIGHT, pieces=pieces)
    assert answer.status == 413
    armour(answer)


@pytest.mark.parametrize("length", [str(LIMIT + 1), "9" * 5000, "-1", "many"])
def test_a_length_over_the_limit_is_refused_whatever_comes(length):
    answer = ask("POST", "/formula", (*RIGHT, ("content-length", length)), pieces=(FORMULA,))
    assert answer.status == 413


def test_a_body_of_exactly_the_limit_is_read():
    padding = b" " * (LIMIT - len(FORMULA))
    assert ask("POST", "/formula", pieces=(FORMULA, padding)).status == 200


def test_a_websocket_message_over_the_limit_closes_it():
    answer = ask("websocket", "/live", pieces=(b"[]", LARGE, b"[]"))
    assert [m.get("code") for m in answer.messages if m["type"] == "websocket.close"] == [1009]
    texts = [m["text"] for m in answer.messages if m["type"] == "websocket.send"]
    assert len(texts) == 2, "hello and the answer to the first message, nothing after"
    assert "error" in json.loads(texts[1])


def test_the_token_moves_from_the_address_into_a_cookie():
    answer = ask("GET", f"/?token={TOKEN}", (("host", HOST),))
    assert answer.status == 303
    assert answer.header("location") == "/"
    name, *rest = answer.header("set-cookie").split("; ")
    assert name == COOKIE
    assert {part.lower() for part in rest} == {"httponly", "path=/", "samesite=strict"}
    armour(answer)
    assert ask("GET", "/", (("host", HOST), ("cookie", name))).status == 200
    other = (("host", f"localhost:{PORT}"), ("cookie", f"theme=dark; {name}"))
    assert ask("GET", "/", other).status == 200


WRONG_VISITS = [
    "/?token=", f"/?token={TOKEN}x", f"/?token={TOKEN}&token={TOKEN}", "/?token=%FF",
    f"/?TOKEN={TOKEN}", f"/gallery?token={TOKEN}", f"//?token={TOKEN}",
    f"/page/index.html?token={TOKEN}",
]  # fmt: skip


@pytest.mark.parametrize("target", WRONG_VISITS)
def test_no_other_token_and_no_other_place_opens_the_door(target):
    answer = ask("GET", target, (("host", HOST),))
    assert answer.status == 403
    assert answer.header("set-cookie") is None


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "OPTIONS"])
def test_only_get_exchanges_the_token(method):
    answer = ask(method, f"/?token={TOKEN}", (("host", HOST), ("origin", ORIGIN)))
    assert answer.status == 403
    assert answer.header("set-cookie") is None


def test_a_token_at_the_wrong_host_is_not_looked_at():
    answer = ask("GET", f"/?token={TOKEN}", (("host", f"evil.com:{PORT}"),))
    assert answer.status == 403
    assert answer.header("set-cookie") is None


def test_tokens_are_long_and_new():
    assert len(new_token()) >= 43, "256 bits"
    assert new_token() != new_token()


def test_a_person_is_told_kindly_and_in_their_language():
    person = (("host", HOST), ("accept", "text/html,*/*"), ("accept-language", "ru-RU,ru;q=0.9"))
    answer = ask("GET", "/", person)
    assert answer.status == 403
    assert answer.header("content-type").startswith("text/html")
    assert '<html lang="ru">' in answer.body
    assert "Лаборатория пускает только тех" in answer.body
    assert TOKEN not in answer.body


def test_guests_are_added_to_the_list_and_port_80_is_left_out():
    assert allowed_hosts(("127.0.0.1", "board.local"), 9000) == {
        b"127.0.0.1:9000",
        b"board.local:9000",
    }
    assert allowed_hosts(("127.0.0.1",), 80) == {b"127.0.0.1"}
