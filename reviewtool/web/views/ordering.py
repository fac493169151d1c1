"""Choosing which of two proposals is decided first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import ReviewError
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import ordering, people, proposals
from reviewtool.web.database import act, end_reading, me, reading
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import text, whole
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("ordering", __name__)


@blueprint.route("/propuestas/<int:number>/orden", methods=["GET", "POST"])
def choose(number: int) -> Any:
    """Let a proposal wait until another one on the same documents is over."""
    people.ensure_may(me(), Act.order_proposals)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            with act() as (session, by):
                ordering.choose_first(session, number, whole("first", 0) or None, by=by, reason=text("reason"))
        except ReviewError as refused:
            error = refused
        else:
            flash(_("El orden quedó guardado."), "success")
            return redirect(url_for("proposals.page", number=number), 303)
    proposal = proposals.get(reading(), number)
    ensure_allowed(Act.order_proposals, State(proposal.state))
    page = render_template(
        "ordering/choose.html",
        proposal=proposal,
        others=ordering.others(reading(), number),
        present=ordering.waits_for(reading(), number),
        typed=request.form,
        errors={getattr(error, "field", ""): say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page
