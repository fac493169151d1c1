"""Signing in and out, and asking for a new password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from reviewtool.clock import now
from reviewtool.services import invitations, people, sign_in_failures
from reviewtool.services.sign_in_failures import LINKS
from reviewtool.web import browsers, forms, keeping, throttle
from reviewtool.web.database import end_reading, reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.security import sign_in_page

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/entrar")
def sign_in() -> Any:
    """Show the sign-in page; who is signed in goes on."""
    if current_user.is_authenticated:
        return redirect(forms.local(request.args.get("next")) or url_for("home.index"))
    return sign_in_page(forms.local(request.args.get("next")) or "")


@blueprint.post("/entrar")
def enter() -> Any:
    """Sign a person in by address and password."""
    wanted, kept = forms.local(request.form.get("next")) or "", request.form.get("form", "")
    email = forms.line("email")
    if throttle.too_many(request.remote_addr or "", email):
        return sign_in_page(wanted, email, _("Demasiados intentos. Espere unos minutos y vuelva a probar."), kept), 429
    person = people.authenticate(reading(), email, request.form.get("password", "")[:1000])
    if person is None:
        throttle.note_failure(request.remote_addr or "", email)
        return sign_in_page(wanted, email, _("El correo o la contraseña no son correctos."), kept), 400
    throttle.forget(email)
    browsers.begin(person)
    with workshop().database.write() as writing:
        entered = people.get(writing, person.id)
        people.strengthen(entered, request.form["password"])
        people.note_visit(entered, now())
    form = keeping.opened(kept)
    if form is not None:
        return render_template("sessions/again.html", form=form)
    return redirect(wanted or url_for("home.index"), 303)


@blueprint.route("/entrar/contrasena", methods=["GET", "POST"])
def forgot() -> Any:
    """Let a person ask for a link to a new password: the same answer and the same work whoever has the address."""
    mails = current_app.config["MAILS"]
    if request.method == "GET" or not mails:
        return render_template("sessions/forgot.html", mails=mails, email="", error="", asked="pedido" in request.args)
    email, address = forms.line("email"), request.remote_addr or ""
    if throttle.too_many(address, email, LINKS):
        error = _("Demasiados pedidos. Espere unos minutos y vuelva a probar; revise también el correo no deseado.")
        return render_template("sessions/forgot.html", mails=mails, email=email, error=error, asked=False), 429
    end_reading()
    with workshop().database.write() as writing:
        sign_in_failures.note(writing, address, email, now(), LINKS)
        invitations.ask(writing, email)
    return redirect(url_for("sessions.forgot", pedido=1), 303)


@blueprint.get("/sesion")
def token() -> Any:
    """Give a page of somebody signed in the token that its forms need now: it may be of an earlier session."""
    return generate_csrf(), {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@blueprint.post("/salir")
def leave() -> Any:
    """Sign out of this browser."""
    browsers.end()
    flash(_("Cerró la sesión."), "success")
    answer = redirect(url_for("sessions.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'  # not its storage: what was typed and not sent waits there
    return answer
