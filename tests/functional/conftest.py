"""What most of these tests begin with; a file that needs another group makes its own."""

from __future__ import annotations

import pytest

from tests import factories


@pytest.fixture
def workshop(app):
    return app.extensions["workshop"]


@pytest.fixture
def group(database):
    with database.write() as session:
        return factories.make_group(session)
