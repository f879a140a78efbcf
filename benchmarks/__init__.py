"""Benchmarks: ours, the peers and the machine's own limits, side by side in one run."""
