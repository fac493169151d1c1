"""What a worker of the server holds: the application, made once before the workers are forked, and the recorder.

Called by `serving` in the process that forks the workers, and in each of them when it begins and ends.
"""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
import threading
import time
from typing import Final

from flask import Flask, g
from sqlalchemy import func, select
from sqlalchemy.orm import configure_mappers

from reviewtool import i18n
from reviewtool.app import create_app, make_workshop
from reviewtool.models import Person, Proposal
from reviewtool.services import inspections, people
from reviewtool.services.recording import Recorder
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

log = logging.getLogger(__name__)
SWITCH_SECONDS = 0.0005
_recorders: list[Recorder] = []  # the one of this process, made before the fork and begun after it


def load() -> Flask:
    """Make the application of the installation that the environment names, ready to be shared by forked workers."""
    settings = Settings.load()
    begin_log(settings)
    workshop = make_workshop(settings)
    app = create_app(settings, workshop)
    _recorders.append(recorder(settings, workshop))
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    configure_mappers()
    i18n.load(settings.default_language)
    _open_pages(app, workshop)
    workshop.store.close()
    workshop.database.dispose()
    gc.collect()
    return app


def recorder(settings: Settings, workshop: Workshop) -> Recorder:
    """Return the recorder of an installation, not yet begun; of all that begin, one works."""
    return Recorder(workshop, settings.var / "recorder.lock", _inspect)


def _open_pages(app: Flask, workshop: Workshop) -> None:
    """Open the pages that people open most, as one of them: what that makes for good is then shared by the workers.

    Nothing is written, as it would be for somebody who really comes. Whatever fails here is only logged: a server that
    starts while its database does not answer says so on each page, and goes on when it does.
    """
    try:
        with workshop.database.read() as session:
            newest = session.scalar(select(func.max(Proposal.number)))
            person = next((each for each in people.everybody(session) if people.roles(each)), None)
        for path in ["/", "/propuestas"] + ([f"/propuestas/{newest}"] if newest else []):
            if person is not None:
                _open(app, person, path)
    except Exception:
        log.exception("pages could not be opened ahead")


def _open(app: Flask, person: Person, path: str) -> None:
    with app.test_request_context(path):
        g._login_user = person  # where flask_login keeps who is signed in, for the length of a request
        app.dispatch_request()


_COMMANDS: Final = {inspections.VERIFICATION: "verify", inspections.BACKUP: "backup"}


def _inspect(kind: str, asked: int) -> None:
    """Verify or back up in a process of its own, which needs as much memory as a worker and goes with it."""
    command = [sys.executable, "-m", "reviewtool.cli", _COMMANDS[kind], f"--asked={asked}"]
    threading.Thread(
        target=subprocess.run,
        args=(command,),
        kwargs={"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "check": False},
        daemon=True,
    ).start()


def begin() -> None:
    """Let the recorder of this worker begin, and on SQLite its threads take short turns."""
    if _recorders[0].workshop.database.engine.dialect.name == "sqlite":
        # Who holds the write lock lets go of the interpreter at each statement; by default it would then wait 5 ms for
        # it whenever another thread computes, and everybody else for the lock.
        sys.setswitchinterval(SWITCH_SECONDS)
    _recorders[0].start()


def end() -> None:
    """Let the recorder of this worker end after what it is writing."""
    for recorder in _recorders:
        recorder.stop()


def begin_log(settings: Settings) -> None:
    """Write the log to standard error: our own from the level set, libraries' from warnings on; in UTC."""
    logging.Formatter.converter = time.gmtime
    line = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, format=line, datefmt="%Y-%m-%dT%H:%M:%SZ")
    logging.getLogger("reviewtool").setLevel(settings.log_level)
