"""A test that hangs is ended, and where it hangs is said: in Python, or within a call in C."""

import pytest

from tests.plugins.inner import ran

# The second comes back to Python only in its end, so no signal is heard: the other watch is C, too.
HANGING = """
import hashlib, threading

def test_that_waits(): threading.Event().wait()

def test_that_computes(): hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
def test_after(): pass
"""


@pytest.mark.more  # waits for what hangs
def test_hanging_tests_fail_and_the_next_one_runs(tmp_path):
    watches = ("-o", "timeout=1", "-o", "faulthandler_timeout=3")
    code, said = ran(tmp_path, HANGING, "-n", "1", *watches)
    assert code == 1
    assert "2 failed, 1 passed" in said
    assert "threading.Event().wait()" in said
    assert "Failed: Timeout (>1.0s)" in said
    assert "crashed while running 'test_it.py::test_that_computes'" in said
    assert "in test_that_computes\n" in said  # the place, from the stack of its thread
