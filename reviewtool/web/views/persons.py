"""A person's page: roles, seat, certification and absences; their data in a file; erasing an account out of use."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from reviewtool.clock import now
from reviewtool.errors import ReviewError
from reviewtool.models import Person
from reviewtool.rules.permissions import Act
from reviewtool.services import absences, certifications, people, personal_data, rulesets
from reviewtool.web import forms
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import by_field, status_of
from reviewtool.web.holidays import read_day
from reviewtool.web.i18n import gettext as _
from reviewtool.web.seats import seat_name
from reviewtool.web.views.people import role_name

blueprint = Blueprint("persons", __name__)


@blueprint.get("/grupo/personas/<int:person_id>")
def page(person_id: int) -> Any:
    """Show what the group knows of a person."""
    return _page(person_id)


@blueprint.post("/grupo/personas/<int:person_id>/certificacion")
def certify(person_id: int) -> Any:
    """Note since when and until when a person is a certified expert trainer."""
    people.ensure_may(me(), Act.manage_people)

    def do() -> None:
        since, until = _day_or_none("certified_on"), _day_or_none("certified_until")
        with act() as (writing, by):
            certifications.certify(writing, workshop().group, person_id, since, until, by=by)

    return _done(person_id, do, _("La certificación quedó anotada."))


@blueprint.post("/grupo/personas/<int:person_id>/ausencias")
def declare(person_id: int) -> Any:
    """Note for somebody that they are away."""
    people.ensure_may(me(), Act.manage_people)
    return _done(person_id, lambda: _declare(person_id), _("La ausencia quedó anotada."))


@blueprint.post("/grupo/personas/<int:person_id>/ausencias/<int:absence_id>/retirar")
def take_back(person_id: int, absence_id: int) -> Any:
    """Take back an absence that was noted for somebody."""
    people.ensure_may(me(), Act.manage_people)
    return _done(person_id, lambda: _take_back(person_id, absence_id), _("La ausencia ya no figura."))


@blueprint.post("/perfil/ausencias")
def declare_own() -> Any:
    """Note that one is away."""
    person_id = me().id
    return _done(person_id, lambda: _declare(person_id), _("La ausencia quedó anotada."))


@blueprint.post("/perfil/ausencias/<int:absence_id>/retirar")
def take_back_own(absence_id: int) -> Any:
    """Take back an absence of one's own."""
    person_id = me().id
    return _done(person_id, lambda: _take_back(person_id, absence_id), _("La ausencia ya no figura."))


@blueprint.get("/perfil/datos.json")
def own_data() -> Response:
    """Send everything that is known of oneself."""
    return _file(me())


@blueprint.get("/grupo/personas/<int:person_id>/datos.json")
def data(person_id: int) -> Response:
    """Send everything that is known of a person, for whoever has no account in use and asked for it."""
    people.ensure_may(me(), Act.manage_people)
    return _file(people.get(reading(), person_id))


@blueprint.route("/grupo/personas/<int:person_id>/borrar", methods=["GET", "POST"])
def erase(person_id: int) -> Any:
    """Say what erasing takes out and what stays, and do it."""
    people.ensure_may(me(), Act.manage_people)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            with act() as (writing, by):
                name = personal_data.erase(writing, workshop().group, person_id, forms.line("reference"), by=by).name
        except ReviewError as refused:
            error = refused
        else:
            flash(
                _("Se borraron los datos de la cuenta de %(name)s; su nombre queda en lo que hizo.", name=name),
                "success",
            )
            return redirect(url_for("accounts.index"), 303)
    shown = render_template(
        "persons/erase.html",
        person=people.get(reading(), person_id),
        typed=request.form,
        errors=by_field(error),
        addresses_in_git=workshop().group.record_addresses == "real",
    )
    return (shown, status_of(error)) if error else shown


def _file(person: Person) -> Response:
    text = json.dumps(personal_data.gathered(reading(), person), ensure_ascii=False, indent=1)
    name = f"datos-{person.id}-{now():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text + "\n", mimetype="application/json", headers=headers)


def _declare(person_id: int) -> None:
    first, last = read_day("starts_on"), read_day("ends_on")
    with act() as (writing, by):
        absences.declare(writing, workshop().group, person_id, first, last, by=by)


def _take_back(person_id: int, absence_id: int) -> None:
    with act() as (writing, by):
        absences.take_back(writing, person_id, absence_id, by=by)


def _day_or_none(name: str) -> date | None:
    return read_day(name) if forms.line(name) else None


def _done(person_id: int, do: Callable[[], None], said: str) -> Any:
    end_reading()
    try:
        do()
    except ReviewError as error:
        if not any(by_field(error)):  # nothing of a form
            raise
        return _page(person_id, error), status_of(error)
    flash(said, "success")
    return redirect(url_for("persons.page", person_id=person_id), 303)


def _page(person_id: int, error: ReviewError | None = None) -> str:
    session, today = reading(), rulesets.today(workshop().group)
    person = people.get(session, person_id)
    return render_template(
        "persons/page.html",
        person=person,
        is_own=person.id == me().id,
        terms=[(each, role_name(each.role, deputy=each.deputy)) for each in person.terms],
        absences=absences.of_person(session, person.id, today),
        is_certified=people.is_certified(person, today),
        is_ending=certifications.is_ending(person, today),
        holds=people.holds,
        seat_name=seat_name,
        today=today,
        typed=request.form,
        errors=by_field(error),
    )
