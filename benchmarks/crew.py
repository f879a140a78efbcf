"""The other side of `worker`: starts the processes and asks them."""

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent
# what a machine may have set to hold a library to slower kernels than it would choose
FORCED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE", "MKL_DEBUG_CPU_TYPE",
          "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA", "NPY_DISABLE_CPU_FEATURES")  # fmt: skip
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")


class PeerError(Exception):
    """A peer could not be prepared, or failed."""


class Worker:
    """A process with its libraries limited to so many threads (0: as they like)."""

    def __init__(self, threads: int) -> None:
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            cwd=ROOT,
            env=environment(threads),
        )

    def ask(self, verb: str, *given: object) -> Any:  # noqa: ANN401 - JSON
        """Its answer. Raises PeerError with its own last words."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([verb, *given]) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise PeerError(self.last_words()) from None
        line = self.process.stdout.readline()
        if not line:
            raise PeerError(self.last_words())
        answer = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer["answer"]

    def last_words(self) -> str:
        """The last line it wrote."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it ended without a word"

    def close(self) -> None:
        """Ends the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@cache
def compiled_code() -> str:
    """A folder for this run's compiled code, gone with the run."""
    folder = tempfile.mkdtemp(prefix="spusk-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def environment(threads: int) -> dict[str, str]:
    """The surroundings of a worker; compiled code of an earlier run is no help."""
    found = dict(os.environ, TORCHINDUCTOR_CACHE_DIR=compiled_code(), JAX_PLATFORMS="cpu")
    for pool in POOLS:
        found.pop(pool, None)
        if threads:
            found[pool] = str(threads)
    found.pop("SPUSK_THREADS", None)
    if threads == 1:
        found["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return found
