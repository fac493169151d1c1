"""Brings a database to a step of `migrations/`: Alembic, configured in code instead of an `alembic.ini`.

Knows no table. The command line calls it at `init` and before serving; the tests make their templates with it.
`python -m reviewtool.migrate "what changes"` drafts the next step from the difference between the models and the head.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from reviewtool.db import make_engine

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
POSTGRES_LOCK = 0x7265_7669  # any number nobody else takes: two servers starting at once migrate one after the other


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """Return the newest step; `migrations/` has exactly one."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise LookupError(f"no migrations in {MIGRATIONS}")
    return found


def steps() -> tuple[str, ...]:
    """Return every step, the oldest first."""
    script = ScriptDirectory.from_config(_config())
    return tuple(reversed([step.revision for step in script.walk_revisions()]))


def current(url: str) -> str | None:
    """Return the step that the database stands at, or None when it was never migrated."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str, target: str = "head") -> None:
    """Bring the database up to a step, in one transaction; other processes that start meanwhile wait."""
    _run(url, target, up=True)


def downgrade(url: str, target: str) -> None:
    """Take the database down to a step ("base" for none), in one transaction. What the steps added is lost."""
    _run(url, target, up=False)


def _run(url: str, target: str, *, up: bool) -> None:
    engine = make_engine(url)
    try:
        with engine.execution_options(writes=True).connect() as connection:
            if engine.dialect.name == "sqlite":
                _without_foreign_keys(connection)
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
                config = _config()
                config.attributes["connection"] = connection
                (command.upgrade if up else command.downgrade)(config, target)
                _check_references(connection)
    finally:
        engine.dispose()


def _without_foreign_keys(connection: Connection) -> None:
    # SQLite changes a table by copying it and dropping the old one, which would cascade; the pragma is silently
    # ignored inside a transaction, hence the driver's own connection, where none has begun.
    raw = connection.connection.driver_connection
    if raw is not None:
        raw.execute("PRAGMA foreign_keys=OFF")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration leaves {len(broken)} broken references, the first in table {broken[0][0]}")


def draft(message: str) -> Path:
    """Write the next step from the difference between the models and the head; its author reads and corrects it."""
    script = ScriptDirectory.from_config(_config())
    number = f"{len(list(script.walk_revisions())) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.sqlite"
        upgrade(url)
        engine = make_engine(url)
        try:
            with engine.connect() as connection:
                config = _config()
                config.attributes["connection"] = connection
                made = command.revision(config, message, autogenerate=True, rev_id=number)
        finally:
            engine.dispose()
    if made is None or isinstance(made, list):
        raise RuntimeError("one step was to be written")
    return Path(made.path)


if __name__ == "__main__":
    sys.stdout.write(f"{draft(sys.argv[1])}\n")
