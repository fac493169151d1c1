"""A person's feeds and calendar, for programs that know no sign-in: the secret in the address says whose they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, request, url_for

from reviewtool.clock import now
from reviewtool.models import Person
from reviewtool.rules.permissions import Act, may
from reviewtool.services import appointments, editions, feed_keys, logbook, notices, people
from reviewtool.web import acts, feeds, logbook_rows, waiting
from reviewtool.web.database import act, reading, workshop
from reviewtool.web.feeds import Item
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language

blueprint = Blueprint("feeds", __name__)

MOST: Final = 50
FRESH: Final = timedelta(minutes=15)  # so long a program need not ask again
#: What the feed of the group tells to whom reads decisions alone, and to whom reads the discussion.
DECIDED: Final = ("merged", "ballot_closed")
DISCUSSED: Final = (
    *("submitted", "revised", "withdrawn", "reopened", "consultation_extended", "consultation_closed"),
    *("ballot_opened", "ballot_continued", "ballot_extended", "silence_interrupted"),
    *("objection_raised", "objection_lifted"),
)


@blueprint.post("/perfil/fuentes")
def give() -> Any:
    """Give a person new addresses; those they had hold no more."""
    with act() as (session, by):
        feed_keys.give(session, by.id)
    flash(_("Estas son sus direcciones. Las anteriores, si las había, ya no sirven."), "success")
    return redirect(url_for("people.profile") + "#feeds", 303)


@blueprint.post("/perfil/fuentes/anular")
def take_back() -> Any:
    """Let a person's addresses hold no more."""
    with act() as (session, by):
        feed_keys.take_back(session, by.id)
    flash(_("Las direcciones de sus fuentes y de su calendario ya no sirven."), "success")
    return redirect(url_for("people.profile") + "#feeds", 303)


@blueprint.get("/fuentes/<token>/avisos.atom")
def own(token: str) -> Response:
    """Return the notices of a person."""
    person = _reader(token)
    reads = _reads(person)
    items = []
    for owed in notices.inbox(reading(), person.id, limit=MOST):
        said = waiting.one_said(owed, person.id)
        text = (owed.body if owed.replacement is None else owed.replacement) if reads or not owed.proposal else ""
        items.append(Item(f"aviso/{owed.id}", said.title, said.url, owed.at, owed.by, text))
    title = f"{_('Avisos')} · {_product()}"
    made = feeds.atom(f"avisos/{person.id}", title, items, path="/avisos", began=person.created_at)
    return _answer(made, "application/atom+xml", max([item.at for item in items], default=person.created_at))


@blueprint.get("/fuentes/<token>/grupo.atom")
def group(token: str) -> Response:
    """Return what happened in the group, as far as the person may read it."""
    person = _reader(token)
    reads = _reads(person)
    asked = logbook.Asked(kinds=(*DECIDED, *DISCUSSED) if reads else DECIDED)
    page = logbook.page(reading(), asked, reader=person.id, size=MOST)
    names = logbook_rows.seat_names(page.seats)
    items = [
        Item(
            f"acto/{entry.id}",
            f"P-{entry.number} · {entry.title}: {acts.told(entry, names)}",
            f"/propuestas/{entry.number}",
            entry.at,
            logbook_rows.who(entry),
            acts.reason(entry) if reads else "",
        )
        for entry in page.rows
    ]
    for edition in editions.all_of_them(reading()):
        said = _("Se publicó la edición «%(title)s»", title=edition.name)
        name = edition.published_by.name
        items.append(Item(f"edicion/{edition.tag}", said, "/ediciones", edition.published_at, name, edition.note))
    newest = sorted(items, key=lambda item: item.at, reverse=True)[:MOST]
    title = workshop().group.name(language())
    made = feeds.atom("grupo", title, newest, path="/", began=person.created_at)
    return _answer(made, "application/atom+xml", max([item.at for item in newest], default=person.created_at))


@blueprint.get("/fuentes/<token>/plazos.ics")
def calendar(token: str) -> Response:
    """Return when consultations and ballots close, and the group's meetings."""
    person = _reader(token)
    found = appointments.of_group(reading(), now())
    made = feeds.calendar(f"{_('Plazos')} · {_product()}", found)
    return _answer(made, "text/calendar", max([each.changed_at for each in found], default=person.created_at))


def _reader(token: str) -> Person:
    """Return whose feeds are asked for, and speak their language; whatever is wrong, the answer is the same."""
    person = feed_keys.person_of(reading(), current_app.config["SECRET_KEY"], token)
    if person is None:
        abort(404)
    g.language, g.zone = person.language, person.timezone
    return person


def _reads(person: Person) -> bool:
    allowed = workshop().group.readers_see_discussion
    return may(people.roles(person), Act.read_discussion, readers_see_discussion=allowed)


def _product() -> str:
    return workshop().group.product_name(language())


def _answer(made: bytes, kind: str, changed_at: datetime) -> Response:
    response = Response(made, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = f"private, max-age={int(FRESH.total_seconds())}"
    response.last_modified = changed_at
    response.add_etag()
    response.make_conditional(request)
    return response
