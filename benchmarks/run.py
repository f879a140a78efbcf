"""The benchmark: python -m benchmarks.run writes docs/benchmarks.md and its pictures.

SPUSK_DATA names MNIST's folder. `--quick` is a smoke run on the sample inside the package;
`--only 784-30-10:10` times some rows. Both print, and write only where `--out` says.
"""

import argparse
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import report
from benchmarks.crew import FORCED, ROOT, PeerError, Worker
from benchmarks.limits import Limits
from benchmarks.many_starts import Measured, measure
from benchmarks.peers import peers
from benchmarks.race import Result, race
from benchmarks.rows import QUICK, ROWS, chosen
from benchmarks.scaling import Scaling, scaling


@dataclass
class Run:
    """Everything that one run measured."""

    command: str
    load: float  # on the machine before the run
    note: str
    kernels: tuple[str, ...] = ()  # that the libraries' matrix products chose
    limits: Limits | None = None
    results: list[Result] = field(default_factory=list)
    scaling: Scaling | None = None
    starts: list[Measured] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> Run:
    """Parses, measures, prints, writes."""
    asked = parsed(arguments)
    if not asked.quick:  # peers in their best form: each library chooses its own kernels
        for name in FORCED:
            os.environ.pop(name, None)
    run = Run("python -m benchmarks.run " + " ".join(arguments or sys.argv[1:]), load(), asked.note)
    rows = chosen(QUICK if asked.quick else ROWS, tuple(asked.only))
    known = peers(os.cpu_count() or 1)
    unknown = [key for key in asked.peers if key not in known]
    if unknown:
        raise SystemExit(f"--peers: {unknown[0]} is none of {', '.join(known)}")
    cast = {key: known[key] for key in asked.peers or known}
    with Worker(0) as worker:
        run.kernels = tuple(worker.ask("kernels"))
    folder = asked.out or (None if asked.quick or asked.only or asked.peers else ROOT / "docs")
    for row in rows:
        run.limits = best_limits(run.limits, asked.quick or run.limits is not None)
        print(f"{row.task.name}, {row.task.precedents:,} precedents", flush=True)
        run.results.append(race(row, cast, asked.rounds, lambda line: print(line, flush=True)))
        print("  " + report.line(run.results[-1], run.limits), flush=True)
        if folder is not None:
            report.write(run, run.limits, folder)  # so that a run cut short leaves its rows
    run.limits = best_limits(run.limits, asked.quick)
    if folder is not None:
        run.starts = measure(rounds=asked.rounds)
        run.scaling = scaling(cast, asked.quick)
        for path in report.write(run, run.limits, folder):
            print(f"wrote {path}")
    else:
        print(report.page(run, run.limits))
    return run


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke run on the sample")
    parser.add_argument("--only", nargs="*", default=[], help="rows: 784-30-10:10, or a beginning")
    parser.add_argument("--peers", nargs="*", default=[], help="some peers by their short names")
    parser.add_argument("--rounds", type=int, default=5, help="timed epochs of each peer")
    parser.add_argument("--out", type=Path, help="folder for benchmarks.md and pictures/")
    parser.add_argument("--note", default="", help="a sentence about this run for the page")
    return parser.parse_args(arguments)


def load() -> float:
    """How many processes wanted a core in the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def best_limits(known: Limits | None, quick: bool) -> Limits:
    """The machine's limits now, on one core and on all, and the best of this run so far."""
    for threads in sorted({1, os.cpu_count() or 1}):
        with Worker(threads) as worker:
            found = worker.ask("limits", threads, quick)
        now = Limits(found["product"], tuple((int(s), float(r)) for s, r in found["copy"]))
        known = now if known is None else known.better(now)
    assert known is not None
    return known


if __name__ == "__main__":
    try:
        main()
    except (PeerError, ValueError) as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("stopped; the rows that were finished stand in the page") from None
