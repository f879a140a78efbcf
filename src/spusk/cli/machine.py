"""`spusk info`: what this installation is, and what it runs on."""

import json
import os
import platform

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The facts as JSON.")
def info(as_json: bool) -> None:
    """Engine, instruction set, threads, versions."""
    from importlib.metadata import version

    from spusk._version import __version__
    from spusk.engines import native

    built = native.available()
    facts = {
        "spusk": __version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "engine": "native" if built else f"reference (native is not built: {native.reason()})",
        "instruction set": native.isa() if built else "-",
        "instruction sets": ", ".join(native.instruction_sets()) or "-",
        "threads": native.wanted_threads(None) or "chosen for each network",
    }
    facts |= {name: version(name) for name in ("numpy", "sympy", "matplotlib", "safetensors")}
    if as_json:
        click.echo(json.dumps(facts))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name:<{width}}  {value}")
