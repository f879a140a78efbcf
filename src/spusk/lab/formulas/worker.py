"""A process that reads formulas: one that takes too long, or too much, is ended with it."""

import json
import subprocess
import sys
from collections.abc import Callable
from threading import Timer
from time import monotonic
from typing import Any
from weakref import finalize

from spusk.errors import FormulaError, SpuskError
from spusk.i18n import LANGUAGES

Said = dict[str, Any]
LOADING = 60.0  # seconds in which a process has loaded what it needs, on the slowest machine
# It finds its modules where this one does.
PROGRAM = "import sys; sys.path[:] = {path!r}; from spusk.lab.formulas.worker import main; main()"


class Reader:
    """The process as seen from here: one question at a time, a line of JSON each way."""

    def __init__(self) -> None:
        program = PROGRAM.format(path=sys.path)
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is not meant for it: it ends with this process
        )  # fmt: skip
        self.end = finalize(self, ended, self.process)
        self.ready = False

    @property
    def lives(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def kill(self) -> None:
        """Ends the process, whoever still waits for what it says."""
        self.process.kill()
        self.process.wait()

    def ask(self, question: Said, seconds: float) -> Said:
        """The answer. TimeoutError, EOFError: there was none in time, or ever; it has ended."""
        if not self.ready:
            self.line(LOADING)
            self.ready = True
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        answer: Said = json.loads(self.line(seconds))
        return answer

    def line(self, seconds: float) -> bytes:
        """What it says next. TimeoutError, EOFError: nothing, and it has ended."""
        assert self.process.stdout is not None
        ends = monotonic() + seconds
        alarm = Timer(seconds, self.process.kill)
        alarm.start()
        try:
            line = self.process.stdout.readline()
        finally:
            alarm.cancel()
        if not line.endswith(b"\n"):
            self.end()
            raise (
                TimeoutError if monotonic() >= ends else EOFError("a reader of formulas broke off")
            )
        return line


def ended(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process and lets go of all that belongs to it."""
    process.kill()
    with process:  # closes its pipes and waits
        pass


def main() -> None:
    """The process itself: says that it is ready, then answers line by line."""
    read("lecture")  # whatever loads at the first use is loaded now
    sys.stdout.write("\n")
    sys.stdout.flush()
    for line in sys.stdin.buffer:
        [(kind, text)] = json.loads(line).items()
        sys.stdout.write(json.dumps(answered(QUESTIONS[kind], text)) + "\n")
        sys.stdout.flush()


def answered(question: Callable[[str], Any], text: str) -> Said:
    """The answer, or what is wrong with the text in each language; people type and err."""
    try:
        return {"answer": question(text)}
    except SpuskError as error:
        place = error.place if isinstance(error, FormulaError) else None
        return {"error": {lang: error.sentence(lang) for lang in LANGUAGES}, "place": place}


def read(text: str) -> Said:
    """A formula as the page gets it."""
    from spusk.lab.formulas.describe import described

    return described(text)


def written(text: str) -> str:
    """The page as one file."""
    from spusk.lab.formulas.export import page

    return page([text] if text else [])


QUESTIONS: dict[str, Callable[[str], Any]] = {"formula": read, "export": written}
