"""Decided in a meeting: one form with attendance and positions, for several ballots that it closes at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.services import meetings, people
from reviewtool.services.meetings import Meeting, Result
from reviewtool.web import meeting_page
from reviewtool.web.database import end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import line, pairs
from reviewtool.web.holidays import read_day
from reviewtool.web.i18n import gettext as _
from reviewtool.web.positions import outcome_name

blueprint = Blueprint("meetings", __name__)


@blueprint.route("/reunion", methods=["GET", "POST"])
def decide() -> Any:
    """Show the form; say what it would come to; or decide the proposals chosen, and name those that could not be."""
    people.ensure_may(me(), Act.decide_in_meeting)
    if request.method == "GET":
        return _page()
    try:
        meeting = _meeting()
        meetings.ensure_sound(meeting)
        wanted, to_open = pairs(meeting_page.OPEN), pairs(meeting_page.UNOPENED)
        if not wanted and not to_open:
            raise InvalidInput("none-chosen", field="proposal")
    except ReviewError as error:
        return _page({getattr(error, "field", ""): say(error)}, status_of(error))
    if line("step") == "look":
        return _page(meeting=meeting)
    by_id = me().id
    end_reading()
    return _told(meetings.decide_several(workshop(), wanted, meeting, by_id=by_id, to_open=to_open))


def _meeting() -> Meeting:
    if name := meeting_page.left_over():
        raise InvalidInput("not-attended", field=name)
    return Meeting(read_day("received_on"), line("reference"), meeting_page.stands())


def _told(results: Sequence[Result]) -> Any:
    """Name each proposal with its outcome; the form stays with what was typed where one was not decided."""
    for each in results:
        if each.outcome is not None:
            flash(_("P-%(number)s: %(outcome)s.", number=each.number, outcome=outcome_name(each.outcome)), "success")
    failed = [(each.number, each.error) for each in results if each.error is not None]
    if not failed:
        return redirect(url_for("desk.index"), 303)
    sentences = [_("P-%(number)s no se decidió: %(why)s", number=number, why=say(error)) for number, error in failed]
    return _page({"": " ".join(sentences)}, max(status_of(error) for _number, error in failed))


def _page(errors: dict[str, str] | None = None, status: int = 200, meeting: Meeting | None = None) -> Any:
    found = meetings.candidates(reading(), workshop()) + meetings.unopened(reading(), workshop())
    page = meeting_page.build(reading(), found, meeting)
    return render_template("meetings/decide.html", page=page, errors=errors or {}, looked=meeting is not None), status
