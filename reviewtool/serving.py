"""The web server: gunicorn with threads, and the recorder beside it. Called by `reviewtool serve`."""

from __future__ import annotations

import errno
import gc
import logging
import socket
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy.orm import configure_mappers

from reviewtool.app import create_app
from reviewtool.errors import ReviewError
from reviewtool.installing import InstallationError
from reviewtool.services import recording, refmoves
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

log = logging.getLogger(__name__)

GRACE_SECONDS = 20
REQUEST_SECONDS = 120


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn, configured by our settings; the application is made once, before the workers are forked."""

    def __init__(self, settings: Settings, workshop: Workshop) -> None:
        self.settings, self.workshop = settings, workshop
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn what the settings say."""
        options: dict[str, Any] = {
            "bind": [f"{self.settings.host}:{self.settings.port}"],
            "workers": self.settings.workers,
            "threads": self.settings.threads,
            "worker_class": "gthread",
            "preload_app": True,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": REQUEST_SECONDS,
            "keepalive": 30,
            "loglevel": "warning",
            "post_worker_init": self._begin,
            "worker_exit": self._end,
        }
        for key, value in options.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        """Make the application."""
        app = create_app(self.settings, self.workshop)
        self.workshop.database.dispose()
        _share(app)
        return app

    def _begin(self, worker: Any) -> None:
        worker.recorder = recording.Recorder(self.workshop, self.settings.var / "recorder.lock")
        worker.recorder.start()

    def _end(self, _server: Any, worker: Any) -> None:
        recorder = getattr(worker, "recorder", None)
        if recorder is not None:
            recorder.stop()


def _share(app: Flask) -> None:
    """Make before the fork what every worker needs and keep the collector off it: its memory stays shared."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    configure_mappers()
    gc.collect()
    gc.freeze()


def ensure_port_free(settings: Settings) -> None:
    """Raise InstallationError with one sentence when nothing can listen there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise InstallationError(
                    f"Port {settings.port} is in use. Choose another one, for example: PORT={settings.port + 1}"
                ) from error
            raise InstallationError(
                f"Nothing can listen on {settings.host}:{settings.port} ({error.strerror})."
            ) from error


def serve(settings: Settings, workshop: Workshop) -> None:
    """Finish what a killed process left pending, then serve until stopped; SIGTERM lets requests end."""
    ensure_port_free(settings)
    try:
        finished = refmoves.reconcile(workshop)
        if finished:
            log.info("finished %s pending moves", finished)
    except ReviewError as error:
        log.warning("pending moves cannot be finished now: %s", error.code)
    sys.argv = sys.argv[:1]  # gunicorn reads the command line too
    Server(settings, workshop).run()
