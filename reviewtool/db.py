"""The declarative base, the instant column, and how engines and sessions are set up for SQLite and PostgreSQL.

Knows no table. `Database` is made once a process by `create_app`, the command line and the tests.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, inspect
from sqlalchemy.engine import Connection, Dialect, ExceptionContext, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from reviewtool.errors import Unavailable

log = logging.getLogger(__name__)

BUSY_TIMEOUT_SECONDS = 15
PREPARED_STATEMENTS = 24  # of SQLite, kept by each connection; with 128 no page was measurably faster
ASK_AGAIN_SECONDS = 0.001
_ROW = re.compile(r"\n(?:DETAIL|CONTEXT): .*", re.DOTALL)

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table; its naming convention lets migrations name constraints on both databases."""

    metadata = MetaData(naming_convention=NAMING)


@event.listens_for(Base, "init", propagate=True)
def _fill_defaults(row: Base, _args: tuple[Any, ...], given: dict[str, Any]) -> None:
    """Give a new row its columns' defaults at once, not only when it is flushed."""
    for attribute in inspect(type(row)).column_attrs:
        default = getattr(attribute.columns[0], "default", None)
        if default is not None and attribute.key not in given:
            given[attribute.key] = default.arg(None) if default.is_callable else default.arg


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC instant: `timestamptz` on PostgreSQL, naive UTC text on SQLite; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant, and give SQLite the UTC wall time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event below says BEGIN, not the driver
    cursor = connection.cursor()
    # FULL: with NORMAL a WAL database passes every kill test and still loses commits at a power cut.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}",
        "cache_size=-200",  # KB a connection, of which a worker keeps several; with 2,000 no page was measurably faster
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # Like SQLite's busy timeout: who waits longer for another's lock is told so and keeps what they typed.
    connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    connection.commit()


class _Turns:
    """Lets one thread of this process after another write to an SQLite database, and each ask for its lock patiently.

    SQLite's own busy handler sleeps longer and longer, up to 0.1 s, while others come and go.
    """

    def __init__(self, engine: Engine) -> None:
        self._turn = threading.Lock()
        event.listen(engine, "begin", self.begin)
        for name in ("checkin", "invalidate", "close", "detach"):  # whatever becomes of the connection
            event.listen(engine, name, self._end)

    def begin(self, connection: Connection) -> None:
        """Begin a transaction; one that will write waits for its turn and for other processes."""
        # A WAL transaction that has read and then writes fails at once when another wrote meanwhile, whatever the
        # timeout: whoever will write says so at the start.
        raw: Any = connection.connection.driver_connection
        if not connection.get_execution_options().get("writes", False):
            raw.execute("BEGIN")
            return
        patience = int(raw.execute("PRAGMA busy_timeout").fetchone()[0]) / 1000
        until = time.monotonic() + patience
        if self._turn.acquire(timeout=patience):
            connection.info["turn"] = True
        raw.execute("PRAGMA busy_timeout=0")
        try:
            while not _begins_writing(raw, last=time.monotonic() > until):
                time.sleep(ASK_AGAIN_SECONDS)
        finally:
            raw.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")

    def _end(self, _connection: Any, record: Any = None, *_more: Any) -> None:
        if record is not None and record.info.pop("turn", False):
            self._turn.release()


def _begins_writing(raw: sqlite3.Connection, *, last: bool) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or "locked" not in str(error):
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        return False
    return True


def _without_rows(context: ExceptionContext) -> None:
    """Leave out of a complaint of PostgreSQL what it tells of the row that failed: all its values."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (_ROW.sub("", error.args[0]), *error.args[1:])


def make_engine(url: str) -> Engine:
    """Return an engine for SQLite or PostgreSQL, set up as `performance.md` of the design asks.

    What it complains of names no values of a statement: people's texts and hashes would stand in the log.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        options = {"timeout": BUSY_TIMEOUT_SECONDS, "cached_statements": PREPARED_STATEMENTS}
        options |= {"check_same_thread": False}
        engine = create_engine(parsed, connect_args=options, pool_use_lifo=True, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        _Turns(engine)
        return engine
    postgresql = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(postgresql, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "handle_error", _without_rows)
    return engine


class Database:
    """One engine and its two kinds of session: one that only reads, one that writes from its first statement."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._reads = sessionmaker(self.engine, expire_on_commit=False)
        self._writes = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)

    def reading(self) -> Session:
        """Return a session for a transaction that writes nothing; the caller closes it."""
        return self._reads()

    def writing(self) -> Session:
        """Return a session that holds SQLite's write lock from its first statement; the caller commits it."""
        return self._writes()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Run the block in one reading transaction."""
        with self._reads() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Run the block in one writing transaction: committed at its end, rolled back when it raises.

        Raises Unavailable("database-busy") when the database stays locked longer than the busy timeout, and
        Unavailable("store-full") when its disk is full.
        """
        try:
            with self._writes.begin() as session:
                yield session
        except OperationalError as error:
            told = unavailable(error)
            if told is None:
                raise
            raise told from error

    def dispose(self) -> None:
        """Close every pooled connection; also right after a fork, in the child."""
        self.engine.dispose()


def vacuum(database: Database) -> None:
    """Write the database's files anew without what was replaced or removed; nobody else should use it meanwhile."""
    sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw: Any = connection.connection.driver_connection
        if not sqlite:
            connection.exec_driver_sql("VACUUM FULL")
            return
        raw.rollback()
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def unavailable(error: OperationalError) -> Unavailable | None:
    """Return what a person is told when somebody else holds the database, or its disk is full; None otherwise."""
    text = str(error.orig).lower()
    if any(sign in text for sign in ("locked", "busy", "lock timeout", "deadlock")):
        log.warning("database busy: %s", error.orig)
        return Unavailable("database-busy")
    if "is full" in text or "no space left" in text:
        log.error("database full: %s", error.orig)
        return Unavailable("store-full")
    return None
