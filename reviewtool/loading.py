"""What a worker of the server holds: the application, made once before the workers are forked, and the recorder.

Called by `serving` in the process that forks the workers, and in each of them when it begins and ends.
"""

from __future__ import annotations

import logging
import sys

from flask import Flask
from sqlalchemy.orm import configure_mappers

from reviewtool import i18n
from reviewtool.app import create_app, make_workshop
from reviewtool.services.recording import Recorder
from reviewtool.settings import Settings

SWITCH_SECONDS = 0.0005
_recorders: list[Recorder] = []  # the one of this process, made before the fork and begun after it


def load() -> Flask:
    """Make the application of the installation that the environment names, ready to be shared by forked workers."""
    settings = Settings.load()
    begin_log(settings)
    workshop = make_workshop(settings)
    app = create_app(settings, workshop)
    _recorders.append(Recorder(workshop, settings.var / "recorder.lock"))
    workshop.database.dispose()
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    configure_mappers()
    i18n.load(settings.default_language)
    return app


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
    """Write the log to standard error: our own from the level that is set, that of libraries from warnings on."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("reviewtool").setLevel(settings.log_level)
