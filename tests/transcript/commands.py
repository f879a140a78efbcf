"""The commands of commands.txt, carried out, and what they say."""

import os
import re
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from spusk.data import load
from tests.commands import in_environment

FILES = {  # what stands in the folder before a section's first command
    "digits.csv": "".join(f"{k % 3},{k % 7},{k % 5},{k % 3},{k % 2}\n" for k in range(30)),
    "ragged.csv": "0,1,2\n1,3\n",
    "words.csv": "zero,1,2\none,3,4\n" * 2,
    "empty.csv": "",
    "notapicture.png": "not a picture\n",
    "broken/run.json": "{",
    "empty/note.txt": "no run here\n",
}
TRAINING = ("train", "runs", "why")  # sections whose numbers hang on the order of sums
SPACE = " \u00a0\u202f"  # what stands between thousands
FACTS = "python|machine|engine|instruction sets?|threads|numpy|sympy|matplotlib|safetensors"

Replacement = str | Callable[[re.Match[str]], str]
VARIES: list[tuple[str, Replacement]] = [  # from run to run, or from machine to machine
    (r"\x1b\[[0-9;?]*[A-Za-z]", ""),
    (r'"(seconds|speed)": [\d.e+-]+', r'"\1": N'),
    (rf"\d[\d.,{SPACE}]*[{SPACE}](?=(?:s|ms|min|kB|с|мс|мин|кБ|examples/s|примеров/с)\b)", "N "),
    (rf"[{SPACE}]+(N [sс])[{SPACE}]+[\d,{SPACE}]+$", r"  \1  N"),
    (rf"^({FACTS})  +.*", r"\1  …"),
    (rf'"({FACTS})": "[^"]*"', r'"\1": "…"'),
    (r"-?\d+\.\d{9,}(e[+-]?\d+)?", lambda m: f"{float(m[0]):.6g}"),
]
ROUNDED: list[tuple[str, Replacement]] = [
    (r"\b(\d[.,]\d{3})\d+\b", r"\1"),  # a cost
    (r"\b(\d+)[.,]\d\d([ \u00a0\u202f]?%)", r"\1\2"),  # an accuracy
    (r"\d[\d,]* of [\d,]+", "N of N"),
    (r"\d\.\d+e-\d\d\b", "N"),
]


def sections() -> dict[str, list[str]]:
    """Section -> its commands, as they stand in commands.txt."""
    found: dict[str, list[str]] = {}
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            found[name := line.strip("[]")] = []
        elif line and not line.startswith("#"):
            found[name].append(line)
    return found


def carried_out(section: str) -> str:
    """What the section's commands say, one after the other, in a folder of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        furnish(folder)
        entries = [entry(command, folder, section) for command in sections()[section]]
        return "\n".join([*entries, *(f"wrote {file}" for file in written(folder)), ""])


def furnish(folder: Path) -> None:
    """Puts the files there that commands ask for."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    pixels = load("sample").train.x[0].reshape(28, 28)
    Image.fromarray(pixels).save(folder / "digit.png")


def written(folder: Path) -> list[str]:
    """The files that the commands left."""
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    return sorted(there - FILES.keys() - {"digit.png"})


def entry(command: str, folder: Path, section: str) -> str:
    """One command with its exit code; | is standard output, ! standard error."""
    done = in_environment(shlex.split(command)[1:], folder, surroundings())
    lines = [f"$ {command}"]
    for mark, text in (("|", done.stdout), ("!", done.stderr)):
        shown = normal(text, folder, section in TRAINING)
        lines += [f"{mark} {line}".rstrip() for line in shown.splitlines()]
    return "\n".join([*lines, f"exit {done.returncode}", ""])


def surroundings() -> dict[str, str]:
    """The environment of a user who has set nothing, at a terminal of 100 columns."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPUSK_")}
    return kept | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1", "SPUSK_DATA": "nowhere"}


def normal(text: str, folder: Path, rounded: bool) -> str:
    """The text without what differs from run to run."""
    text = text.replace(str(folder), "FOLDER")
    for pattern, put in VARIES + ROUNDED * rounded:
        text = re.sub(pattern, put, text, flags=re.MULTILINE)
    return text
