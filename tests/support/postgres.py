"""A real PostgreSQL for one test process: initialised in a temporary folder, on a free port, gone at the end.

Its databases are copies of one migrated template. Nothing is flushed to disk: no test outlives a power cut.
"""

from __future__ import annotations

import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from reviewtool import migrate

START_SECONDS = 30
OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=60",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "timezone=UTC",
)


class Cluster:
    """A running server and the databases that tests take from it."""

    def __init__(self, port: int, password: str) -> None:
        self._port = port
        self._password = password
        self._numbers = itertools.count(1)

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://tests:{self._password}@127.0.0.1:{self._port}/{name}"

    def prepare(self) -> None:
        """Make the template: a database migrated to the head."""
        self._do("CREATE DATABASE migrated")
        migrate.upgrade(self.url("migrated"))

    @contextmanager
    def fresh(self, template: str = "migrated") -> Iterator[str]:
        """Lend a new database, a copy of the template, and drop it afterwards, whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self._do("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield self.url(name)
        finally:
            self._do("DROP DATABASE {} WITH (FORCE)", name)

    def _do(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]  # a variable, but ours


@contextmanager
def running(binaries: Path) -> Iterator[Cluster]:
    """Run a server of its own until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="reviewtool-pg-"))
    user = _other_user()
    server: subprocess.Popen[bytes] | None = None
    try:
        password = secrets.token_hex(16)
        _initialise(binaries, folder, password, user)
        port = _free_port()
        arguments = [str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
        for option in OPTIONS:
            arguments += ["-c", option]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(_as(user, arguments), stdout=log, stderr=log, cwd=folder)
        cluster = Cluster(port, password)
        _wait(cluster, server, folder / "log")
        cluster.prepare()
        yield cluster
    finally:
        if server is not None:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(binaries: Path, folder: Path, password: str, user: str | None) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if user is not None:  # the server refuses to run as root
        for path in (folder, secret):
            shutil.chown(path, user)
    arguments = [str(binaries / "initdb"), "--no-sync", "--username=tests", f"--pwfile={secret}"]
    arguments += ["--auth=password", "--encoding=UTF8", "--locale=C", f"--pgdata={folder / 'data'}"]
    made = subprocess.run(_as(user, arguments), capture_output=True, text=True, cwd=folder, check=False)
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {made.stderr.strip()}")


def _other_user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _as(user: str | None, arguments: list[str]) -> list[str]:
    # pdeathsig: a killed test run leaves no server behind. INT is PostgreSQL's fast shutdown.
    tool = shutil.which("setpriv")
    if tool is None:
        return arguments if user is None else ["runuser", "-u", user, "--", *arguments]
    other = [] if user is None else [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]
    return [tool, *other, "--pdeathsig=INT", "--", *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            psycopg.connect(cluster.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)  # polling a process that is starting, with the bound above
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}")
