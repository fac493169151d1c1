"""The voting seats: who holds each as titular or alternate, from a day to a day, by which note."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.services import absences, people, rulesets, seat_holders
from reviewtool.services.seat_holders import Designation
from reviewtool.web import forms
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import by_field, status_of
from reviewtool.web.holidays import read_day
from reviewtool.web.i18n import gettext as _
from reviewtool.web.seats import by_name, seat_name

blueprint = Blueprint("seats", __name__)


@blueprint.route("/grupo/puestos", methods=["GET", "POST"])
def index() -> Any:
    """Show every seat with its holders, and designate another one."""
    people.ensure_may(me(), Act.manage_people)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            wanted, person_id = _designation(), forms.whole("person", 0)
            with act() as (writing, by):
                seat_holders.designate(writing, workshop().group, person_id, wanted, by=by)
        except ReviewError as refused:
            error = refused
        else:
            flash(_("La designación quedó anotada."), "success")
            return redirect(url_for("seats.index"), 303)
    session, today = reading(), rulesets.today(workshop().group)
    seats = by_name(seat_holders.every(session))
    page = render_template(
        "seats/index.html",
        seats=seats,
        seat_name=seat_name,
        today=today,
        holds=people.holds,
        away=absences.away(session, today),
        people=[(each.id, each.name) for each in people.everybody(session) if each.active],
        choices=[(seat.id, seat_name(seat)) for seat in seats] + [(seat_holders.NEW, _("Un puesto nuevo"))],
        typed={"starts_on": today.isoformat()} | request.form.to_dict(),
        errors=by_field(error),
    )
    return (page, status_of(error)) if error else page


@blueprint.route("/grupo/puestos/<int:holding_id>/terminar", methods=["GET", "POST"])
def end(holding_id: int) -> Any:
    """Let somebody's holding of a seat end with a day."""
    people.ensure_may(me(), Act.manage_people)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            last = read_day("ends_on")
            with act() as (writing, by):
                seat_holders.end(writing, workshop().group, holding_id, last, forms.line("reference"), by=by)
        except ReviewError as refused:
            error = refused
        else:
            flash(_("El fin de la designación quedó anotado."), "success")
            return redirect(url_for("seats.index"), 303)
    page = render_template(
        "seats/end.html",
        holding=seat_holders.get(reading(), holding_id),
        seat_name=seat_name,
        typed={"ends_on": rulesets.today(workshop().group).isoformat()} | request.form.to_dict(),
        errors=by_field(error),
    )
    return (page, status_of(error)) if error else page


def _designation() -> Designation:
    if forms.line("as") not in {"titular", "alternate"}:
        raise InvalidInput("titular-or-alternate", field="as")
    until: date | None = read_day("ends_on") if forms.line("ends_on") else None
    alternate = forms.line("as") == "alternate"
    return Designation(forms.whole("seat", -1), alternate, read_day("starts_on"), until, forms.line("reference"))
