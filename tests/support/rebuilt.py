"""An installation that the records alone give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reviewtool.db import Database
from reviewtool.services import rebuilding, recording
from reviewtool.services.workshop import Workshop
from tests.support import journey


def rebuilt(workshop: Workshop, template: Path, folder: Path) -> Workshop:
    """Bring the record up to date, prove it, and return an installation made from it alone, proved too."""
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()
    path = folder / "empty.sqlite"
    path.write_bytes(template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    assert journey.findings(again) == ()
    return again
