"""The last line of a run says what did not run, and why; where CI is set nothing may be missing."""

import os
from collections import Counter

import pytest

# What a run leaves to another command, by the marker that takes it out.
ELSEWHERE = {"more": "make test-more", "torch": "make test-torch", "soak": "make soak"}
EXCUSED = ("CUDA", "this system ")  # no tool that could be installed
LEFT = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT] = Counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where CI is set a skip is a failure: what is missing there is missed by nobody."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        reason = why(report)
        if not reason.startswith(EXCUSED):
            report.outcome, report.longrepr = "failed", f"skipped, but CI is set: {reason}"
    return report


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        commands = [
            f"of `{ELSEWHERE[mark.name]}`" for mark in item.iter_markers() if mark.name in ELSEWHERE
        ]
        item.config.stash[LEFT][(commands or ["not asked for"])[0]] += 1
    if items and hasattr(items[0].config, "workeroutput"):  # every worker of xdist has them all
        items[0].config.workeroutput["left"] = dict(items[0].config.stash[LEFT])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    node.config.stash[LEFT] |= Counter(getattr(node, "workeroutput", {}).get("left", {}))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None and not hasattr(config, "workerinput"):
        reporter.write_line(sentence(reporter.stats.get("skipped", []), config.stash[LEFT]))


def sentence(skipped: list[pytest.TestReport], left: Counter[str]) -> str:
    """What did not run, and why, in one line."""
    parts = [f"{count} {which}" for which, count in sorted(left.items())]
    parts += [f"{count} because {reason}" for reason, count in Counter(map(why, skipped)).items()]
    return f"Did not run: {'; '.join(parts) or 'nothing'}."


def why(report: pytest.TestReport) -> str:
    """The reason of a skip."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return " ".join(reason.removeprefix("Skipped: ").split())
