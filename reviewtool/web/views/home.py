"""The home page: what waits for the person who opens it. Also the accessibility statement and the sign of life."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from reviewtool.errors import ReviewError
from reviewtool.services import documents, notices, people
from reviewtool.web import home_page
from reviewtool.web.database import act, reading, workshop

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> str:
    """Show what waits for the person, what closes next and what is new."""
    return home_page.render()


@blueprint.get("/accesibilidad")
def accessibility() -> str:
    """Show what was done so that everybody can use this, its known limits, and whom to write to."""
    coordinating = set(people.coordination(reading()))
    contacts = [person for person in people.everybody(reading()) if person.id in coordinating and person.active]
    return render_template("home/accessibility.html", contacts=contacts)


@blueprint.get("/salud")
def healthy() -> Any:
    """Answer «ok» while the database answers and the published text can be read; else 503."""
    try:
        reading().execute(text("SELECT 1"))
        documents.tip(workshop())
    except (ReviewError, SQLAlchemyError, OSError):
        return Response("unavailable\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


@blueprint.post("/avisos/leidos")
def mark_read() -> Any:
    """Count the notices that the home page showed as read."""
    ids = [int(raw) for raw in request.form.getlist("notice") if raw.isdecimal() and len(raw) < 10][:100]
    with act() as (session, by):
        notices.mark_read(session, by.id, ids)
    return redirect(url_for("home.index"), 303)
