"""The WSGI entry point: `gunicorn wsgi:app` behind a server of your own; `reviewtool serve` does the same by itself."""

from __future__ import annotations

from reviewtool.app import create_app
from reviewtool.settings import Settings

app = create_app(Settings.load())
