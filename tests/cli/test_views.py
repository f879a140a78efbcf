"""What a terminal shows of a training: the last epochs that fit, and in the end all of them."""

import io

from rich.console import Console

from spusk.cli import views
from spusk.training import Event


def test_a_table_longer_than_the_terminal_shows_its_end(monkeypatch):
    screen = Console(file=io.StringIO(), height=10, width=100, force_terminal=True)
    monkeypatch.setattr(views, "Console", lambda: screen)
    with views.LiveTable("en", 50) as live:
        for epoch in range(1, 51):
            live.show(Event(epoch, 4, 4, 0.5, 0.25, 1.0, 1000.0))
        while_it_grows = drawn(live)
        assert [line.split()[0] for line in while_it_grows[1:8]] == [*map(str, range(44, 51))]
        assert len(while_it_grows) < 10
    assert [line.split()[0] for line in drawn(live)[1:51]] == [*map(str, range(1, 51))]


def drawn(live):
    """The lines as they stand now."""
    page = Console(file=io.StringIO(), width=100)
    page.print(live.shown())
    return page.file.getvalue().rstrip().splitlines()
