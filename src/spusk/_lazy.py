"""One loader for rooms whose public names load on first use."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def loader(room: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a room: each public name from the module it stands in, once.

    Args:
        room: the room's `__name__`.
        modules: public name -> its module, such as `spusk.descent.minimize`; where the module is
            the name itself (`spusk.data` for `data`), the module is what is public.
    """

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        module = import_module(modules[name])
        value = module if modules[name] == f"{room}.{name}" else getattr(module, name)
        setattr(sys.modules[room], name, value)
        return value

    return load
