"""The demonstration that hostile input is sent to, made once a test process for each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import ground

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def worn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ground.Ground]:
    """Lend a demonstration that every test of this folder wears out further."""
    folder = tmp_path_factory.mktemp("worn") / "var"
    if request.param == "sqlite":
        yield ground.make(folder)
        return
    with request.getfixturevalue("postgres_cluster").fresh() as url:
        yield ground.make(folder, url)
