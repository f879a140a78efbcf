"""Answers of the lab that every room may give: a sentence, a page with a sentence, the way home."""

import html

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from spusk.i18n import LANGUAGES, language, say

ERROR_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>spusk</title>
<meta name="viewport" content="width=device-width"></head>
<body><h1>spusk</h1><p>{sentence}</p><p><a href="{again_at}">{again}</a></p>
<script src="/page/again.js"></script></body></html>
"""
# A browser sends no Strict cookie when another site leads here, a link in a chat for example. What
# the page above loads it does send it with: the script comes only to who may enter, and enters.
RETRY_ADDRESS = "/?again"


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """Every value of one header, in order; duplicates stay visible."""
    return [value for key, value in scope["headers"] if key.lower() == name]


def preferred_language(scope: Scope) -> str:
    """The language the browser asks for first among ours."""
    wishes = b",".join(header_values(scope, b"accept-language")).decode("latin-1").lower()
    asked = (tag.strip()[:2] for tag in wishes.split(","))
    return next((tag for tag in asked if tag in LANGUAGES), language())


def error_response(scope: Scope, status: int, key: str, **numbers: object) -> Response:
    """One sentence as JSON, or as a small page when a person is looking."""
    lang = preferred_language(scope)
    sentence = say(f"lab.{key}", lang, **numbers)
    if b"text/html" in b",".join(header_values(scope, b"accept")):
        again = html.escape(say("lab.again", lang))
        page = ERROR_PAGE.format(
            lang=lang, sentence=html.escape(sentence), again=again, again_at=RETRY_ADDRESS
        )
        return HTMLResponse(page, status)
    return JSONResponse({"error": sentence}, status)


def redirect_home() -> Response:
    """Leads to the page; what stands after # in the address stays there."""
    return RedirectResponse("/", status_code=303, headers={"Cache-Control": "no-store"})
