"""No test leaves a process behind: one that still runs where its module of tests ends is a failure.

A process carries the environment it was started with, which names the run of pytest and the test:
so it is found also where its parent is gone, and the failure says who started it.
"""

import os
from collections.abc import Iterator

import psutil
import pytest

RUN = "SPUSK_TEST_RUN"
ENDING = 5.0  # seconds for what has been told to end
# They end with the process that they serve: those of multiprocessing, tests/commands.py, and
# tests/lab/modules.py.
HELPERS = (
    "multiprocessing.forkserver", "multiprocessing.resource_tracker", "tests.commands",
    "run_modules.mjs",
)  # fmt: skip


def pytest_configure() -> None:
    os.environ[RUN] = str(os.getpid())


@pytest.fixture(scope="module", autouse=True)
def leaves_no_process() -> Iterator[None]:
    """Set up before any other fixture of its module, so the last to end."""
    yield
    if found := left():
        told = "; ".join(map(described, found))
        for process in found:
            process.kill()
        pytest.fail(f"still running: {told}", pytrace=False)


def left() -> list[psutil.Process]:
    """The processes of this run that do not end by themselves."""
    me = psutil.Process()
    family = {*me.children(recursive=True), *filter(of_this_run, psutil.process_iter())} - {me}
    found = [process for process in family if not ends_by_itself(process, me)]
    return psutil.wait_procs(found, ENDING)[1] if found else []


def of_this_run(process: psutil.Process) -> bool:
    return told(process, RUN) == str(os.getpid())


def ends_by_itself(process: psutil.Process, me: psutil.Process) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return True  # it has ended; only its parent has not asked how
        return process.ppid() == me.pid and any(h in " ".join(process.cmdline()) for h in HELPERS)
    except psutil.Error:
        return True


def told(process: psutil.Process, name: str) -> str:
    """A variable of the environment it was started with; nothing where that may not be read."""
    try:
        return process.environ().get(name, "")
    except psutil.Error:
        return ""


def described(process: psutil.Process) -> str:
    test = told(process, "PYTEST_CURRENT_TEST") or "a fork"
    with process.oneshot():
        try:
            return f"{process.pid} {' '.join(process.cmdline())[:80]!r}, started by {test}"
        except psutil.Error:
            return f"{process.pid}, started by {test}"
