"""A run of pytest within a test, with this project's own options and plugins."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFTEST = """\
pytest_plugins = ["tests.plugins.account", "tests.plugins.leftovers"]
"""


def ran(folder, code, *options, **environment):
    """The exit code of pytest on a file of tests, and what it said."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", folder]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *options, folder / "test_it.py"],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
