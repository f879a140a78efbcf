"""How long until the lab shows its first path: python -m benchmarks.first_picture

From the start of the navigation to the frame with the path in it, in a browser that has never seen
the page: of a lab that was opened this moment (it is still loading what reads formulas), and of
one that has been open for a while. Medians of 7; the budget is 1 s.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"
TIMES, REST = 7, 5  # visits; seconds that a lab has been open for
# The verdict is written with the path; the path is on the screen two frames later at most.
WATCH = """
new MutationObserver((_, watcher) => {
    if (!document.querySelector("#verdict[data-outcome]")) return;
    watcher.disconnect();
    const seen = () => (window.firstPath = performance.now());
    requestAnimationFrame(() => requestAnimationFrame(seen));
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


def opened() -> tuple[subprocess.Popen[str], str]:
    """A lab on a free port, and its address."""
    command = [sys.executable, "-m", "spusk", "lab", "--no-browser", "--port", "0"]
    lab = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return lab, lab.stdout.readline().split(": ", 1)[1].strip()


def visit(browser: "Browser", address: str) -> float:
    """Seconds until a fresh visitor sees the path."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address)
    seconds = page.wait_for_function("() => window.firstPath").json_value() / 1000
    context.close()
    return seconds


def just_opened(browser: "Browser") -> Iterator[float]:
    """Each visit to a lab of its own."""
    for _ in range(TIMES):
        lab, address = opened()
        try:
            yield visit(browser, address)
        finally:
            lab.terminate()
            lab.wait()


def open_for_a_while(browser: "Browser") -> Iterator[float]:
    """All visits to one lab."""
    lab, address = opened()
    try:
        time.sleep(REST)
        for _ in range(TIMES):
            yield visit(browser, address)
    finally:
        lab.terminate()
        lab.wait()


def main() -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for kind in (just_opened, open_for_a_while):
            found = sorted(kind(browser))
            print(f"{kind.__name__}: {median(found):.3f} s  ({found[0]:.3f} … {found[-1]:.3f})")
        browser.close()


if __name__ == "__main__":
    main()
