"""Standard output and error, whatever they lead to: a pipe that was closed, a full disk, a terminal
that is gone, an encoding that lacks a letter. What cannot be written is remembered and raises
nothing: a training is first saved, then it says so where it can.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from errno import EPIPE
from typing import TYPE_CHECKING, TextIO

import click

from spusk.i18n import say
from spusk.i18n.reasons import reason

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CLOSED_PIPE = 128 + 13  # as if SIGPIPE, which not every system has, had ended the process


class Outlet(io.FileIO):
    """An open file that swallows what it cannot write; why is in `trouble`."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self.trouble: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.trouble = self.trouble or error
            return memoryview(data).nbytes


@contextmanager
def outlets() -> Iterator[None]:
    """Makes standard output and error such that writing to them raises nothing."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(patient, before)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stdout, sys.stderr = before


def patient(stream: TextIO | None) -> TextIO:
    """The stream through an Outlet, a ? for each letter it lacks; nowhere if it is closed.

    One that is no file of the system's (a test's, a Windows console) stays as it is.
    """
    if stream is None:  # the number that is free is taken, so that no file of ours gets it
        nowhere = Outlet(os.open(os.devnull, os.O_WRONLY))
        return io.TextIOWrapper(io.BufferedWriter(nowhere), encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper) or type(raw(stream)) is not io.FileIO:
        return stream
    outlet = Outlet(stream.fileno())
    return io.TextIOWrapper(
        outlet if stream.write_through else io.BufferedWriter(outlet),  # PYTHONUNBUFFERED
        encoding=stream.encoding,
        errors="replace" if stream.errors == "strict" else stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def raw(stream: TextIO) -> object:
    """The file under a stream, if there is one."""
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)


def trouble() -> OSError | None:
    """Why standard output could not be written, if it could not."""
    outlet = raw(sys.stdout)
    return outlet.trouble if isinstance(outlet, Outlet) else None


@contextmanager
def heard() -> Iterator[None]:
    """Says on standard error what standard output does not take any more."""
    with redirect_stdout(sys.stderr if trouble() else sys.stdout):
        yield


def unheard(lang: str | None = None) -> int:
    """The exit code where output could not be written, else 0; a closed pipe needs no sentence."""
    sys.stdout.flush()
    error = trouble()
    if error is None:
        return 0
    if error.errno == EPIPE:
        return CLOSED_PIPE
    what = say("train.unheard", lang, why=reason(error))
    click.echo(say("calls.error", lang, what=what), err=True)
    return 2
