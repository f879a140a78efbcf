"""The rows of the table: which trainings are timed, and what we want to reach on them."""

from typing import NamedTuple

from benchmarks.task import Task


class Row(NamedTuple):
    """A task, the goal against the best peer (×), the goal against the limit, an accuracy."""

    task: Task
    ratio: float
    share: float
    target: float | None = None  # accuracy on the test set to which the time is taken


LECTURE = (784, 89, 100306, 10)
DEEP = (784, 2500, 2000, 1500, 1000, 500, 10)

# The wide networks meet fewer precedents: their steps are long and cost the same always. Their
# rates are those at which such networks learn: a slower way would show little but rounding.
ROWS = (
    Row(Task((784, 30, 10), 10, 60_000, 3.0), 3, 0.50),
    Row(Task((784, 100, 10), 10, 60_000, 3.0), 3, 0.60, target=0.97),
    Row(Task((784, 100, 10), 100, 60_000, 3.0), 1.5, 0.80),
    Row(Task((784, 800, 10), 32, 9_600, 0.375), 2, 0.75),
    Row(Task((784, 12594, 10), 10, 400, 0.025), 2, 0.90),
    Row(Task((784, 12594, 10), 100, 1_000, 0.03), 1.4, 0.75),
    Row(Task(DEEP, 128, 768, 0.5), 1.3, 0.85),
    Row(Task(LECTURE, 10, 400, 0.004), 3, 0.70),
    Row(Task(LECTURE, 100, 1_000, 0.009), 3, 0.70),
)

QUICK = (
    Row(Task((784, 30, 10), 10, 1_000, 3.0, "sample"), 3, 0.50),
    Row(Task((784, 64, 17, 10), 97, 970, 1.0, "sample"), 3, 0.50),
)


def chosen(rows: tuple[Row, ...], only: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows asked for, `784-30-10:10` or a beginning of it. Raises ValueError for none."""
    names = {row: row.task.name.replace(" · ", ":") for row in rows}
    found = tuple(r for r in rows if not only or any(names[r].startswith(o) for o in only))
    if not found:
        raise ValueError(f"--only: {', '.join(only)} is none of {', '.join(names.values())}")
    return found
