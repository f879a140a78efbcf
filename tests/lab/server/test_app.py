"""What the routes answer: formulas, the page's own files, the gallery, the words."""

import asyncio
import json
import time
from threading import Event, Thread, Timer
from time import sleep

import pytest

from spusk.errors import FormulaError
from spusk.lab.formulas import pool
from spusk.lab.formulas.pool import Formulas
from tests.lab.asgi import CSP, FORMULA, RIGHT, armour, ask, asked_for, server

pytestmark = pytest.mark.usefixtures("readers")


@pytest.mark.parametrize("body", [b"", b"x^2", b"[]", b"{}", b'{"formula": 3}', b"[" * 60_000,
                                  b'{"formula": "\\ud800"}', b"\xff", b'"formula"'])  # fmt: skip
def test_what_is_no_formula_is_told_so(body):
    answer = ask("POST", "/formula", pieces=(body,))
    assert answer.status == 422
    assert "formula" in json.loads(answer.body)["error"]


def test_a_formula_has_at_most_500_characters():
    assert (
        ask("POST", "/formula", pieces=(json.dumps({"formula": "x" * 500}).encode(),)).status == 200
    )
    answer = ask("POST", "/formula", pieces=(json.dumps({"formula": "x" * 501}).encode(),))
    assert answer.status == 422
    assert "501" in json.loads(answer.body)["error"]


def test_an_error_in_the_formula_tells_its_place(readers):
    def refuse(text):
        raise FormulaError("no function is called foo", 3)

    readers.described = refuse
    answer = ask("POST", "/formula", pieces=(FORMULA,))
    assert answer.status == 200
    assert json.loads(answer.body) == {"error": "no function is called foo", "place": 3}


def test_all_who_ask_for_one_formula_wait_for_one_reading(readers):
    free, asked = Event(), []
    readers.described = lambda text: asked.append(text) or free.wait(30) or {"read": text}
    app = server()
    Timer(0.1, free.set).start()
    said = together(app, ["x^2"] * 30)
    assert [answer.status for answer in said] == [200] * 30
    assert asked == ["x^2"]
    assert ask("POST", "/formula", pieces=(FORMULA,), app=app).status == 200
    assert asked == ["x^2"], "what was read is known"
    ask("POST", "/formula", pieces=(b'{"formula": "x"}',), app=app)
    assert asked == ["x^2", "x"]


def test_different_formulas_wait_for_their_turn_and_a_full_house_says_busy(readers):
    readers.described = lambda text: sleep(0.01) or {"read": text}
    texts = [f"x + {k}" for k in range(30)]
    said = together(server(), texts)
    assert [json.loads(answer.body)["read"] for answer in said] == texts
    assert len(readers.made) == 2
    free = Event()
    readers.described = lambda text: free.wait(30) or {"read": text}
    app = server(formulas=Formulas(patience=0.1))
    Timer(0.5, free.set).start()
    said = together(app, ["1*x", "2*x", "3*x", "3*x"])
    assert [answer.status for answer in said] == [200, 200, 429, 429]
    for answer in said:
        armour(answer)
    assert together(app, ["3*x"])[0].status == 200, "who was refused may ask again"


def test_the_kept_readings_are_bounded(readers, monkeypatch):
    monkeypatch.setattr(pool, "KEPT", 3)
    asked = []
    readers.described = lambda text: asked.append(text) or {"read": text}
    app = server()
    for text in ("a", "b", "c", "a", "d", "a", "b"):
        together(app, [text])
    assert asked == ["a", "b", "c", "d", "b"], "the one that nobody asked for longest makes room"


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_who_is_refused_is_told_in_their_language(readers, lang):
    def said(text, app):
        headers = (*RIGHT, ("accept-language", lang))
        body = json.dumps({"formula": text}).encode()
        answer = ask("POST", "/formula", headers, (body,), app=app)
        return answer.status, json.loads(answer.body)["error"]

    def late(text):
        raise TimeoutError

    readers.described = late
    found = [said("x" * 501, server()), said("x", server())]
    free = Event()
    readers.described = lambda text: free.wait(30)
    busy = server(formulas=Formulas(places=1, patience=0.05))
    waiting = Thread(target=ask, args=("POST", "/formula", RIGHT, (FORMULA,), busy))
    waiting.start()
    wait_until(lambda: busy.app.state.formulas.known)
    found.append(said("x", busy))
    free.set()
    waiting.join()
    words = [{"en": "501 characters", "ru": "501"}, {"en": "takes longer", "ru": "нужно больше"},
             {"en": "busy", "ru": "занята"}]  # fmt: skip
    assert [status for status, _ in found] == [422, 503, 429]
    for (_, sentence), part in zip(found, words, strict=True):
        assert part[lang] in sentence
        assert any("а" <= letter <= "я" for letter in sentence) == (lang == "ru")
    answer = ask("GET", "/export?f=x%C2%A7", (*RIGHT, ("accept-language", lang)), app=server())
    assert answer.status == 422
    assert any("а" <= c <= "я" for c in json.loads(answer.body)["error"]) == (lang == "ru")


def together(app, texts):
    """The answers to these formulas, all asked for at once."""
    bodies = [json.dumps({"formula": text}).encode() for text in texts]
    return asyncio.run(all_asked(app, bodies))


async def all_asked(app, bodies):
    asked = (asked_for("POST", "/formula", RIGHT, (body,), app) for body in bodies)
    return await asyncio.gather(*asked)


def wait_until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "no place became free again"
        time.sleep(0.01)


def test_a_mistake_of_ours_is_still_a_kind_answer(readers):
    readers.described = lambda text: 1 / 0
    with pytest.raises(ZeroDivisionError):
        ask("POST", "/formula", pieces=(FORMULA,))
    seen = []
    with pytest.raises(ZeroDivisionError):
        ask("POST", "/formula", pieces=(FORMULA,), app=watched(seen))
    assert seen[0]["status"] == 500
    assert (b"content-security-policy", CSP.encode()) in seen[0]["headers"]


def watched(seen):
    """The server, with what it sends kept also when it fails."""
    app = server()

    async def call(scope, receive, send):
        async def keep(message):
            seen.append(message)
            await send(message)

        await app(scope, receive, keep)

    return call


@pytest.mark.parametrize("path", [
    "/page/../app.py", "/page/../guard.py", "/page/%2e%2e/app.py", "/page/..%2fapp.py",
    "/page//etc/passwd", "/page/", "/page/.", "/page/..", "/page/../page/index.html",
    "/page/./index.html", "/page/index.html/", "/page/index.html\x00.js", "/page/..\\app.py",
    "/page/index.HTML", "/page/.hidden.js", "/page/nothing.js",
    "/page/../../i18n/en/page.toml", "/page/C:/index.html", "/nowhere", "/words/de",
    "/words/../en", "/words/en/page.toml",
])  # fmt: skip
def test_the_page_gives_out_nothing_but_its_own_files(path):
    answer = ask("GET", path)
    assert answer.status == 404
    assert "error" in json.loads(answer.body)
    armour(answer)


def test_the_page_is_typed_and_never_stale():
    answer = ask("GET", "/page/index.html")
    assert answer.header("content-type") == "text/html; charset=utf-8"
    assert answer.header("cache-control") == "no-cache"
    assert '<main id="lab"' in answer.body


def test_the_gallery_and_the_words_are_json():
    rows = {row["name"]: row for row in json.loads(ask("GET", "/gallery").body)}
    assert rows["lecture"]["minima"] == [{"x": [5, 5], "value": 0.0, "kind": "global"}]
    assert rows["lecture"].keys() == {"name", "formula", "view", "minima", "start", "rate", "bound"}
    assert json.loads(ask("GET", "/words/en").body)["page"]["title"] == "spusk"
