"""What a run has to say: a page in Markdown, a roofline and a scaling picture."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import pictures
from benchmarks.limits import Limits
from benchmarks.many_starts import Measured
from benchmarks.race import Entry, Result
from benchmarks.task import CHECKED
from spusk.runs import write as write_file

if TYPE_CHECKING:
    from benchmarks.run import Run

LIBRARIES = ("spusk", "numpy", "scipy", "torch", "jax", "jaxlib", "scikit-learn")
BUSY = 0.3  # load before the run from which others were at work

INTRODUCTION = """\
# Benchmarks

This page is written by `make bench` (`{command}`).

One epoch of plain stochastic gradient descent (the lecture's algorithm: sigmoid, mean squared
error, float32) on MNIST's images: the shuffle, the gathering of each sub-sample's rows and the
conversion of pixels are inside the clock. Every peer has the same start, the same order of
precedents and the same η, and is timed only after its weights agreed with the reference engine in
float64 (after {checked} steps of a shuffled epoch, or all it has: much later the descent itself
makes percents of a rounding). Each runs in a process of its own, at the better of one thread and
all, in turns A B C A B C; the table shows medians of {rounds} turns. Compilation is not in these
times and stands apart. The other packages may keep the pixels as float32, converted before the
clock starts (four times the memory; faster for them); spusk keeps bytes and converts in the loop.
"""

LIMIT = """\
The limit of a step is a time: max(FLOPs ÷ best matrix-product rate, 3 × weight bytes ÷ copy
bandwidth of a working set as large as the weights), both the best that this run saw, with one
thread or all. FLOPs are 6·Q·B less the first layer's unused input gradient. A way that does less
work than that (pixels that are zero in a whole sub-sample are skipped; that is exact) may pass
100 %.
"""
MANY = """## 262,144 starts × 200 steps on Himmelblau's function

`descend_many` beside JAX's jit + vmap, in turns; nobody may stop early (the tolerance is 0). With
preparation: JAX compiles afresh, spusk reads the formula and writes its tape.
"""


def write(run: "Run", limits: Limits, folder: Path) -> list[Path]:
    """The page and its pictures; the paths written."""
    drawn = folder / "pictures"
    drawn.mkdir(parents=True, exist_ok=True)
    paths = [pictures.roofline(run.results, limits, drawn / "roofline.png")]
    if run.scaling is not None:
        paths.append(pictures.growth(run.scaling, drawn / "scaling.png"))
    write_file(folder / "benchmarks.md", page(run, limits).encode())
    return [folder / "benchmarks.md", *paths]


def page(run: "Run", limits: Limits) -> str:
    """The whole page."""
    rounds = min((len(e.timed) for r in run.results for e in r.entries.values()), default=0)
    parts = [
        INTRODUCTION.format(command=run.command.strip(), rounds=rounds, checked=CHECKED),
        machine(run),
        "## Against the best peer and the limit\n",
        goals(run.results, limits),
        LIMIT,
        "## Everyone, µs a step\n",
        everyone(run.results),
        *times_to_accuracy(run.results),
        "## The machine's limits\n",
        bandwidths(limits),
        "![Roofline](pictures/roofline.png)\n",
    ]
    parts += many_starts(run.starts)
    if run.scaling is not None:
        parts += ["## Growth\n", "![Growth](pictures/scaling.png)\n", growth_said(run)]
    return "\n".join(parts)


def machine(run: "Run") -> str:
    """When, where, with what; whether others were at work."""
    lines = [
        f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- machine: {processor()}, {os.cpu_count()} cores, {platform.system()}",
        f"- versions: Python {platform.python_version()}, {', '.join(versions())}",
    ]
    if run.kernels:
        lines.append(f"- matrix products of the other packages: {', '.join(run.kernels)}")
    if run.load > BUSY:
        lines.append(
            f"- **provisional**: the machine was not idle (load {run.load:.1f} before the run)"
        )
    if run.note:
        lines.append(f"- {run.note}")
    return "\n".join(lines) + "\n"


def processor() -> str:
    """Its name, as the system tells it."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for each in facts.read_text(encoding="utf-8").splitlines():
            if each.startswith("model name"):
                return each.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> list[str]:
    """Of every library that is installed."""
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def goals(results: list[Result], limits: Limits) -> str:
    """Row by row: what was reached, what was wanted."""
    head = [
        "layers · batch", "precedents", "spusk, µs a step", "threads", "GF/s", "best peer",
        "its µs a step", "ratio", "wanted", "limit, µs", "of the limit", "wanted",
    ]  # fmt: skip
    return table(head, [goal_cells(result, limits) for result in results])


def goal_cells(result: Result, limits: Limits) -> list[str]:
    """A row of the goals' table."""
    row, task, ours, peer = result.row, result.row.task, result.ours, result.best_peer
    by = limits.seconds(task)
    bound = "arithmetic" if by[0] >= by[1] else "memory"
    cells = [task.name, f"{task.precedents:,}"]
    if ours is None:
        return [*cells, *["–"] * 10]
    step = ours.seconds / task.steps
    cells += [f"{1e6 * step:,.1f}", str(ours.threads), f"{task.flops / step / 1e9:,.0f}"]
    if peer is None or result.ratio is None:
        cells += ["–", "–", "–"]
    else:
        cells += [peer.label, f"{1e6 * peer.seconds / task.steps:,.1f}", f"{result.ratio:.2f}×"]
    return [
        *cells,
        f"≥ {row.ratio:g}×",
        f"{1e6 * max(by):,.1f} ({bound})",
        f"{100 * max(by) / step:.0f} %",
        f"≥ {100 * row.share:.0f} %",
    ]


def line(result: Result, limits: Limits) -> str:
    """A row in one line, for the terminal."""
    cells = goal_cells(result, limits)
    return f"spusk {cells[2]} µs, {cells[5]} {cells[6]} µs: {cells[7]}; {cells[10]} of the limit"


def everyone(results: list[Result]) -> str:
    """Each peer's time, threads, and seconds of compilation; the worst disagreement."""
    keys = dict.fromkeys(k for r in results for k in (*r.entries, *r.missing))
    lines = []
    for key in keys:
        entries = [result.entries.get(key) for result in results]
        found = [entry for entry in entries if entry is not None]
        label = found[0].label if found else key
        compiled = [entry.compiled for entry in found if entry.compiled]
        missed = [entry.missed for entry in found if entry.missed is not None]
        lines.append(
            [
                label,
                *(entry_cell(e, r) for e, r in zip(entries, results, strict=True)),
                f"{min(compiled):.1f}–{max(compiled):.1f} s" if compiled else "–",
                f"{max(missed):.0e}" if missed else "not compared",
            ]
        )
    heads = [result.row.task.name for result in results]
    reasons = {
        f"{key} is left out: {why}" for result in results for key, why in result.missing.items()
    }
    said = "In brackets the threads taken. Off by: the largest share of the weights' way by which "
    said += "a peer missed the float64 reference.\n"
    return (
        table(["peer", *heads, "compilation", "off by"], lines)
        + "\n"
        + "\n".join([said, *(f"{reason}\n" for reason in sorted(reasons))])
    )


def entry_cell(entry: Entry | None, result: Result) -> str:
    """µs a step (threads)."""
    if entry is None:
        return "–"
    return f"{1e6 * entry.seconds / result.row.task.steps:,.1f} ({entry.threads})"


def times_to_accuracy(results: list[Result]) -> list[str]:
    """A table for each row that has an accuracy to reach."""
    parts = []
    for result in results:
        target = result.row.target
        if target is None:
            continue
        lines = []
        for entry in result.entries.values():
            reached = entry.to_accuracy(target)
            took = ("not reached", "–") if reached is None else (f"{reached[0]:.2f} s", reached[1])
            lines.append([entry.label, *map(str, took), f"{entry.compiled:.1f} s"])
        parts += [
            f"## {result.row.task.name}: time to {100 * target:g} % on the test set\n",
            table(["peer", "training", "epochs", "compilation, apart"], lines),
        ]
    return parts


def bandwidths(limits: Limits) -> str:
    """The product rate, and the copies by working set."""
    head = [sized(size) for size, _ in limits.copy]
    cells = [f"{rate / 1e9:.0f}" for _, rate in limits.copy]
    rate = f"Best float32 matrix product: {limits.product / 1e9:.0f} GF/s. "
    return f"{rate}Copy (read and write) in GB/s by working set:\n\n{table(head, [cells])}"


def sized(size: int) -> str:
    """64 KiB, 256 MiB."""
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def many_starts(found: list[Measured]) -> list[str]:
    """262,144 descents at once: ours beside JAX's, in both precisions."""
    if not found:
        return []
    kinds = ("with preparation", "again")
    lines = [
        [who, *(f"{each.seconds[who][kind]:.3f} s" for each in found for kind in kinds)]
        for who in found[0].seconds
    ]
    gaps = ", ".join(f"{each.gap:.1g} in {each.dtype}" for each in found if each.gap is not None)
    said = f"The largest difference of the ends: {gaps}.\n" if gaps else ""
    head = ["", *(f"{each.dtype}, {kind}" for each in found for kind in kinds)]
    return [MANY, table(head, lines), said]


def growth_said(run: "Run") -> str:
    """The pictures' numbers in a sentence."""
    assert run.scaling is not None
    (Q, low), (R, high) = run.scaling.weights[0], run.scaling.weights[-1]
    (K, short), (L, long) = run.scaling.precedents[0], run.scaling.precedents[-1]
    return (
        f"From Q = {Q:,} to {R:,} weights ({R / Q:,.0f}×) the time of 1,000 precedents grows "
        f"{high / low:,.0f}×; from {K:,} to {L:,} precedents ({L / K:,.0f}×) an epoch grows "
        f"{long / short:,.0f}×.\n"
    )


def table(head: list[str], lines: list[list[str]]) -> str:
    """Markdown."""
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
