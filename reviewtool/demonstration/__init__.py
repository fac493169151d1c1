"""The demonstration group and its believable past, made through the services that people use, with the clock set back.

`ensure` makes it where there is none; `scripts/` tells it, one file a proposal; `play` puts the acts in the order of
time and `stage` does them. Called by the command line and the tests; no production installation ever comes here.
"""

from __future__ import annotations

from collections.abc import Callable

from reviewtool import clock, installing
from reviewtool.demonstration import people
from reviewtool.demonstration.edits import TextMoved
from reviewtool.demonstration.people import PASSWORD, account_lines
from reviewtool.demonstration.play import perform
from reviewtool.demonstration.stage import Stage
from reviewtool.demonstration.timeline import Timeline
from reviewtool.errors import Conflict
from reviewtool.gitstore import maintenance
from reviewtool.group import Group
from reviewtool.rules import calendar
from reviewtool.services import installations, recording
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

__all__ = ["PASSWORD", "TextMoved", "account_lines", "create", "ensure", "load"]

FOUNDED = (-168, "09:02")  # working days ago: some eight months
JOINED = (-167, "10:15")
LAST_READ = (-6, "08:00")  # notices older than this have been read


def ensure(settings: Settings, say: Callable[[str], None]) -> Workshop:
    """Return the installation of the settings; makes the demonstration where there is none or one was left half made.

    A real installation is only opened. Raises InstallationError.
    """
    if installing.exists(settings):
        workshop = installing.open_existing(settings)
        if _is_whole(workshop):
            return workshop
        workshop.database.dispose()
        workshop.store.close()
        installing.remove(settings)
    say("Making the demonstration group and its past; this takes some seconds.")
    return create(settings)


def create(settings: Settings) -> Workshop:
    """Make an installation with the demonstration in it, its materials imported some eight months ago."""
    installing.ensure_folder(settings.var)
    timeline = _timeline(Group.load(settings.group_file))
    with clock.at(timeline.at(*FOUNDED)):
        workshop = installing.create(settings, demonstration=True)
    load(workshop)
    return workshop


def _is_whole(workshop: Workshop) -> bool:
    with workshop.database.read() as session:
        found = installations.find(session)
    return found is not None and (found.ready or not found.demonstration)


def _timeline(group: Group) -> Timeline:
    return Timeline(clock.now(), calendar.of_group(group))


def load(workshop: Workshop) -> None:
    """Make the group and its past in a fresh installation that is to be a demonstration; at the end it is ready."""
    timeline = _timeline(workshop.group)
    with clock.at(timeline.at(*JOINED)), workshop.database.write() as session:
        found = installations.find(session)
        if found is None or not found.demonstration or found.ready:
            raise Conflict("not-a-fresh-demonstration")
        ids = people.add_all(session, workshop.group)
    perform(Stage(workshop, ids), timeline)
    recording.record_group(workshop)
    recording.catch_up(workshop)
    with workshop.database.write() as session:
        people.read_notices(session, until=timeline.at(*LAST_READ))
    maintenance.pack(workshop.store)
    with workshop.database.write() as session:
        found = installations.find(session)
        if found is not None:
            found.ready = True
