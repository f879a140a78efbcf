"""help() is enough to call a public name: what goes in, what comes out, what can go wrong."""

import builtins
import inspect
import re
from dataclasses import is_dataclass

import pytest

from spusk import errors
from tests.transcript import names

SECTION = re.compile(r"^(Args|Attributes|Returns|Yields|Raises):\n((?:    .*\n|\n(?=    ))+)", re.M)
ENTRY = re.compile(r"^    \**(\w+): ", re.M)
LONGEST = 600  # characters of a signature
ROOMS = (
    "spusk", "spusk.analysis", "spusk.data", "spusk.descent", "spusk.errors", "spusk.functions",
    "spusk.optim", "spusk.plots", "spusk.runs", "spusk.training",
)  # fmt: skip


def public():
    """Every public name once: spusk.data.load -> the function."""
    found = {}
    for room, module in names.rooms().items():
        if room not in ROOMS:
            continue
        for name in names.public(module):
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                found.setdefault(value, f"{room}.{name}")
    return {where: value for value, where in found.items()}


PUBLIC = public()
FUNCTIONS = [where for where, value in PUBLIC.items() if inspect.isfunction(value)]
CLASSES = [where for where, value in PUBLIC.items() if inspect.isclass(value)]
MADE = [where for where in CLASSES if not issubclass(PUBLIC[where], Exception)
        and not getattr(PUBLIC[where], "_is_protocol", False)]  # fmt: skip
METHODS = {
    f"{where}.{name}": method
    for where in CLASSES
    for name, method in vars(PUBLIC[where]).items()
    if inspect.isfunction(method) and not name.startswith("_")
    and not any(hasattr(base, name) for base in PUBLIC[where].__mro__[1:])  # described there
}  # fmt: skip


def sections(value):
    """Section -> the names it describes."""
    text = inspect.cleandoc(value.__doc__ or "") + "\n"
    return {name: ENTRY.findall(body) for name, body in SECTION.findall(text)}


def arguments(value):
    return [name for name in inspect.signature(value).parameters if name != "self"]


def errors_named(value):
    """The errors that a docstring names, as classes."""
    for name in sections(value).get("Raises", []):
        yield getattr(errors, name, None) or getattr(builtins, name, None)


@pytest.mark.parametrize("where", [*FUNCTIONS, *CLASSES, *METHODS])
def test_begins_with_a_sentence(where):
    value = PUBLIC.get(where) or METHODS[where]
    first = (value.__doc__ or "").split("\n\n")[0].strip()
    assert first.endswith((".", ")"))


@pytest.mark.parametrize("where", FUNCTIONS)
def test_a_function_says_what_goes_in_and_what_comes_out(where):
    value = PUBLIC[where]
    described = sections(value)
    assert described.get("Args", []) == arguments(value)
    returns = inspect.signature(value).return_annotation
    assert ({"Returns", "Yields"} & set(described) != set()) == (returns not in (None, "None"))


@pytest.mark.parametrize("where", MADE)
def test_a_class_describes_what_it_is_made_of(where):
    value = PUBLIC[where]
    if is_dataclass(value) or hasattr(value, "_fields") or "__init__" in vars(value):
        described = sections(value)
        assert described.get("Args", described.get("Attributes", [])) == arguments(value)


@pytest.mark.parametrize("where", METHODS)
def test_a_method_speaks_of_each_argument(where):
    method = METHODS[where]
    described = sections(method).get("Args")
    if described is not None:
        assert described == arguments(method)
    text = method.__doc__ or ""
    assert [name for name in arguments(method) if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("where", [*FUNCTIONS, *METHODS, *CLASSES])
def test_errors_that_are_named_exist(where):
    found = list(errors_named(PUBLIC.get(where) or METHODS[where]))
    assert all(isinstance(error, type) and issubclass(error, Exception) for error in found)


@pytest.mark.parametrize("where", [*FUNCTIONS, *MADE])
def test_a_signature_is_short(where):
    shown = str(inspect.signature(PUBLIC[where]))
    assert len(shown) < LONGEST
    assert "numpy._typing" not in shown
