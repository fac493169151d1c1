"""The migrations make exactly the tables that the models describe, and every step can be taken back."""

from __future__ import annotations

import re
import warnings

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

import reviewtool.models  # noqa: F401  # fills Base.metadata
from reviewtool import migrate
from reviewtool.db import Base, Database, make_engine

POSTGRES_CATALOGUE = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity "
    "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
)
SQLITE_CATALOGUE = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' AND sql IS NOT NULL"


def describe(connection: Connection) -> set[tuple[object, ...]]:
    """Return everything the database says of its tables, constraints and indexes."""
    if connection.dialect.name == "sqlite":
        return {
            (kind, name, *sorted(re.split(r",\s*\n", re.sub(r"[ \t]+", " ", sql.strip().rstrip(")").rstrip()))))
            for kind, name, sql in connection.execute(text(SQLITE_CATALOGUE))
        }
    return {tuple(row) for query in POSTGRES_CATALOGUE for row in connection.execute(text(query))}


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


def test_no_column_is_an_enumeration_of_the_database() -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert [str(column) for column in columns if type(column.type).__name__ == "Enum"] == []
