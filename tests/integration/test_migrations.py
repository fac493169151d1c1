"""The migrations make exactly the tables that the models describe, and every step can be taken back."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

import reviewtool.models  # noqa: F401  # fills Base.metadata
from reviewtool import migrate
from reviewtool.db import Base, Database, make_engine

ROOT = Path(__file__).resolve().parent.parent.parent
POSTGRES_CATALOGUE = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity "
    "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
)
BAD_STEP = """
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    op.execute("INSERT INTO role_term (id, person_id, role, deputy, starts_on, reference) "
               "VALUES (1, 404, 'member', false, '2026-01-01', '')")
"""
SQLITE_CATALOGUE = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' AND sql IS NOT NULL"


def describe(connection: Connection) -> set[tuple[object, ...]]:
    """Return everything the database says of its tables, constraints and indexes."""
    if connection.dialect.name == "sqlite":
        return {
            (kind, name, *sorted(re.split(r",\s*\n", re.sub(r"[ \t]+", " ", _unquoted(sql).rstrip(")").rstrip()))))
            for kind, name, sql in connection.execute(text(SQLITE_CATALOGUE))
        }
    return {tuple(row) for query in POSTGRES_CATALOGUE for row in connection.execute(text(query))}


def _unquoted(sql: str) -> str:
    return re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", sql.strip())  # SQLite quotes the name of a copied table


def description_of(engine: Engine) -> set[tuple[object, ...]]:
    with engine.connect() as connection:
        return describe(connection)


def test_the_head_is_what_the_models_describe(database: Database) -> None:
    with database.engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*expression-based index.*")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_and_one_made_from_the_models_have_the_same_catalogue(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    try:
        Base.metadata.create_all(engine)
        from_models = description_of(engine)
        Base.metadata.drop_all(engine)
        migrate.upgrade(empty_database_url)
        assert description_of(engine) == from_models
    finally:
        engine.dispose()


def test_every_step_goes_up_and_down_and_up_again(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    try:
        below = "base"
        for step in migrate.steps():
            before = description_of(engine)
            migrate.upgrade(empty_database_url, step)
            after = description_of(engine)
            assert after != before
            migrate.downgrade(empty_database_url, below)
            assert description_of(engine) == before
            migrate.upgrade(empty_database_url, step)
            assert description_of(engine) == after
            below = step
        assert migrate.current(empty_database_url) == migrate.head()
    finally:
        engine.dispose()


def test_a_database_that_was_never_migrated_stands_at_no_step(empty_database_url: str) -> None:
    assert migrate.current(empty_database_url) is None


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    migrate.upgrade(database_url)
    assert migrate.current(database_url) == migrate.head()


def test_two_servers_that_start_at_once_migrate_one_after_the_other(empty_database_url: str) -> None:
    script = "import sys; from reviewtool import migrate; migrate.upgrade(sys.argv[1])"
    servers = [
        subprocess.Popen([sys.executable, "-c", script, empty_database_url], stderr=subprocess.PIPE, cwd=ROOT)
        for _ in range(3)
    ]
    complaints = [server.communicate()[1].decode() for server in servers]
    assert [(server.returncode, said) for server, said in zip(servers, complaints, strict=True)] == [(0, "")] * 3
    assert migrate.current(empty_database_url) == migrate.head()


def test_a_step_that_leaves_broken_references_changes_nothing(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, migrations)
    (migrations / "versions" / "9999_bad.py").write_text(BAD_STEP.format(head=migrate.head()))
    migrate.upgrade(empty_database_url)
    monkeypatch.setattr(migrate, "MIGRATIONS", migrations)
    with pytest.raises((RuntimeError, IntegrityError)):
        migrate.upgrade(empty_database_url)
    engine = make_engine(empty_database_url)
    try:
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM role_term")) == 0
    finally:
        engine.dispose()
    assert migrate.current(empty_database_url) != "9999"


def test_no_column_is_an_enumeration_of_the_database() -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert [str(column) for column in columns if type(column.type).__name__ == "Enum"] == []
