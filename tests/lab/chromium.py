"""The Chromium that the tests drive: the system's, or else the one that Playwright fetches.

python -m tests.lab.chromium  # says where it is, and fails where there is none
"""

import os
import shutil
import sys
from functools import cache
from pathlib import Path

# The shell comes first: it opens no windows, which cost more than the page in them.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


@cache
def path() -> str | None:
    """The program; SPUSK_CHROMIUM names another."""
    if named := os.environ.get("SPUSK_CHROMIUM"):
        return named
    return next(filter(None, map(shutil.which, NAMES)), None) or fetched()


def fetched() -> str | None:
    """Playwright's own, where `playwright install chromium` has brought it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as tool:
        program = tool.chromium.executable_path
    return program if Path(program).exists() else None


if __name__ == "__main__":
    print(path() or "no Chromium here")
    sys.exit(path() is None)
