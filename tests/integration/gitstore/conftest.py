"""A fresh store a test; one that was written to must be sound in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewtool.gitstore import store as stores
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import fsck


@pytest.fixture
def damaged_store(tmp_path: Path) -> Iterator[Store]:
    """Lend a store that the test may break."""
    made = stores.create(tmp_path / "materials.git")
    yield made
    made.close()


@pytest.fixture
def store(damaged_store: Store) -> Iterator[Store]:
    """Lend a store and ask `git fsck --strict` about it afterwards."""
    yield damaged_store
    # An empty main is no fault: git says so, on its standard error, without failing.
    found = [line for line in fsck(damaged_store).splitlines() if not line.startswith("notice:")]
    assert not found
