"""What the tests of what is kept share."""

import pytest


@pytest.fixture
def quick(monkeypatch):
    """Nothing waits for the disk: for what is kept, not for when it is safe."""
    monkeypatch.setattr("os.fsync", lambda _: None)
