"""The closing day somebody chooses: read, checked against the group's calendar, with the national holidays it meets."""

from __future__ import annotations

from datetime import date, datetime

from flask import request
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput
from reviewtool.rules import calendar
from reviewtool.services import rulesets
from reviewtool.web.closings import day_words
from reviewtool.web.context import place_name
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined


def read_day(name: str) -> date:
    """Return a field as a day. Raises InvalidInput("date-bad")."""
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError as error:
        raise InvalidInput("date-bad", field=name) from error


def warning(day: str) -> str:
    """Ask whether a close stays on a day that is a holiday of some member; nothing on other days."""
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        return ""
    found = calendar.holidays_on(chosen, rulesets.calendar_of(reading(), workshop().group))
    if not found:
        return ""
    places = joined([place_name(holiday.administration) for holiday in found])
    return _("El %(day)s es feriado en %(places)s. ¿Mantener el cierre?", day=day_words(chosen), places=places)


def chosen_close(session: Session, *, keep: bool) -> datetime:
    """Return the closing instant of the day the form names.

    Raises InvalidInput: "closing-not-working" on a day without work, "closing-holiday" on a national holiday of some
    member that nobody has agreed to keep.
    """
    day = read_day("closes_on")
    days = rulesets.calendar_of(session, workshop().group)
    if not calendar.is_working_day(day, days):
        raise InvalidInput("closing-not-working", field="closes_on")
    if calendar.holidays_on(day, days) and not keep:
        raise InvalidInput("closing-holiday", field="closes_on")
    return calendar.closing_on(day, days)
