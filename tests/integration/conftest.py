"""What tests of services begin with; a file that needs another group or installation makes its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewtool.app import make_workshop
from reviewtool.gitstore import reading
from reviewtool.services import installations
from tests.support import agenda


@pytest.fixture
def workshop(settings, database, store):
    """An installation whose history begins with the sample materials."""
    with database.write() as session:
        if installations.find(session) is None:
            installations.create(session, demonstration=False, start=reading.head(store))
    return replace(make_workshop(settings), database=database, store=store)


@pytest.fixture
def group(database):
    return agenda.loaded_group(database)
