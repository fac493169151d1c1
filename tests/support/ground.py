"""The demonstration as an application that tests may wear out: clients of its people, and a way back to how it was."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reviewtool import demonstration
from reviewtool.app import create_app
from reviewtool.services import people
from reviewtool.settings import Settings
from tests.support import signed_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from reviewtool.services.workshop import Workshop

GROUP = Path(__file__).resolve().parent.parent.parent / "config" / "group.toml"
ADDRESS = "{}@demo.example"


@dataclass
class Ground:
    """An application on a demonstration of its own; errors become pages, as they do for people."""

    app: Flask
    workshop: Workshop
    folder: Path
    _clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        """Return the browser of somebody, by the beginning of their address; a stranger's for nobody."""
        if who not in self._clients:
            self._clients[who] = self.app.test_client()
            if who:
                with self.workshop.database.read() as session:
                    person = people.find_by_email(session, ADDRESS.format(who))
                assert person is not None, who
                signed_in.enter(self._clients[who], person)
        return self._clients[who]

    def forget(self, who: str) -> None:
        """Let somebody sign in anew the next time, as after an act that ended their session."""
        self._clients.pop(who, None)

    def remember(self, who: str, client: FlaskClient) -> None:
        """Let somebody go on with a browser from before."""
        self._clients[who] = client

    def forget_all(self) -> None:
        """Let everybody sign in anew the next time."""
        self._clients.clear()

    def keep(self) -> None:
        """Remember how everything stands, sign-ins too; for SQLite."""
        self.workshop.database.dispose()
        for name in KEPT:
            _copy(self.folder / name, self.folder / "kept" / name)

    def restore(self) -> None:
        """Go back to what was remembered; clients from before it stay signed in."""
        self.workshop.database.dispose()
        self.workshop.store.close()
        for name in KEPT:
            _copy(self.folder / "kept" / name, self.folder / name)


# Objects of the store stay, as they do after any act that failed: refs alone say what stands.
KEPT = ("reviewtool.db", "reviewtool.db-wal", "reviewtool.db-shm", "materials.git/refs", "materials.git/packed-refs")


def _copy(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copyfile(source, target)


def make(folder: Path, database_url: str | None = None) -> Ground:
    """Make a demonstration and the application on it; forms need no token."""
    given = {"database_url": database_url} if database_url else {}
    settings = Settings(var=folder, group_file=GROUP, secret_key="only-for-tests" * 4, **given)
    workshop = demonstration.ensure(settings, lambda _line: None)
    app = create_app(settings, workshop)
    app.config.update(WTF_CSRF_ENABLED=False)
    return Ground(app, workshop, folder)
