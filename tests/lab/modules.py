"""Runs the page's modules without the page: by Node, or else in Chromium."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from spusk.lab.facts import facts
from tests.lab import chromium

ROOT = Path(__file__).parents[2]
PAGE = "src/spusk/lab/page"
RUNNER = "tests/lab/run_modules.mjs"
CHROMIUM = chromium.path()
QUIET = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
BLANK = "<!doctype html><title>modules</title>"


def call(module, name, *args):
    """What a function of a module gives: call("math/scale.js", "ticks", [0, 1], 5)."""
    return calls([(module, name, *args)])[0]


def calls(rows):
    """The same for many at once."""
    jobs = [
        {"kind": "call", "module": module, "name": name, "args": args}
        for module, name, *args in rows
    ]
    return answers(jobs)


def answers(jobs, way=None):
    """The modules' answers to these jobs."""
    way = way or available()
    text = json.dumps({"facts": facts(), "jobs": jobs}, allow_nan=False)
    said = {"node": by_node, "chromium": by_chromium}[way](text)
    found = json.loads(said)
    for job, answer in zip(jobs, found, strict=True):
        assert not (isinstance(answer, dict) and "error" in answer), (job["kind"], answer)
    return found


def ways():
    """What can run JavaScript here."""
    found = ["node"] if shutil.which("node") else []
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return found
    return found + ["chromium"] * (CHROMIUM is not None)


def available():
    """The first way there is."""
    if ways():
        return ways()[0]
    pytest.skip("neither Node nor Playwright with Chromium is here")


def by_node(text):
    process = node()
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    said = process.stdout.readline()
    assert said, f"Node ended with {process.wait()}"
    return said


@cache
def node():
    """One Node for all tests of a worker: it ends with its input."""
    return subprocess.Popen(
        [shutil.which("node"), str(ROOT / RUNNER)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip


def by_chromium(text):
    from playwright.sync_api import sync_playwright

    def serve(route):
        path = route.request.url.removeprefix("http://modules.test/")
        if path:
            body, kind = (ROOT / path).read_text(encoding="utf-8"), "text/javascript"
        else:
            body, kind = BLANK, "text/html"
        headers = {"content-type": kind, "content-security-policy": "script-src 'self'"}
        route.fulfill(body=body, headers=headers)

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto("http://modules.test/")
        said = page.evaluate(
            "async ([runner, text]) => (await import('/' + runner)).answers(text)", [RUNNER, text]
        )
        browser.close()
    return said
