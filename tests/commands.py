"""The command line, each command in a process of its own, without loading everything anew.

One process has loaded what commands load, and each command is a fork of it, in its own folder,
environment and output. Where a process as such is the subject (signals, limits, a terminal, a
variable that Python reads as it starts), a test starts `python -m spusk` itself.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import traceback
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory

LOADED = ("contourpy", "filelock", "matplotlib.animation", "matplotlib.backends.backend_agg",
          "matplotlib.backends.backend_svg", "matplotlib.figure", "mpl_toolkits.mplot3d", "sympy",
)  # fmt: skip
ROOMS = ("analysis", "cli", "data", "descent", "engines", "functions", "io", "nn", "optim", "plots",
         "runs", "training")  # fmt: skip
forks: list["Forks"] = []  # none, or the one that this process has


def spusk(*arguments, cwd=None, **environment):
    """What `python -W error -m spusk` does with these arguments; its code, output and errors."""
    words, folder = [str(word) for word in arguments], cwd or Path.cwd()
    if any(name.startswith("PYTHON") for name in environment):
        return unforked(words, folder, os.environ | environment)
    return in_environment(words, folder, os.environ | environment)


def in_environment(words, folder, environment):
    """The same in this environment and no other."""
    # a page's formulas are read by a pool of processes, which does not start in a fork
    if not hasattr(os, "fork") or any(word.endswith(".html") for word in words):
        return unforked(words, folder, environment)
    if not forks:
        forks.append(Forks())
    return forks[0].run(words, folder, environment)


def unforked(words, folder, environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "spusk", *words],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip


class Forks:
    """The process that is forked, as seen from here."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.commands"],
            cwd=Path(__file__).parents[1], env=os.environ | {"PYTHONUTF8": "1"}, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        atexit.register(self.end)

    def run(self, words, folder, environment):
        with TemporaryDirectory() as name:
            outputs = [Path(name, "output"), Path(name, "errors")]
            asked = words, str(folder), environment, [str(path) for path in outputs]
            try:
                print(json.dumps(asked), file=self.process.stdin, flush=True)
                code = int(self.process.stdout.readline())
            except BaseException:  # such as a test's time limit: the command is still under way
                forks.remove(self)
                self.end()
                raise
            said = [path.read_text(encoding="utf-8") for path in outputs]
        return subprocess.CompletedProcess(words, code, *said)

    def end(self):
        with self.process:
            os.killpg(self.process.pid, signal.SIGKILL)  # with the command under way
        atexit.unregister(self.end)


def main():
    """The process itself: a line of JSON asks for a command, and one gives its exit code."""
    from spusk.functions import function

    for name in (*LOADED, *map("spusk.{}".format, ROOMS)):
        import_module(name)
    for room in ROOMS:
        for found in iter_modules(sys.modules[f"spusk.{room}"].__path__, f"spusk.{room}."):
            import_module(found.name)
    function("x").value([1.0])  # what SymPy loads at its first use
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            carry_out(*json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def carry_out(words, folder, environment, outputs):
    """A fork's whole life."""
    from spusk.cli import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate([os.devnull, *outputs]):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    code = 1
    try:
        main(words)
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
