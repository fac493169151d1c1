"""What these tests begin with: the workshop of the lent database and store, and the founding group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewtool.services import people
from tests import factories


@pytest.fixture
def workshop(settings, database, store):
    from reviewtool.app import make_workshop

    return replace(make_workshop(settings), database=database, store=store)


@pytest.fixture
def group(database):
    with database.write() as session:
        made = factories.make_group(session)
        loaded = [people.get(session, person.id) for person in made.members]
        return replace(made, members=tuple(loaded), coordinator=people.get(session, made.coordinator.id))
