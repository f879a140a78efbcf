"""No bit of trained weights changes by accident (spec/fingerprints.json)."""

import pytest

from spusk.engines import native
from tests.engines.fingerprints import CASES, FILE, fingerprint, stored

pytestmark = pytest.mark.skipif(not native.available(), reason="native part not built")

SETS = native.instruction_sets()


def record(isa):
    """What is stored for this instruction set as this module was compiled; skips where none is."""
    compiled = native.compiled(isa)
    for each in stored():
        if (each["isa"], each["compiled"]) == (isa, compiled):
            return each["weights"]
    pytest.skip(
        f"this system has {isa} built by {compiled}, of which {FILE.name} knows nothing; "
        "python -m tests.engines.fingerprints writes it"
    )


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
@pytest.mark.parametrize("isa", SETS)
def test_trained_weights_keep_every_bit(isa, case, monkeypatch):
    monkeypatch.setenv("SPUSK_ISA", isa)
    assert fingerprint(case) == record(isa)[case.name]


def test_every_stored_fingerprint_is_of_a_case():
    names = {case.name for case in CASES}
    assert all(set(each["weights"]) == names for each in stored())


def test_fingerprints_tell_cases_apart():
    for each in stored():
        assert len(set(each["weights"].values())) == len(CASES)
