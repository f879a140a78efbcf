"""What pyproject.toml asks for, a requirement a line: to build spusk, to run it, and for extras.

    python tools/needs.py lab test

pip checks what it installs by the hashes of constraints.txt, and a folder has none: so `make`
installs these first, and then the project without them.
"""

import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def needs(names: list[str]) -> list[str]:
    """The requirements of the build, of the project, and of these extras or groups."""
    told = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    more = told["dependency-groups"] | told["project"]["optional-dependencies"]
    found = [*told["build-system"]["requires"], *told["project"]["dependencies"]]
    return found + [requirement for name in names for requirement in more[name]]


if __name__ == "__main__":
    print(*needs(sys.argv[1:]), sep="\n")
