"""Signing in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from reviewtool.clock import now
from reviewtool.services import installations, people
from reviewtool.web import forms, throttle
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/entrar")
def sign_in() -> Any:
    """Show the sign-in page; who is signed in goes on."""
    if current_user.is_authenticated:
        return redirect(forms.local(request.args.get("next")) or url_for("home.index"))
    return _page(forms.local(request.args.get("next")) or "")


@blueprint.post("/entrar")
def enter() -> Any:
    """Sign a person in by address and password."""
    wanted = forms.local(request.form.get("next")) or ""
    email = forms.line("email")
    if throttle.too_many(request.remote_addr or "", email):
        return _page(wanted, email, _("Demasiados intentos. Espere unos minutos y vuelva a probar.")), 429
    person = people.authenticate(reading(), email, request.form.get("password", "")[:1000])
    if person is None:
        throttle.note_failure(request.remote_addr or "", email)
        return _page(wanted, email, _("El correo o la contraseña no son correctos.")), 400
    throttle.forget(request.remote_addr or "", email)
    session.clear()
    session.permanent = True
    session["began"] = now().timestamp()
    login_user(person)
    with workshop().database.write() as writing:
        people.note_visit(people.get(writing, person.id), now())
    return redirect(wanted or url_for("home.index"), 303)


@blueprint.post("/salir")
def leave() -> Any:
    """Sign out of this browser."""
    logout_user()
    session.clear()
    flash(_("Cerró la sesión."), "success")
    return redirect(url_for("sessions.sign_in"), 303)


def _page(wanted: str, email: str = "", error: str = "") -> str:
    demonstration = installations.is_demonstration(reading())
    return render_template(
        "sessions/sign_in.html", wanted=wanted, email=email, error=error, demonstration=demonstration
    )
