"""Ctrl-C, SIGTERM, a closed terminal: the first asks to stop, a second ends the process at once."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

IMPATIENT = (signal.SIGINT, signal.SIGTERM)  # sent again they ask to end at once
HANG_UP: tuple[signal.Signals, ...] = (  # the terminal was closed; both system and shell may say so
    (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()
)
SIGNALS = (*IMPATIENT, *HANG_UP)
SHOW_CURSOR = b"\x1b[?25h\n"  # a live table hides it


class Stopped(KeyboardInterrupt):
    """A signal ended the command where there was nothing to finish; a sentence of `words` says so.

    No Exception, so that nobody on the way takes it for an error of their own.
    """

    def __init__(self, number: int, words: str) -> None:
        super().__init__(number, words)
        self.code, self.words = 128 + number, words


class Signals:
    """Whether a signal has asked to stop; asked by calling it.

    Python's own handlers wait for the end of a call into the engine, and one step may be long. So
    a thread listens to the bytes that the system's handler writes, and ends the process at the
    second signal with 128 + its number, whatever it is at: files are moved into place whole, so
    what was saved before stays.

    Signals reach the main thread only; elsewhere this is never asked.
    """

    def __init__(self) -> None:
        self.number = 0
        self.words = ""  # what is said where a signal ends the work under way; none: it asks only
        self.before: dict[int, signal._HANDLER] = {}

    def __call__(self) -> bool:
        return self.number > 0

    def ask(self, number: int, frame: FrameType | None) -> None:
        """A signal's handler."""
        self.number = self.number or number
        self.halt()

    def halt(self) -> None:
        """Ends what is under way, if it has been asked to and that leaves nothing half done."""
        if self.number and self.words:
            raise Stopped(self.number, self.words)

    def at_once(self, work: Callable[P, T], words: str) -> Callable[P, T]:
        """The work, which a signal ends wherever it is. Raises Stopped with these words."""

        def ended(*arguments: P.args, **more: P.kwargs) -> T:
            self.words = words
            try:
                self.halt()
                return work(*arguments, **more)
            finally:
                self.words = ""

        return ended

    def listen(self, ears: int) -> None:
        """The thread: counts signals until the other end of the pipe is closed."""
        heard = False
        while byte := os.read(ears, 1):
            if heard and byte[0] in IMPATIENT:
                leave(128 + byte[0])
            heard = heard or byte[0] in SIGNALS
        os.close(ears)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            ears, self.mouth = os.pipe()
            if hasattr(os, "set_blocking"):  # elsewhere Python asks for no such pipe
                os.set_blocking(self.mouth, False)
            self.wakeup = signal.set_wakeup_fd(self.mouth, warn_on_full_buffer=False)
            self.listener = threading.Thread(
                target=self.listen, args=(ears,), name="signals", daemon=True
            )
            self.listener.start()
            for number in SIGNALS:
                if number in HANG_UP and signal.getsignal(number) == signal.SIG_IGN:
                    continue  # nohup
                self.before[number] = signal.signal(number, self.ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.before:
            return
        for number, handler in self.before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self.wakeup)
        os.close(self.mouth)
        self.listener.join()


def leave(code: int) -> None:
    """Ends the process here and now, the terminal's cursor shown again."""
    if os.isatty(1):
        os.write(1, SHOW_CURSOR)
    os._exit(code)
