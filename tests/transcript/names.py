"""Every public name, with its parameters and their defaults."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import spusk


def recorded() -> str:
    """One paragraph per public room, one line per name."""
    return "\n".join("\n".join([name, *lines(room), ""]) for name, room in rooms().items())


def rooms() -> dict[str, ModuleType]:
    """spusk, the rooms it names, and every other room that says what is public in it."""
    named = {f"spusk.{name}": getattr(spusk, name) for name in spusk.__all__}
    found = {name: room for name, room in named.items() if inspect.ismodule(room)}
    for info in pkgutil.iter_modules(spusk.__path__, "spusk."):
        if info.ispkg and hasattr(room := import_module(info.name), "__all__"):
            found.setdefault(info.name, room)
    return {"spusk": spusk} | dict(sorted(found.items()))


def public(room: ModuleType) -> list[str]:
    """What the room calls public; where it says nothing, what is defined in it."""
    if hasattr(room, "__all__"):
        return sorted(room.__all__)
    own = [name for name, value in vars(room).items()
           if getattr(value, "__module__", None) == room.__name__]  # fmt: skip
    return sorted(name for name in own if not name.startswith("_"))


def lines(room: ModuleType) -> Iterator[str]:
    """The room's public names; under a class those of its methods."""
    for name in public(room):
        value = getattr(room, name)
        if inspect.isclass(value) or inspect.isroutine(value):
            yield f"  {name}{parameters(value)}"
        else:
            yield f"  {name}"
        if inspect.isclass(value):
            yield from members(value)


def members(owner: type) -> Iterator[str]:
    """The public methods and properties that the class itself defines."""
    for name, value in sorted(vars(owner).items()):
        if name.startswith("_"):
            continue
        routine = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        yield f"    .{name}{parameters(routine) if inspect.isfunction(routine) else ''}"


def parameters(value: object) -> str:
    """(a, b=1): what can be given, without the types, which NumPy spells anew with each version."""
    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]
    except ValueError:  # built in, without one
        return ""
    return str(inspect.Signature([bare(p) for p in signature.parameters.values()]))


class Hidden:
    """Stands for a default that fills a screen, or that has an address."""

    def __repr__(self) -> str:
        return "…"


def bare(parameter: inspect.Parameter) -> inspect.Parameter:
    """The parameter without its type, its default short."""
    shown = repr(parameter.default)
    default = Hidden() if len(shown) > 80 or " at 0x" in shown else parameter.default
    return parameter.replace(annotation=inspect.Parameter.empty, default=default)
