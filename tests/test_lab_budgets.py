"""The page of the lab's budgets says what was found, and whether it is kept."""

from benchmarks.lab import Budget, page


def test_a_budget_that_is_not_kept_is_seen():
    kept = Budget("slider", [0.01, 0.02, 0.03], 0.05)
    broken = Budget("basins", [0.9, 1.1, 1.2], 1.0)
    slowed = Budget("one watcher", [-0.02, 0.01], 0.03, share=True)
    cells = {budget.name: budget.cells() for budget in (kept, broken, slowed)}
    assert cells["slider"][1:2] + cells["slider"][3:] == ["20.0 ms", "3", "< 50.0 ms", "yes"]
    assert cells["basins"][1:2] + cells["basins"][3:] == ["1,100 ms", "3", "< 1,000 ms", "**no**"]
    assert cells["one watcher"][1] == "-0.5 %"
    assert Budget("no budget", [1.0], None).cells()[-2:] == ["", ""]
    text = page("Chromium 1", 2.0, [kept, broken])
    assert text.startswith("# The lab's budgets")
    assert "make bench-lab" in text
    assert "**provisional**" in text
    assert "| basins | 1,100 ms |" in text
    assert "provisional" not in page("Chromium 1", 0.1, [kept])
