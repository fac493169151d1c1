"""Corrections of form in a list: the coordination announces them, whoever takes part may separate one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import AlreadyDecided, InvalidInput, ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.services import form_corrections, people
from reviewtool.web import act_page, case, merge_page
from reviewtool.web.ballot_forms import Field, Form
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import pairs, text
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined

blueprint = Blueprint("form_corrections", __name__)


@blueprint.route("/correcciones", methods=["GET", "POST"])
def announce() -> Any:
    """List the corrections of form and announce those that are ticked, each a short silence of its own."""
    people.ensure_may(me(), Act.open_ballot)
    error: ReviewError | None = None
    if request.method == "POST":
        wanted = pairs("proposal")
        if wanted:
            end_reading()
            _announce(wanted)
            return redirect(url_for("desk.index"), 303)
        error = InvalidInput("none-chosen", field="proposal")
    page = render_template("form_corrections/announce.html", rows=_rows(), errors={"": say(error)} if error else {})
    return (page, status_of(error)) if error else page


def _announce(wanted: list[tuple[int, int]]) -> None:
    done = []
    for number, version in wanted:
        try:
            with act() as (session, by):
                form_corrections.announce(session, workshop(), number, by=by, revision=version)
        except ReviewError as refused:
            flash(_("P-%(number)s no se anunció: %(why)s", number=number, why=say(refused)), "error")
        else:
            done.append(f"P-{number}")
    if done:
        flash(_("Se anunciaron %(names)s. Cierran en tres días hábiles.", names=joined(done)), "success")


def _rows() -> list[dict[str, Any]]:
    found = []
    for each in form_corrections.candidates(reading(), workshop()):
        why_not = say(AlreadyDecided(each.why_not, number=each.number)) if each.why_not else ""
        summary = merge_page.summary(case.of_number(reading(), each.number))
        found.append({"it": each, "summary": summary, "why_not": why_not})
    return found


@blueprint.route("/propuestas/<int:number>/separar", methods=["GET", "POST"])
def separate(number: int) -> Any:
    """Take a correction out of its list."""
    people.ensure_may(me(), Act.separate_correction)
    error: ReviewError | None = None
    if request.method == "POST":
        try:
            with act() as (session, by):
                form_corrections.separate(session, number, by=by, reason=text("reason"))
        except ReviewError as refused:
            error = refused
            end_reading()
        else:
            flash(_("La corrección quedó separada de la lista: se decidirá por el procedimiento habitual."), "success")
            return redirect(url_for("proposals.page", number=number, _anchor="vote"), 303)
    found = case.of_number(reading(), number)
    listed = found.is_open and found.is_in_form_list
    reason = Field("reason", _("Por qué se separa"), value=text("reason"), required=True)
    title = _("Separar P-%(number)s de la lista", number=number)
    lead = _("La corrección deja de aprobarse por sí sola y espera una decisión por el procedimiento habitual.")
    url = url_for("form_corrections.separate", number=number)
    form = Form("separate", title, lead, url, _("Separar de la lista"), (reason,))
    return act_page.render(found, form, error, "" if listed else say(AlreadyDecided("not-in-a-list", number=number)))
