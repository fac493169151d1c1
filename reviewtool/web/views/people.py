"""People: one's own profile, and the group's members, observers and coordination."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import login_user

from reviewtool import i18n
from reviewtool.errors import InvalidInput
from reviewtool.services import people
from reviewtool.web import forms
from reviewtool.web.database import act, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language as reader_language

blueprint = Blueprint("people", __name__)

LANGUAGE_NAMES = (("es", "Español"), ("en", "English"), ("pt", "Português"))


@blueprint.get("/perfil")
def profile() -> Any:
    """Show one's language, zone and password."""
    return _profile({}, me().language, me().timezone)


@blueprint.post("/perfil")
def save_profile() -> Any:
    """Save language and zone."""
    try:
        with act() as (writing, by):
            people.choose(by, language=forms.line("language"), timezone=forms.line("timezone"))
            writing.flush()
    except InvalidInput as error:
        page = _profile({error.field: say(error)}, forms.line("language"), forms.line("timezone"))
        return page, status_of(error)
    flash(_("Se guardaron sus preferencias."), "success")
    return redirect(url_for("people.profile"), 303)


@blueprint.post("/perfil/contrasena")
def save_password() -> Any:
    """Change one's password, which signs out every other browser."""
    try:
        if people.authenticate(reading(), me().email, request.form.get("current", "")[:1000]) is None:
            raise InvalidInput("password-current", field="current")
        with act() as (_writing, by):
            people.set_password(by, request.form.get("password", ""))
        session.pop("_user_id", None)
        login_user(by)
    except InvalidInput as error:
        return _profile({error.field: say(error)}, me().language, me().timezone), status_of(error)
    flash(_("Se cambió la contraseña. Las demás sesiones se cerraron."), "success")
    return redirect(url_for("people.profile"), 303)


def _profile(errors: dict[str, str], language: str, timezone: str) -> str:
    return render_template(
        "people/profile.html",
        errors=errors,
        chosen_language=language,
        chosen_zone=timezone,
        languages=LANGUAGE_NAMES,
        zones=_zones(timezone),
    )


def _zones(chosen: str) -> list[tuple[str, str]]:
    """Return the time zones by their cities: those of the group first, then the rest; a city once, as it is chosen."""
    near = {place.zone for place in workshop().group.administrations}
    elsewhere = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "US/"))}
    known = {chosen} & available_timezones()
    cities: dict[str, str] = {}
    for zones in (known, near, elsewhere):
        for zone in sorted(zones):
            cities.setdefault(i18n.city(zone, reader_language()), zone)
    ordered = sorted(cities, key=lambda city: (cities[city] not in near, i18n.collated(city)))
    return [(cities[city], city) for city in ordered]


@blueprint.get("/grupo")
def index() -> Any:
    """Show who is in the group, by role and administration."""
    everybody = [(person, people.roles(person)) for person in people.everybody(reading()) if person.active]
    order = ("coordination", "member", "observer", "reader")
    main_role = {person.id: next((role for role in order if role in held), "") for person, held in everybody}
    seats = people.seats(reading())
    return render_template("people/index.html", everybody=everybody, seats=seats, main_role=main_role)
