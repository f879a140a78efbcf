"""The lab's budgets, measured: python -m benchmarks.lab --out docs writes docs/lab-budgets.md.

Everything a person waits for is timed in a real browser, to the painted frame; how much watchers
slow a training is timed by the training's own clock. `--short` is a smoke run: few repetitions.
"""

import argparse
import asyncio
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.lab import chromium

from benchmarks.classroom import ALL, ALL_BUSY, CLASS, ONE, Lab, Turns
from benchmarks.lab_page import FLAGS, Eyes, opened
from benchmarks.report import BUSY, processor, table
from benchmarks.run import load
from spusk.runs import write

REST = 5  # seconds that a lab has been open for when it is called warm
INTRODUCTION = """\
# The lab's budgets

This page is written by `make bench-lab` (`python -m benchmarks.lab --out docs`).

What a person waits for, in a real browser and to the painted frame: a fresh visitor's first
picture; the rate's slider until the path is redrawn, on the map and on the 3-D surface (which
software draws here, where no graphics card does); the key that asks for the basins until all
512 × 512 starts are coloured; the pen until the ten bars of α(x) stand. And what watchers cost:
speeds of a training (784-800-10 on the sample) by its own clock, in turns with nobody, one page,
a class of {count} that watches, and one that is busy besides; each turn is compared with the one
with nobody before it, and no page may be dropped or miss an epoch. The pages' own side runs on
the same cores.
"""


class Budget(NamedTuple):
    """One promise: what was measured, in seconds or shares, and the most its median may be."""

    name: str
    found: list[float]
    most: float | None
    share: bool = False

    @property
    def kept(self) -> bool:
        """Whether the median keeps it."""
        return self.most is None or median(self.found) < self.most

    def cells(self) -> list[str]:
        """The row of the table."""
        said, ordered = percent if self.share else milliseconds, sorted(self.found)
        high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        budget = "" if self.most is None else f"< {said(self.most)}"
        verdict = "" if self.most is None else "yes" if self.kept else "**no**"
        return [self.name, said(median(self.found)), said(high), f"{len(self.found)}", budget,
                verdict]  # fmt: skip


def milliseconds(seconds: float) -> str:
    """12.3 ms, or 1,234 ms."""
    return f"{1000 * seconds:,.1f} ms" if seconds < 0.1 else f"{1000 * seconds:,.0f} ms"


def percent(share: float) -> str:
    """A share with its sign where it is below zero: faster than with nobody."""
    return f"{100 * share:.1f} %"


def measured(short: bool) -> tuple[str, list[Budget]]:
    """The browser's name, and every budget."""
    from playwright.sync_api import sync_playwright

    program = chromium.path()
    if program is None:
        sys.exit("no Chromium here: `playwright install chromium`, or name one by SPUSK_CHROMIUM")
    few, moves, turns = (2, 5, 1) if short else (5, 60, 11)
    budgets: list[Budget] = []

    def take(name: str, most: float | None, found: Callable[[], Iterable[float]]) -> None:
        budgets.append(Budget(name, [*found()], most))
        print(" · ".join(budgets[-1].cells()), flush=True)

    def just_opened() -> Iterable[float]:
        for _ in range(few):
            with opened() as fresh:
                yield from Eyes(browser, fresh).first_picture(1)

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=program, args=FLAGS)
        take("first picture, of a lab opened this moment", None, just_opened)
        with opened() as address:
            time.sleep(REST)
            eyes = Eyes(browser, address)
            take("first picture", 1.0, lambda: eyes.first_picture(few + 2))
            for tab, name in (("map", "map"), ("relief", "3-D")):
                take(f"slider to path, {name}", 0.05, lambda tab=tab: eyes.slider(tab, moves))
            for name in ("himmelblau", "rosenbrock"):
                take(f"basins of {name}", 1.0, lambda name=name: eyes.basins(name, few))
            take("drawing to α(x)", 0.05, lambda: eyes.drawing(moves))
        named = f"Chromium {browser.version} ({Path(program).name})"
        browser.close()
    with opened() as address:
        lesson = asyncio.run(Turns(turns, 2.5, ONE, ALL, ALL_BUSY).measure(Lab(address)))
    for who, most, name in (
        (ONE, 0.03, "one watcher"),
        (ALL, 0.1, f"{CLASS} watchers"),
        (ALL_BUSY, None, f"{CLASS} who also draw twice a second and look at the weights"),
    ):
        budgets.append(Budget(f"training slowed by {name}", lesson.slowed(who), most, share=True))
        print(" · ".join(budgets[-1].cells()), flush=True)
    return named, budgets


def page(browser: str, before: float, budgets: list[Budget]) -> str:
    """The page in Markdown."""
    facts = [
        f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- machine: {processor()}, {os.cpu_count()} cores, {platform.system()}",
        f"- {browser}, Python {platform.python_version()}",
    ]
    if before > BUSY:
        facts.append(f"- **provisional**: the machine was not idle (load {before:.1f} before)")
    head = ["what", "median", "95 % below", "times", "budget", "kept"]
    rows = table(head, [budget.cells() for budget in budgets])
    return "\n".join([INTRODUCTION.format(count=CLASS), *facts, "", rows])


def main(arguments: list[str] | None = None) -> None:
    """Parses, measures, prints, writes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lab", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a smoke run: few repetitions")
    parser.add_argument("--out", type=Path, help="folder for lab-budgets.md")
    asked = parser.parse_args(arguments)
    before = load()
    browser, budgets = measured(asked.short)
    text = page(browser, before, budgets)
    print(text)
    if asked.out is not None:
        write(asked.out / "lab-budgets.md", text.encode())


if __name__ == "__main__":
    main()
