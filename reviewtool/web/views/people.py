"""People: one's own profile, and the group's members, observers and coordination."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from reviewtool import i18n
from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import absences, accounts, factors, feed_keys, notice_choices, people, role_terms, rulesets
from reviewtool.services.role_terms import Designation
from reviewtool.web import browsers, feeds, forms, identities, mail_words
from reviewtool.web.context import ROLES
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import by_field, say, status_of
from reviewtool.web.holidays import read_day
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined, ngettext
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
        with act() as (writing, by):
            accounts.change_password(writing, by, request.form.get("password", ""))
        browsers.begin(by)
    except InvalidInput as error:
        return _profile({error.field: say(error)}, me().language, me().timezone), status_of(error)
    flash(_("Se cambió la contraseña. Las demás sesiones se cerraron."), "success")
    return redirect(url_for("people.profile"), 303)


@blueprint.post("/perfil/avisos")
def save_mail() -> Any:
    """Save how a person is written to."""
    typed = {name: forms.line(name) for name in ("asked", "rest", "quiet_from", "quiet_until")}
    try:
        with act() as (writing, by):
            notice_choices.choose(writing, by.id, notice_choices.read(**typed))
    except InvalidInput as error:
        return _profile({error.field: say(error)}, me().language, me().timezone, typed), status_of(error)
    flash(_("Se guardó cuándo se le escribe."), "success")
    return redirect(url_for("people.profile") + "#mail", 303)


def _profile(errors: dict[str, str], language: str, timezone: str, mail: dict[str, str] | None = None) -> str:
    held = factors.held(reading(), me().id)
    return render_template(
        "people/profile.html",
        errors=errors,
        chosen_language=language,
        chosen_zone=timezone,
        languages=LANGUAGE_NAMES,
        zones=zones(timezone),
        mail=mail or _mail_choice(),
        asked_paces=mail_words.paces(is_asked=True),
        rest_paces=mail_words.paces(is_asked=False),
        hours=mail_words.hours(),
        held=held,
        held_told=_told(held),
        feeds=_feeds(),
        identity=identities.mine(),
        has_password=me().password_hash is not None,
    )


def _told(held: factors.Held) -> str:
    keys, codes = len(held.passkeys), held.codes
    parts = [_("una aplicación de códigos")] if held.app else []
    parts += [ngettext("%(num)s llave de acceso", "%(num)s llaves de acceso", keys)] if keys else []
    return joined([*parts, ngettext("%(num)s código de recuperación", "%(num)s códigos de recuperación", codes)])


def _feeds() -> list[tuple[str, str]]:
    """Return the addresses of the person's feeds and calendar with what they are; none when they have none."""
    token = feed_keys.token(reading(), current_app.config["SECRET_KEY"], me().id)
    named = (
        ("feeds.calendar", _("Plazos y reuniones, para su calendario")),
        ("feeds.own", _("Sus avisos, para un lector de noticias")),
        ("feeds.group", _("Lo que ocurre en el grupo, para un lector de noticias")),
    )
    return [(feeds.base() + url_for(endpoint, token=token), what) for endpoint, what in named] if token else []


def _mail_choice() -> dict[str, str]:
    chosen = notice_choices.of(reading(), me().id)
    hours = ("" if hour is None else str(hour) for hour in (chosen.quiet_from, chosen.quiet_until))
    return dict(zip(("asked", "rest", "quiet_from", "quiet_until"), (chosen.asked, chosen.rest, *hours), strict=True))


def zones(chosen: str) -> list[tuple[str, str]]:
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
    return render_template(
        "people/index.html",
        everybody=everybody,
        seats=seats,
        main_role=main_role,
        is_certified=people.is_certified,
        away=absences.away(reading(), rulesets.today(workshop().group)),
    )


DEPUTY = "deputy"  # a role of its own in the form: coordination as deputy


@blueprint.route("/grupo/funciones", methods=["GET", "POST"])
def terms() -> Any:
    """Show every role with its dates, and give a person another one."""
    people.ensure_may(me(), Act.manage_people)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            wanted, person_id = _designation(), forms.whole("person", 0)
            with act() as (writing, by):
                role_terms.designate(writing, workshop().group, person_id, wanted, by=by)
        except ReviewError as refused:
            error = refused
        else:
            flash(_("La designación quedó anotada."), "success")
            return redirect(url_for("people.terms"), 303)
    today = rulesets.today(workshop().group)
    page = render_template(
        "people/terms.html",
        terms=[(each, role_name(each.role, deputy=each.deputy)) for each in role_terms.every(reading())],
        today=today,
        ends=role_terms.DESIGNATED,
        people=[(str(each.id), each.name) for each in people.everybody(reading()) if each.active],
        roles=_roles(),
        typed={"starts_on": today.isoformat()} | request.form.to_dict(),
        errors=by_field(error),
    )
    return (page, status_of(error)) if error else page


@blueprint.route("/grupo/funciones/<int:term_id>/terminar", methods=["GET", "POST"])
def end_term(term_id: int) -> Any:
    """Let a role of a person end with a day."""
    people.ensure_may(me(), Act.manage_people)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            last = read_day("ends_on")
            with act() as (writing, by):
                role_terms.end(writing, workshop().group, term_id, last, forms.line("reference"), by=by)
        except ReviewError as refused:
            error = refused
        else:
            flash(_("El fin de la designación quedó anotado."), "success")
            return redirect(url_for("people.terms"), 303)
    term = role_terms.get(reading(), term_id)
    page = render_template(
        "people/end_term.html",
        term=term,
        role=role_name(term.role, deputy=term.deputy),
        typed={"ends_on": rulesets.today(workshop().group).isoformat()} | request.form.to_dict(),
        errors=by_field(error),
    )
    return (page, status_of(error)) if error else page


def _designation() -> Designation:
    asked = forms.line("role")
    deputy = asked == DEPUTY
    if not deputy and asked not in {role.value for role in role_terms.DESIGNATED}:
        raise InvalidInput("role-bad", field="role")
    until: date | None = read_day("ends_on") if forms.line("ends_on") else None
    role = Role.coordination if deputy else Role(asked)
    return Designation(role, read_day("starts_on"), until, forms.line("reference"), deputy)


def _roles() -> list[tuple[str, str]]:
    found = [(role.value, role_name(role)) for role in role_terms.DESIGNATED]
    return [found[0], (DEPUTY, role_name(Role.coordination, deputy=True)), *found[1:]]


def role_name(role: str, *, deputy: bool = False) -> str:
    """Return the name of a role."""
    return _("Coordinación adjunta") if deputy else _(ROLES[Role(role)])
