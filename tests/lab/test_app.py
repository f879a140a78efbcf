"""What the routes answer: formulas, the page's own files, the gallery, the words."""

import json
import time

import pytest

from spusk.lab.jobs import Jobs
from tests.lab.asgi import CSP, FORMULA, armour, ask, server

pytestmark = pytest.mark.usefixtures("reader")


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


def test_an_error_in_the_formula_tells_its_place(monkeypatch, reader):
    from spusk.errors import FormulaError

    def refuse(text):
        raise FormulaError("no function is called foo", 3)

    monkeypatch.setattr(reader, "described", refuse)
    answer = ask("POST", "/formula", pieces=(FORMULA,))
    assert answer.status == 200
    assert json.loads(answer.body) == {"error": "no function is called foo", "place": 3}


def test_a_full_house_says_busy_and_a_slow_formula_ends(monkeypatch, reader):
    from threading import Event

    free = Event()
    monkeypatch.setattr(reader, "described", lambda text: free.wait(30))
    app = server(jobs=Jobs(limit=2, seconds=0.05))
    said = [ask("POST", "/formula", pieces=(FORMULA,), app=app) for _ in range(3)]
    free.set()
    assert [answer.status for answer in said] == [503, 503, 429], "a slow thread keeps its place"
    for answer in said:
        armour(answer)
    wait_until(lambda: ask("POST", "/formula", pieces=(FORMULA,), app=app).status == 200)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_who_is_refused_is_told_in_their_language(monkeypatch, reader, lang):
    from threading import Event

    from spusk.errors import FormulaError
    from tests.lab.asgi import RIGHT

    def said(text, app):
        headers = (*RIGHT, ("accept-language", lang))
        body = json.dumps({"formula": text}).encode()
        answer = ask("POST", "/formula", headers, (body,), app=app)
        return answer.status, json.loads(answer.body)["error"]

    free = Event()
    monkeypatch.setattr(reader, "described", lambda text: free.wait(30))
    busy = server(jobs=Jobs(limit=1, seconds=0.05))
    found = [said(text, busy) for text in ("x" * 501, "x", "x")]
    free.set()
    words = [{"en": "501 characters", "ru": "501"}, {"en": "takes longer", "ru": "нужно больше"},
             {"en": "busy", "ru": "занята"}]  # fmt: skip
    assert [status for status, _ in found] == [422, 503, 429]
    for (_, sentence), part in zip(found, words, strict=True):
        assert part[lang] in sentence
        assert any("а" <= letter <= "я" for letter in sentence) == (lang == "ru")

    def exported(texts):
        raise FormulaError.said("sign", 0, char="§")

    monkeypatch.setattr("spusk.lab.export.page", exported)
    answer = ask("GET", "/export?f=x", (*RIGHT, ("accept-language", lang)), app=server())
    assert answer.status == 422
    assert any("а" <= c <= "я" for c in json.loads(answer.body)["error"]) == (lang == "ru")


def wait_until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "no place became free again"
        time.sleep(0.01)


def test_a_mistake_of_ours_is_still_a_kind_answer(monkeypatch, reader):
    monkeypatch.setattr(reader, "described", lambda text: 1 / 0)
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
    "/page/../../words/en/page.toml", "/page/C:/index.html", "/nowhere", "/words/de",
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
