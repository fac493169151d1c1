"""The fixtures every test may ask for: databases, a store of sample materials, the application, a server, a browser.

Expensive things are made once a test process and copied; each test gets its own. Tests may run in parallel.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from reviewtool import migrate
from reviewtool.db import Database
from tests.support import needs, postgres

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """Run a PostgreSQL of this test process."""
    binaries = needs.find_postgres()
    if binaries is None:
        needs.missing("PostgreSQL's server is not installed (Debian: postgresql)")
    with postgres.running(binaries) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@contextmanager
def _lend(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if kind == "postgresql":
        with request.getfixturevalue("postgres_cluster").fresh() as url:
            yield url
    else:
        path = folder / "database.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Lend an empty database at the head of the migrations: the test runs on SQLite and again on PostgreSQL."""
    with _lend(request.param, request, tmp_path) as url:
        yield url


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Lend a database without any table: for the migrations themselves."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgres_cluster").fresh("template0") as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"


def _without_flushing(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open the lent database as the product does, but without waiting for the disk."""
    opened = Database(database_url)
    if opened.engine.dialect.name == "sqlite":
        event.listen(opened.engine, "connect", _without_flushing)
    yield opened
    opened.dispose()
