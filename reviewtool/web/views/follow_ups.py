"""Writing down what became of a merged change: sent to whom, and with what answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.clock import now
from reviewtool.errors import ReviewError
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import follow_ups, people, proposals
from reviewtool.web.database import act, end_reading, me, reading
from reviewtool.web.errors import say, status_of
from reviewtool.web.follow_up_rows import recipient_name, rows, step_name
from reviewtool.web.forms import line, text
from reviewtool.web.holidays import read_day
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("follow_ups", __name__)


@blueprint.route("/propuestas/<int:number>/seguimiento", methods=["GET", "POST"])
def new(number: int) -> Any:
    """Write down one step of the follow-up of a merged proposal."""
    people.ensure_may(me(), Act.record_follow_up)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            day = read_day("on")
            step = follow_ups.Step(line("recipient"), line("step"), day, line("reference"), text("note"))
            with act() as (session, by):
                follow_ups.record(session, number, step, by=by)
        except ReviewError as refused:
            error = refused
        else:
            flash(_("El seguimiento quedó anotado."), "success")
            return redirect(url_for("proposals.page", number=number, _anchor="follow-up"), 303)
    proposal = proposals.get(reading(), number)
    ensure_allowed(Act.record_follow_up, State(proposal.state))
    page = render_template(
        "follow_ups/new.html",
        proposal=proposal,
        rows=rows(reading(), proposal),
        recipients=[(each, recipient_name(each)) for each in follow_ups.RECIPIENTS],
        steps=[(each, step_name(each)) for each in follow_ups.STEPS],
        typed={"on": f"{now():%Y-%m-%d}"} | request.form.to_dict(),
        errors={getattr(error, "field", ""): say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page
