"""From a day to a day, as a filter asks it in the address: «desde» and «hasta», both days included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request

from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import zone

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)  # beyond them an instant may be no instant in some zone


@dataclass(frozen=True)
class Span:
    """From an instant on, before another, in the reader's zone; None where nothing is asked."""

    since: datetime | None
    until: datetime | None


def asked_span(errors: dict[str, str]) -> Span:
    """Read both days; one that cannot be read, or the second before the first, is said and asks nothing."""
    since, until = _day("desde", errors), _day("hasta", errors)
    if since and until and until < since:
        errors["hasta"] = _("El último día es anterior al primero.")
        until = None
    return Span(_start(since), _start(until + timedelta(days=1)) if until else None)


def _day(name: str, errors: dict[str, str]) -> date | None:
    raw = request.args.get(name, "").strip()
    try:
        found = date.fromisoformat(raw) if raw else None
    except ValueError:
        found = date.min
    if found is None or FIRST <= found <= LAST:
        return found
    errors[name] = _("Escriba una fecha, como 2026-06-05.")
    return None


def _start(day: date | None) -> datetime | None:
    """Return the first instant of a day in the reader's zone."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone())) if day else None
