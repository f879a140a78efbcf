"""Training takes the memory that was promised: data as bytes, weights, two activations, +20 %."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from spusk.engines.native import instruction_sets

STATUS = Path("/proc/self/status")
SCRIPT = """
import json, sys
from pathlib import Path
import numpy as np
import spusk
from spusk import data
from spusk.training.presets import PRESETS

def kilobytes(what):
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith(what))

batch, sizes = int(sys.argv[1]), PRESETS["lecture"].sizes
small = data.load("sample").train.take(slice(0, 200))
warm = spusk.Network([784, 5, 300, 10], init="wide", V=small)
# what comes with the first training: libraries, threads and their buffers
spusk.train(warm, small, rate=0.1, batch=batch, epochs=1, test=small)
before = kilobytes("VmRSS")
rng = np.random.default_rng(0)
V = data.Sample(rng.integers(0, 256, (60_000, 784), np.uint8), labels=np.arange(60_000) % 10)
part = V.take(slice(0, 4 * batch))
net = spusk.Network(sizes, init="wide", V=V)
spusk.train(net, part, rate=0.01, batch=batch, epochs=1, test=V.take(slice(0, 300)))
promised = V.x.nbytes + net.theta.nbytes + 2 * 4 * batch * max(sizes)
peak = 1024 * (kilobytes("VmHWM") - before)
print(json.dumps({"promised": promised, "peak": peak}))
"""


@pytest.mark.more  # 10 million weights
@pytest.mark.skipif(not STATUS.exists(), reason="this system tells no peak of memory")
@pytest.mark.skipif(not instruction_sets(), reason="the native part is not built")
@pytest.mark.parametrize("batch", [10, 100])
def test_the_lectures_network_fits_its_promise(batch):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(batch)], capture_output=True, text=True, check=True,
        timeout=300,
    )  # fmt: skip
    said = json.loads(done.stdout)
    print(f"batch {batch}: {said['peak']:,} bytes at the peak, {said['promised']:,} promised")
    assert said["peak"] < 1.2 * said["promised"]
