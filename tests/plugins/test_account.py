"""What did not run is counted in the last line; where CI is set, a missing tool is a failure."""

import pytest

from tests.plugins.inner import ran

SKIPPED = """
import pytest

@pytest.fixture(params=range(3))
def tool():
    pytest.skip("no such tool here")

def test_with_a_tool(tool): pass

@pytest.mark.skipif(True, reason="CUDA is not here")
def test_on_a_gpu(): pass

@pytest.mark.soak
def test_for_hours(): raise AssertionError

@pytest.mark.more
def test_for_minutes(): raise AssertionError

def test_that_runs(): pass
"""
LEFT = "Did not run: 1 of `make soak`; 1 of `make test-more`; "


@pytest.mark.more  # five runs of pytest
def test_the_last_line_says_what_did_not_run(tmp_path):
    code, said = ran(tmp_path, SKIPPED, "-n", "2", CI="")
    assert code == 0
    assert said.splitlines()[-1] == (
        f"{LEFT}3 because no such tool here; 1 because CUDA is not here."
    )


@pytest.mark.more
def test_where_ci_is_set_only_cuda_may_be_missing(tmp_path):
    code, said = ran(tmp_path, SKIPPED, CI="true")
    assert code == 1
    assert "1 passed, 1 skipped, 2 deselected, 3 errors" in said
    assert "skipped, but CI is set: no such tool here" in said
    assert said.splitlines()[-1] == f"{LEFT}1 because CUDA is not here."


@pytest.mark.more
def test_where_all_ran_it_says_so(tmp_path):
    assert ran(tmp_path, "def test_it(): pass")[1].splitlines()[-1] == "Did not run: nothing."
