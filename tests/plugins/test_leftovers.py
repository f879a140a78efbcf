"""A process that a test leaves behind is found, named and ended."""

import re

import psutil
import pytest

from tests.plugins.inner import ran

LEAVERS = """
import multiprocessing, subprocess, sys, time

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
ORPHAN = f"import subprocess; subprocess.Popen({SLEEP})"

def test_a_child(): sys.one = subprocess.Popen(SLEEP)
def test_a_session_of_its_own(): sys.two = subprocess.Popen(SLEEP, start_new_session=True)
def test_an_orphan(): subprocess.run([sys.executable, "-W", "ignore", "-c", ORPHAN])
def test_what_ends_soon(): sys.three = subprocess.Popen([*SLEEP[:2], "import time; time.sleep(1)"])

def test_what_python_itself_keeps():
    process = multiprocessing.get_context("forkserver").Process(target=print)
    process.start()
    process.join()
"""


@pytest.mark.more  # waits for what was left
def test_processes_left_behind_fail_their_module_and_name_their_tests(tmp_path):
    code, said = ran(tmp_path, LEAVERS, "-W", "ignore")
    assert code == 1
    assert "5 passed, 1 error" in said
    found = dict(re.findall(r"(\d+) '[^']*python[^']* -c .*?, started by .*?::(\w+)", said))
    assert sorted(found.values()) == [
        "test_a_child", "test_a_session_of_its_own", "test_an_orphan",
    ]  # fmt: skip
    assert not any(psutil.pid_exists(int(number)) for number in found)
