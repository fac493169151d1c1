"""Invitations: of one person, of a list that is looked at before anything is done, and what opening a link does."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import invitation_lists, invitations, people
from reviewtool.services.departures import Left, Purpose
from reviewtool.services.invitations import Chosen, Invitee
from reviewtool.web import forms, identities, keeping, link_rows, throttle
from reviewtool.web.context import ROLES, place_name, role_names
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language
from reviewtool.web.views.people import LANGUAGE_NAMES, zones

blueprint = Blueprint("invitations", __name__)
BOTH = ("GET", "POST")


@blueprint.route("/grupo/invitar", methods=BOTH)
def invite() -> Any:
    """Invite one person: by mail, or with a link to pass on where no mails are sent."""
    people.ensure_may(me(), Act.manage_people)
    if request.method == "GET":
        return _form({}, {})
    asked = forms.line("role")
    roles = frozenset(role for role in Role if role.value == asked)
    invitee = Invitee(forms.line("email"), forms.line("name"), forms.line("administration"), roles)
    end_reading()
    try:
        with act() as (writing, by):
            made = invitations.invite(writing, workshop().group, [invitee], by=by, mailed=link_rows.are_mailed())
    except ReviewError as error:
        return _form(request.form.to_dict(), {_field(error): say(error)}), status_of(error)
    return link_rows.given(made)


def _field(error: ReviewError) -> str:
    return str(getattr(error, "field", "") or error.facts.get("field", "") or "email")


def _form(typed: dict[str, str], errors: dict[str, str]) -> str:
    places = [(place.code, place_name(place.code)) for place in workshop().group.administrations]
    roles = [(role.value, _(name)) for role, name in ROLES.items()]
    return render_template(
        "invitations/new.html", typed=typed, errors=errors, places=places, roles=roles, mails=link_rows.are_mailed()
    )


@blueprint.route("/grupo/invitar/lista", methods=BOTH)
def invite_list() -> Any:
    """Read a list, show what would happen line by line, and do it only when the whole is right and confirmed."""
    people.ensure_may(me(), Act.manage_people)
    if request.method == "GET":
        return _list_page("", [], {})
    text, made = "", None
    try:
        text = _list_text()
        end_reading()
        with act() as (writing, by):
            lines = invitation_lists.read(writing, workshop().group, text)
            if forms.ticked("confirm") and not any(line.error for line in lines):
                invitees, mailed = [line.invitee for line in lines], link_rows.are_mailed()
                made = invitations.invite(writing, workshop().group, invitees, by=by, mailed=mailed)
    except InvalidInput as error:
        return _list_page(text, [], {"list": say(error)}), status_of(error)
    if made is not None:
        return link_rows.given(made)
    return _list_page(text, lines, {}), 400 if any(line.error for line in lines) else 200


def _list_text() -> str:
    file = request.files.get("file")
    if file is not None and file.filename:
        return invitation_lists.decoded(file.read(4 * invitation_lists.LIMIT + 1))
    return forms.text("list")


def _list_page(text: str, lines: list[invitation_lists.Line], errors: dict[str, str]) -> str:
    shown = [(line, role_names(line.invitee.roles), say(line.error) if line.error else "") for line in lines]
    places = [place_name(place.code) for place in workshop().group.administrations]
    return render_template(
        "invitations/list.html",
        text=text,
        lines=shown,
        wrong=sum(1 for _line, _roles, said in shown if said),
        errors=errors,
        places=places,
        mails=link_rows.are_mailed(),
    )


@blueprint.post("/grupo/invitaciones/<int:invitation_id>/mostrar")
def show(invitation_id: int) -> Any:
    """Show a link to pass on, when its mail did not arrive; whose password it would set hears of it."""
    people.ensure_may(me(), Act.manage_people)
    end_reading()
    with act() as (writing, by):
        link = invitations.show(writing, invitation_id, by=by)
    return link_rows.shown([link])


@blueprint.post("/grupo/invitaciones/<int:invitation_id>/retirar")
def withdraw(invitation_id: int) -> Any:
    """Let a link open nothing any more."""
    people.ensure_may(me(), Act.manage_people)
    end_reading()
    with act() as (writing, by):
        invitations.withdraw(writing, invitation_id, by=by)
    flash(_("El enlace ya no abre nada."), "success")
    return redirect(url_for("accounts.index"), 303)


@blueprint.route("/invitacion/<token>", methods=BOTH)
def accept(token: str) -> Any:
    """Let whoever has a link set up their account, or a new password."""
    secret = current_app.config["SECRET_KEY"]
    found = invitations.find(reading(), secret, token, now())
    typed = {"name": found.name, "language": language(), "timezone": _zone(found.administration)}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        typed |= {name: forms.line(name) for name in typed if name in request.form}
        chosen = Chosen(request.form.get("password", ""), typed["name"], typed["language"], typed["timezone"])
        try:
            if forms.line("way") == "identity" and found.for_account and identities.provider():
                return _with_identity(found.id, typed)
            end_reading()
            with workshop().database.write() as writing:
                invitations.accept(writing, workshop().group, secret, token, chosen)
        except ReviewError as error:
            errors, status = {_field(error): say(error)}, status_of(error)
        else:
            throttle.forget(found.email)  # who failed before asking for the link need not wait now
            flash(_("Ya puede entrar con su correo y su contraseña."), "success")
            return redirect(url_for("sessions.sign_in"), 303)
    page = render_template(
        "invitations/accept.html",
        invitation=found,
        place=place_name(found.administration),
        typed=typed,
        errors=errors,
        languages=LANGUAGE_NAMES,
        zones=zones(typed["timezone"]),
    )
    return page, status


def _with_identity(invitation_id: int, typed: dict[str, str]) -> str:
    """Let an invited person sign in at the provider instead of setting a password; what they chose waits."""
    people.checked_name(typed["name"])
    people.ensure_choice(typed["language"], typed["timezone"])
    kept = keeping.sealed(keeping.Form("", tuple(typed.items())))
    said = _("Entre ahora con esa cuenta: con ella se abre la suya aquí.")
    return identities.step(Left(Purpose.invitation, invitation_id=invitation_id, form=kept), said, request.path)


def _zone(administration: str) -> str:
    place = workshop().group.find_administration(administration)
    return place.zone if place else workshop().group.calendar.zone
