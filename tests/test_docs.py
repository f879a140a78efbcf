"""What docs/training.md shows in Python runs, block after block, as it stands there."""

import re
import runpy
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/training.md"


def test_the_programs_of_the_page_run(tmp_path, capsys):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    program = tmp_path / "page.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    runpy.run_path(str(program))
    assert capsys.readouterr().out.startswith("SeedTrainings(3 seeds: median accuracy 0.")
