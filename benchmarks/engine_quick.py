"""The engine's regimes against PyTorch eager and NumPy by hand, interleaved in one run.

python benchmarks/engine_quick.py [row ...] [--no-peers]; ratios within one run are what counts.
The limit is max(FLOPs / best matrix-product rate, 3 × weight bytes / copy bandwidth).
"""

import argparse
import gc
import time
from collections.abc import Callable

import numpy as np
import torch

from spusk.data import Sample, mnist
from spusk.engines.native import Native
from spusk.network import Network

ROWS = {
    "small30": ((784, 30, 10), 10, 2000),
    "small100": ((784, 100, 10), 10, 2000),
    "small100b": ((784, 100, 10), 100, 300),
    "mid800": ((784, 800, 10), 32, 300),
    "wide10": ((784, 12594, 10), 10, 40),
    "wide100": ((784, 12594, 10), 100, 16),
    "deep": ((784, 2500, 2000, 1500, 1000, 500, 10), 128, 6),
    "lecture10": ((784, 89, 100306, 10), 10, 30),
    "lecture100": ((784, 89, 100306, 10), 100, 8),
}


def limits() -> tuple[float, float]:
    """Best matrix-product rate (FLOP/s) and copy bandwidth (byte/s) of this moment."""
    a, b = torch.randn(1536, 1536), torch.randn(1536, 1536)
    product = min(clock(lambda: torch.mm(a, b)) for _ in range(6))
    x = np.ones(1 << 24, np.float32)
    y = np.empty_like(x)
    copy = min(clock(lambda: np.copyto(y, x)) for _ in range(6))
    return 2 * 1536**3 / product, 2 * x.nbytes / copy


def clock(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def by_hand(net: Network, V: Sample, batch: int) -> Callable[[np.ndarray, int, int], None]:
    """The step as a careful NumPy user writes it: float32, in place, BLAS."""
    net = net.copy()
    x, y = V.inputs(slice(None), np.float32), V.targets(slice(None), np.float32)

    def steps(order: np.ndarray, first: int, last: int) -> None:
        for i in range(first, last):
            rows = order[i * batch : (i + 1) * batch]
            a = [x[rows]]
            for W, b in net.layers:
                z = a[-1] @ W
                z += b
                np.negative(z, out=z)
                np.exp(z, out=z)
                z += 1
                np.reciprocal(z, out=z)
                a.append(z)
            d = (a[-1] - y[rows]) * a[-1] * (1 - a[-1]) * np.float32(0.05 / batch)
            for at in range(len(net.layers) - 1, -1, -1):
                W, b = net.layers[at]
                below = (d @ W.T) * a[at] * (1 - a[at]) if at else d
                W -= a[at].T @ d
                b -= d.sum(0)
                d = below

    return steps


def eager(net: Network, V: Sample, batch: int) -> Callable[[np.ndarray, int, int], None]:
    """PyTorch eager with fused SGD."""
    parts: list[torch.nn.Module] = []
    for W, b in net.layers:
        linear = torch.nn.Linear(*W.shape)
        linear.weight.data = torch.from_numpy(W.T.copy())
        linear.bias.data = torch.from_numpy(b.copy())
        parts += [linear, torch.nn.Sigmoid()]
    model = torch.nn.Sequential(*parts)
    rule = torch.optim.SGD(model.parameters(), lr=0.05, fused=True)
    x = torch.from_numpy(V.inputs(slice(None), np.float32))
    y = torch.from_numpy(V.targets(slice(None), np.float32))

    def steps(order: np.ndarray, first: int, last: int) -> None:
        index = torch.from_numpy(order)
        for i in range(first, last):
            rows = index[i * batch : (i + 1) * batch]
            rule.zero_grad(set_to_none=True)
            loss = ((model(x[rows]) - y[rows]) ** 2).sum() / (2 * batch)
            loss.backward()
            rule.step()

    return steps


def measure(name: str, V: Sample, peers: bool, rate: float, copy: float, repeats: int) -> None:
    """One row of the table: medians of interleaved runs, as time per step."""
    sizes, batch, steps = ROWS[name]
    net = Network(sizes, seed=1)
    session = Native().open(net.copy(), V, batch)
    ways: dict[str, Callable[[np.ndarray, int, int], object]] = {
        "ours": lambda order, first, last: session.steps(order, first, last, 0.05)
    }
    if peers:
        ways |= {"numpy": by_hand(net, V, batch), "torch": eager(net, V, batch)}
    order = np.random.default_rng(0).permutation(len(V))
    times: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(repeats + 1):
        for way, run in ways.items():
            few = max(2, steps // 8) if way == "torch" and steps > 100 else steps
            took = clock(lambda run=run, few=few: run(order, 0, few)) / few
            if turn:
                times[way].append(took)
    median = {way: float(np.median(each)) for way, each in times.items()}
    flops = 6 * net.Q * batch - 2 * sizes[0] * sizes[1] * batch
    limit = max(flops / rate, (3 * 4 * net.Q / copy) if 4 * net.Q > 16e6 else 0)
    ours = median["ours"]
    others = "  ".join(
        f"{way} {each * 1e6:9.1f} µs ({each / ours:5.2f}×)"
        for way, each in median.items()
        if way != "ours"
    )
    print(
        f"{name:10} threads {session.threads}  ours {ours * 1e6:9.1f} µs  "
        f"{flops / ours / 1e9:6.1f} GF/s  {100 * limit / ours:5.0f} % of limit  {others}",
        flush=True,
    )


def main() -> None:
    """Measures the rows asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", default=list(ROWS))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    V = mnist().train
    rate, copy = limits()
    print(f"product {rate / 1e9:.0f} GF/s, copy {copy / 1e9:.1f} GB/s, {len(V)} precedents")
    for name in asked.rows:
        measure(name, V, not asked.no_peers, rate, copy, asked.repeats)
        gc.collect()


if __name__ == "__main__":
    main()
