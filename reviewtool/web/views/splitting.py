"""Moving some changes of a draft to a draft of their own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import ReviewError
from reviewtool.services import drafts, splitting
from reviewtool.web import drafting
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import text
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("splitting", __name__)


@blueprint.route("/borradores/<int:draft_id>/separar", methods=["GET", "POST"])
def choose(draft_id: int) -> Any:
    """Show the changes of a draft and move the ticked ones to a new draft."""
    error: ReviewError | None = None
    if request.method == "POST":
        try:
            with act() as (session, by):
                draft = drafts.get(session, draft_id, by=by)
                chosen = request.form.getlist("chosen")
                other = splitting.split(session, workshop(), draft, chosen, seen=text("seal"), by=by).id
        except ReviewError as refused:
            error = refused
            end_reading()
        else:
            flash(_("Los cambios que marcó están en este borrador nuevo; los demás quedaron en el otro."), "success")
            return redirect(url_for("drafts.documents", draft_id=other), 303)
    draft = drafts.get(reading(), draft_id, by=me())
    page = render_template(
        "drafts/split.html",
        draft=draft,
        documents=[drafting.divided(workshop(), each) for each in splitting.divided(workshop(), draft)],
        seal=splitting.seal(workshop(), draft),
        chosen=set(request.form.getlist("chosen")),
        errors={"": say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page
