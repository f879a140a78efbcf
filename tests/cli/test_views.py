"""What a terminal shows of a training: the last epochs that fit, and in the end all of them."""

import io

from rich.console import Console

from spusk.cli import views
from spusk.training import Event, TrainingOutcome


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


def test_what_is_watched_stands_under_its_own_name(capsys):
    event = Event(1, 4, 4, 0.5, 0.25, 1.0, 9.0, validation_cost=0.125, validation_accuracy=0.75)
    with views.LiveTable("en", 1, validation=True) as live:
        live.show(event)
    assert [column.header for column in live.table(live.rows).columns][3:5] == [
        "validation cost", "validation acc."]  # fmt: skip
    assert live.rows[0][3:5] == ["0.12500", "75.00%"]
    for lang, said in (("en", "validation: cost 0.12500"), ("ru", "валидация: потери 0,12500")):
        views.Lines(lang, 1, validation=True).show(event)
        assert said in capsys.readouterr().out
    views.Lines("en", 1).show(event)
    assert "test: cost" in capsys.readouterr().out


def drawn(live):
    """The lines as they stand now."""
    page = Console(file=io.StringIO(), width=100)
    page.print(live.shown())
    return page.file.getvalue().rstrip().splitlines()


def test_of_many_epochs_about_fifty_have_a_row_and_more_where_they_take_long(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(views, "monotonic", lambda: now[0])

    def shown(epochs, seconds):
        rows = views.Rows(epochs)
        found = []
        for epoch in range(1, epochs + 1):
            now[0] += seconds
            ends = TrainingOutcome.FINISHED if epoch == epochs else None
            event = Event(epoch, 4, 4, 0.5, 0.25, 1.0, 1000.0, outcome=ends)
            found += [epoch] if rows.has(event) else []
        return found

    assert shown(100, 0.001) == [*range(1, 101)]
    assert shown(507, 0.001) == [1, *range(11, 507, 11), 507]
    assert shown(20_000, 0.3)[:5] == [1, 5, 9, 13, 17]
    assert not views.Rows(10).has(Event(1, 2, 4, 0.5, 0.25, 1.0, 1000.0))
