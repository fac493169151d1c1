"""The private note of a delegation about a proposal, on the proposal's page and alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.services import people, private_notes, proposals
from reviewtool.web.database import act, end_reading, me, reading
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import text, whole
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("private_notes", __name__)


@blueprint.route("/propuestas/<int:number>/nota", methods=["GET", "POST"])
def edit(number: int) -> Any:
    """Write the private note of one's delegation."""
    people.ensure_may(me(), Act.keep_private_note)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            with act() as (session, by):
                private_notes.save(session, number, text("body"), by=by, seen=whole("seen", 0))
        except ReviewError as refused:
            error = refused
        else:
            flash(_("La nota quedó guardada."), "success")
            return redirect(url_for("proposals.page", number=number, _anchor="note"), 303)
    page = render_template(
        "private_notes/edit.html",
        proposal=proposals.get(reading(), number),
        note=private_notes.find(reading(), number, me()),
        typed=text("body") if error else None,
        errors={getattr(error, "field", ""): say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page
