"""What a person waits for at the lab's page, timed in a real browser."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# As on a computer without a graphics card: the processor paints, and draws WebGL too. (With
# --use-angle=swiftshader all of the page goes through an emulated card, at 100 ms a frame.)
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader"]
WIDE = {"width": 1280, "height": 800}
PATIENCE = 60_000  # Playwright's milliseconds

# Put into every page: when something was last drawn, when the path was first seen, and `painted`,
# which comes after the frame under way is on the screen.
EYES = """
(() => {
  window.lastDrawn = -1;
  const watch = (kind, names) => names.forEach((name) => {
    const act = kind.prototype[name];
    kind.prototype[name] = function (...its) {
      window.lastDrawn = performance.now();
      return act.apply(this, its);
    };
  });
  watch(CanvasRenderingContext2D, ["stroke", "fill", "fillRect", "clearRect", "drawImage"]);
  for (const kind of [WebGLRenderingContext, WebGL2RenderingContext])
    watch(kind, ["drawArrays", "drawElements"]);
  window.painted = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(0);
  }));
  window.once = (there) => new Promise((done) => {
    const look = (_, watcher) => there() && (watcher?.disconnect(), painted().then(done));
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver(look).observe(document, all);
  });
  const verdict = () => document.querySelector("#verdict[data-outcome]");
  once(verdict).then((at) => (window.firstSeen = at));
})();
"""
SLIDE = """async (count) => {
  const slider = document.querySelector("#rate"), times = [];
  for (let k = 0; k < count; k++) {
    const begun = performance.now();
    slider.value = 400 + Math.round((400 * k) / count);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    let now;
    do now = await painted(); while (window.lastDrawn < begun && now < begun + 2000);
    times.push(now - begun);
  }
  return times;
}"""
KEY = """() => {
  addEventListener("keydown", ({ timeStamp }) => {
    const legend = document.querySelector(".legend");
    const whole = () => legend.querySelector(".dot") && !legend.querySelector("[role=status]");
    once(whole).then((at) => (window.took = at - timeStamp));
  }, { capture: true, once: true });
  document.querySelector("[data-tab=basins]").focus();
}"""
STROKE = """() => {
  window.took = undefined;
  const bars = document.querySelector(".bars");
  addEventListener("pointerdown", ({ timeStamp }) => {
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver((_, watcher) => {
      watcher.disconnect();
      painted().then((at) => (window.took = at - timeStamp));
    }).observe(bars, all);
  }, { capture: true, once: true });
}"""


@contextmanager
def opened() -> Iterator[str]:
    """A lab on a free port: its address."""
    command = [sys.executable, "-m", "spusk", "lab", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as lab:
        try:
            assert lab.stdout is not None
            yield lab.stdout.readline().split(": ", 1)[1].strip()
        finally:
            lab.terminate()


class Eyes:
    """A browser that looks at one lab; all times in seconds."""

    def __init__(self, browser: "Browser", address: str) -> None:
        self.browser, self.address = browser, address

    @contextmanager
    def page(self, picture: str = "") -> Iterator["Page"]:
        """A page of a visitor who has never been here, once its first picture stands."""
        context: BrowserContext = self.browser.new_context(viewport=WIDE, locale="en-US")
        context.set_default_timeout(PATIENCE)
        context.add_init_script(EYES)
        page = context.new_page()
        page.goto(self.address + picture)
        try:
            yield page
        finally:
            context.close()

    def first_picture(self, times: int) -> Iterator[float]:
        """From the start of the navigation to the frame with the path in it."""
        for _ in range(times):
            with self.page() as page:
                yield found(page, "firstSeen")

    def slider(self, tab: str, times: int) -> list[float]:
        """From a move of the rate to the frame with the new path."""
        with self.page(f"#surface&f=himmelblau&show={tab}") as page:
            found(page, "firstSeen")
            page.wait_for_selector(f"[data-tab={tab}][aria-pressed=true]")
            page.evaluate(SLIDE, 10)  # what loads at the first move is loaded
            return [time / 1000 for time in page.evaluate(SLIDE, times)]

    def basins(self, name: str, times: int) -> Iterator[float]:
        """From the key that asks for the basins to the frame with all of them."""
        for _ in range(times):
            with self.page(f"#surface&f={name}") as page:
                found(page, "firstSeen")
                page.wait_for_selector("[data-tab=basins]")  # it is loaded after the first picture
                page.evaluate(KEY)
                page.keyboard.press("Enter")
                yield found(page, "took")

    def drawing(self, times: int) -> Iterator[float]:
        """From the pen on the field to the frame with α(x), of the sample's network."""
        with self.page("#network") as page:
            page.click("button.start:not(:disabled)")
            page.wait_for_selector(".chip[data-state=finished]")
            box = page.locator(".field").bounding_box()
            assert box is not None
            for k in range(times + 5):
                page.wait_for_timeout(100)  # a hand rests too
                page.evaluate(STROKE)
                across, down = 0.3 + 0.4 * (k % 8) / 7, 0.25 + 0.5 * (k // 8 % 6) / 5
                page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
                page.mouse.down()
                page.mouse.up()
                time = found(page, "took")
                if k >= 5:
                    yield time


def found(page: "Page", name: str) -> float:
    """A time that the page writes down when it is there."""
    handle = page.wait_for_function(f"() => window.{name}")
    return float(handle.json_value()) / 1000
