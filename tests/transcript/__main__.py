"""`python -m tests.transcript [SECTION…]`: what differs; `--write`: records again."""

import difflib
import sys
from pathlib import Path

from tests.transcript import commands, names

RECORDED = Path(__file__).parent / "recorded"


def main(wanted: list[str], write: bool) -> int:
    """Compares, or writes; 1 where something differs and is not written."""
    differs = False
    for name in wanted or ["names", *commands.sections()]:
        after = names.recorded() if name == "names" else commands.carried_out(name)
        path = RECORDED / f"{name}.txt"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if write:
            path.write_text(after, encoding="utf-8")
        for line in difflib.unified_diff(
            before.splitlines(), after.splitlines(), name, name, lineterm=""
        ):
            differs = True
            print(line)
    return int(differs and not write)


if __name__ == "__main__":
    sections = [word for word in sys.argv[1:] if word != "--write"]
    sys.exit(main(sections, "--write" in sys.argv))
