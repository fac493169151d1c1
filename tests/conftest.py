"""The fixtures every test may ask for: databases, a store of sample materials, the application, a server, a browser.

Expensive things are made once a test process and copied; each test gets its own. Tests may run in parallel.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from reviewtool import migrate
from reviewtool.db import Database
from reviewtool.gitstore import store as stores
from tests import factories
from tests.support import materials, needs, postgres, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from flask import Flask
    from flask.testing import FlaskClient
    from markupsafe import Markup
    from playwright.sync_api import Browser, Page

    from reviewtool.models import Person
    from reviewtool.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
TOKEN = re.compile(r'(?<=_token" value=")[^"]+')
SAID = "said"
DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function whose lines stand in the summary of the run, whichever process the test runs in."""
    return lambda lines: record_property(SAID, lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests said, whether they passed or not."""
    reports = [report for name in ("passed", "failed") for report in terminalreporter.stats.get(name, ())]
    for report in reports:
        for name, lines in report.user_properties:
            if name == SAID and report.when == "call":
                terminalreporter.write_line(str(lines))


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


@pytest.fixture(scope="session")
def store_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one bare repository with the sample materials, to be copied."""
    path = tmp_path_factory.mktemp("materials") / "materials.git"
    stores.create(path).close()
    materials.fill(path)
    return path


@pytest.fixture
def store(store_template: Path, tmp_path: Path) -> Iterator[stores.Store]:
    """Open a copy of the sample: six documents of every sort and two commits (see tests/support/materials.py)."""
    path = tmp_path / "materials.git"
    shutil.copytree(store_template, path)
    opened = stores.Store(path)
    yield opened
    opened.close()


@pytest.fixture
def settings(database_url: str, store: stores.Store, tmp_path: Path) -> Settings:
    """Return the settings of an installation made of the lent database and the sample store."""
    from reviewtool.settings import Settings

    assert store.path == tmp_path / "materials.git"  # where the settings look for it
    return Settings(
        var=tmp_path,
        database_url=database_url,
        group_file=ROOT / "config" / "group.toml",
        secret_key="only-for-tests" * 4,
    )


@pytest.fixture(autouse=True)
def remembered_parts_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every remembered part of every page that a test opens against the same part made afresh."""
    from reviewtool.web import remembering

    remembered, several, count = remembering.part, remembering.parts, itertools.count()
    shared = remembering.shared

    def checked(key: Hashable, make: Callable[[], str]) -> Markup:
        shown = remembered(key, make)
        fresh = remembered((key, next(count)), make)
        assert TOKEN.sub("", shown) == TOKEN.sub("", fresh), f"a remembered part is out of date: {key}"
        return shown

    def all_checked(keys: Mapping[Any, Hashable], make: Callable[[list[Any]], Mapping[Any, str]]) -> list[Markup]:
        shown = several(keys, make)
        fresh = several({name: (key, next(count)) for name, key in keys.items()}, make)
        assert shown == fresh, "a remembered part is out of date"
        return shown

    def same_for_all(key: Hashable, make: Callable[[], str]) -> Markup:
        shown = shared(key, make)
        assert remembering.workshop().cache.get(("shared", key), bytes).decode() == make()
        return shown

    monkeypatch.setattr(remembering, "shared", same_for_all)
    monkeypatch.setattr(remembering, "part", checked)
    monkeypatch.setattr(remembering, "parts", all_checked)


@pytest.fixture
def app(settings: Settings, database: Database, store: stores.Store) -> Flask:
    """Make the application on the lent database and the sample store; forms need no token."""
    from reviewtool.app import create_app, make_workshop

    workshop = replace(make_workshop(settings), database=database, store=store)
    with database.write() as session:
        factories.make_installation(session, workshop.group)
    made = create_app(settings, workshop)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without scripts, nobody signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Person], FlaskClient]:
    """Return a function that gives a client of its own to a person who has signed in just now."""

    def as_person(person: Person) -> FlaskClient:
        return signed_in.client(app, person)

    return as_person


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium once a test process."""
    executable = needs.find_chromium()
    if executable is None:
        needs.missing("Chromium is not installed (Debian: chromium)")
    if not needs.browser_driver_starts():
        needs.missing("Playwright does not start (Debian: libatomic1)")
    from tests.support import chromium

    with chromium.running(executable) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Lend a page in Spanish; the test fails if it complained or called outside this machine."""
    from tests.support import chromium

    with chromium.page(browser) as opened:
        yield opened


@dataclass(frozen=True)
class Live:
    """A running server: its address, its folder, and its database for preparing and looking."""

    url: str
    folder: Path
    database: Database


@pytest.fixture
def live_server(sqlite_template: Path, store_template: Path, tmp_path: Path) -> Iterator[Live]:
    """Run the real server with an empty SQLite database and the sample materials; the test adds the people."""
    from reviewtool.group import Group
    from tests.support import server

    folder = tmp_path / "var"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "reviewtool.db")
    shutil.copytree(store_template, folder / "materials.git")
    database = Database(f"sqlite:///{folder / 'reviewtool.db'}")
    with database.write() as session:
        factories.make_installation(session, Group.load(ROOT / "config" / "group.toml"))
    with server.running(folder, {}) as url:
        yield Live(url, folder, database)
    database.dispose()
