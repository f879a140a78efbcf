"""A system that gives no more threads: fewer do the work, to the same bits, and that is said."""

import subprocess
import sys

import pytest

from spusk.engines import native

LIMITED = """
import resource, warnings
import numpy as np
from spusk import Network, Sample
from spusk.engines.native import Native, ThreadsWarning

V = Sample(np.eye(20, dtype=np.float32), labels=np.arange(20) % 3)
nets = [Network((20, 30, 3), seed=1) for _ in range(2)]
rows = np.arange(20)
Native().open(nets[0], V, 5, threads=1).steps(rows, 0, 4, 0.5)
held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + (200 << 20),) * 2)  # some twenty stacks of 8 MB
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    session = Native().open(nets[1], V, 5, threads=256)
session.steps(rows, 0, 4, 0.5)
assert (nets[0].theta == nets[1].theta).all()
assert [w.category for w in caught] == [ThreadsWarning], caught
print(session.threads)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no /proc/self/statm")
@pytest.mark.skipif(not native.available(), reason="the native part is not built")
def test_fewer_threads_do_the_work():
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert 1 <= int(done.stdout) < 256
