"""The demonstration that hostile input is sent to, made once a test process for each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import ground

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> ground.Ground:
    """Make a demonstration on SQLite and remember how it stands."""
    found = ground.make(tmp_path_factory.mktemp("worn") / "var")
    found.keep()
    return found


@pytest.fixture
def fresh(made: ground.Ground) -> ground.Ground:
    """Lend the demonstration as it was at first."""
    made.restore()
    made.forget_all()
    return made


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def worn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ground.Ground]:
    """Lend a demonstration that every test that asks for it wears out further."""
    if request.param == "sqlite":
        found = request.getfixturevalue("made")
        found.restore()
        found.forget_all()
        yield found
        return
    with request.getfixturevalue("postgres_cluster").fresh() as url:
        found = ground.make(tmp_path_factory.mktemp("worn") / "var", url)
        yield found
        found.workshop.database.dispose()
