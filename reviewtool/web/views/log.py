"""The log: every act with who, when and on what, newest first, filtered; on a page and as a table for spreadsheets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from reviewtool.rules.permissions import Act
from reviewtool.services import logbook
from reviewtool.services.logbook import Asked
from reviewtool.web import acts, closings, forms, logbook_rows, spreadsheets
from reviewtool.web.database import end_reading, me, reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.security import only_who_may
from reviewtool.web.spans import asked_span

blueprint = Blueprint("log", __name__)
blueprint.before_request(only_who_may(Act.read_discussion))
FILTERS = ("persona", "propuesta", "acto", "desde", "hasta")
_NUMBER = re.compile(r"(?:[Pp]-?)?([0-9]{1,9})")


@dataclass(frozen=True)
class Wanted:
    """What the address asks, whom one may ask for, and what is wrong with the address by field."""

    asked: Asked
    people: list[tuple[str, str]]
    errors: dict[str, str]


@blueprint.get("/registro")
def index() -> tuple[str, int]:
    """Show fifty acts; what the filter asks and makes no sense is said and asks nothing."""
    wanted, typed = _wanted(), _typed()
    found = logbook.page(
        reading(), wanted.asked, reader=me().id, before=forms.asked("antes", 0), after=forms.asked("despues", 0)
    )
    return render_template(
        "log/index.html",
        rows=logbook_rows.rows(found.rows, found.seats),
        older=url_for("log.index", **typed, antes=found.older) if found.older else "",
        newer=url_for("log.index", **typed, despues=found.newer) if found.newer is not None else "",
        table=url_for("log.table", **typed) if found.rows and not wanted.errors else "",
        typed=dict.fromkeys(FILTERS, "") | typed,
        people=wanted.people,
        kinds=logbook_rows.kinds(),
        filtered=bool(typed),
        city=closings.city(),
        errors=wanted.errors,
        error=dict.fromkeys(FILTERS, "") | wanted.errors,
    ), 400 if wanted.errors else 200


@blueprint.get("/registro.csv")
def table() -> Any:
    """Send all the acts that fit the filter; of a filter that makes no sense the page tells why."""
    if (wanted := _wanted()).errors:
        return redirect(url_for("log.index", **_typed()))
    seats, reader = logbook.seats(reading()), me().id
    end_reading()  # a table may be long under way, and each of its batches has a session of its own
    lines = logbook_rows.table(logbook.batches(workshop().database, wanted.asked, reader=reader), seats)
    return spreadsheets.sent("registro", lines)


def _typed() -> dict[str, Any]:
    return {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}


def _wanted() -> Wanted:
    errors: dict[str, str] = {}
    typed, people = _typed(), logbook_rows.people(logbook.actors(reading()))
    number, kinds = _NUMBER.fullmatch(typed.get("propuesta", "")), acts.kinds_of(typed.get("acto", ""))
    person = typed.get("persona")
    if person is not None and person not in {known for known, _name in people}:
        errors["persona"], person = _("Elija una persona de la lista."), None
    if "propuesta" in typed and not number:
        errors["propuesta"] = _("Escriba el número de una propuesta, como P-7.")
    if "acto" in typed and not kinds:
        errors["acto"] = _("Elija una clase de acto de la lista.")
    span = asked_span(errors)
    asked = Asked(
        person=int(person) if person is not None else None,
        proposal=int(number[1]) if number else None,
        kinds=kinds,
        since=span.since,
        until=span.until,
    )
    return Wanted(asked, people, errors)
