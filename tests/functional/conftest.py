"""What most of these tests begin with."""

from __future__ import annotations

import pytest

from tests.support import agenda, journey
from tests.support.materials import INTRODUCTION


@pytest.fixture
def workshop(app):
    return app.extensions["workshop"]


@pytest.fixture
def group(database):
    return agenda.loaded_group(database)


@pytest.fixture
def merged(workshop, group) -> int:
    """Return the number of a proposal that the group approved and the coordination merged."""
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    return number
