"""`python -m fuzz TARGET SECONDS [libFuzzer's options]`; what it finds goes to build/fuzz/TARGET.

The kept corpus is read, not written. A crash leaves build/fuzz/TARGET-crash-…: mend it, then keep
that file in fuzz/corpus/TARGET.
"""

import importlib
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

CORPUS = Path(__file__).parent / "corpus"
FOUND = Path("build/fuzz")
WATCHED = {"formula": ["spusk", "sympy"], "readers": ["spusk", "zipfile", "PIL"]}  # they guide it
SLOWEST = 10  # seconds of the clock, for one input


def dictionary(name: str, words: list[str]) -> Path:
    """The words that the fuzzer may put in, in libFuzzer's spelling."""
    path = FOUND / f"{name}.dict"
    code = "latin-1" if name == "readers" else "utf-8"
    lines = ("".join(f"\\x{byte:02x}" for byte in word.encode(code)) for word in words)
    path.write_text("".join(f'"{line}"\n' for line in lines))
    return path


def main() -> None:
    """Fuzzes one target for so many seconds."""
    name, seconds, *more = sys.argv[1:]
    tempfile.tempdir = str(FOUND)  # libFuzzer leaves without tidying up
    (FOUND / name).mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=WATCHED[name]):
        target = importlib.import_module(f"fuzz.{name}")
    warnings.simplefilter("error")  # a warning is one thing more that nobody meant to say
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST}",
        f"-max_len={target.LONGEST}",
        f"-dict={dictionary(name, target.WORDS)}",
        f"-artifact_prefix={FOUND / name}-",
        "-print_final_stats=1",
        *more,
    ]
    folders = [str(FOUND / name), str(CORPUS / name)]
    atheris.Setup([sys.argv[0], *options, *folders], target.TestOneInput)
    atheris.Fuzz()


main()
