"""Signing in and out, and asking for a new password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from reviewtool.clock import now
from reviewtool.services import invitations, people, sign_in_failures
from reviewtool.services.sign_in_failures import LINKS
from reviewtool.web import browsers, entering, forms, limits, passkey_asks, second_step, throttle
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
    """Take address and password; sign the person in, or ask for their second step."""
    wanted, kept = _wanted(), _kept()
    email = forms.line("email")
    if throttle.too_many(request.remote_addr or "", email):
        return sign_in_page(wanted, email, _("Demasiados intentos. Espere unos minutos y vuelva a probar."), kept), 429
    person = people.authenticate(reading(), email, request.form.get("password", "")[:1000])
    if person is None:
        throttle.note_failure(request.remote_addr or "", email)
        return sign_in_page(wanted, email, _("El correo o la contraseña no son correctos."), kept), 400
    with workshop().database.write() as writing:
        people.strengthen(people.get(writing, person.id), request.form["password"])
    return entering.after_first_step(person, wanted, kept)


@blueprint.post("/entrar/segundo-paso")
def show_factor() -> Any:
    """Sign in who has given the password and now gives a code, or lets a passkey sign."""
    person = second_step.who()
    if person is None:
        said = _("Pasó demasiado tiempo desde la contraseña. Entre otra vez.")
        return sign_in_page(_wanted(), "", said, _kept()), 400
    if throttle.too_many(request.remote_addr or "", person.email):
        return entering.second_page(
            person, _wanted(), _kept(), _("Demasiados intentos. Espere unos minutos y vuelva a probar.")
        ), 429
    if not second_step.accepts(person, request.form.get("code", ""), request.form.get("passkey", "")):
        throttle.note_failure(request.remote_addr or "", person.email)
        return entering.second_page(person, _wanted(), _kept(), _("El código o la llave no son correctos.")), 400
    return entering.let_in(person, _wanted(), _kept())


@blueprint.post("/entrar/llave")
def enter_with_passkey() -> Any:
    """Sign in whoever a passkey that knows its person belongs to."""
    answer, address = request.form.get("passkey", ""), request.remote_addr or ""
    account = f"passkey {answer[:200]}"  # begins with the id of the key, whether it exists or not
    if throttle.too_many(address, account):
        said = _("Demasiados intentos. Espere unos minutos y vuelva a probar.")
        return sign_in_page(_wanted(), "", said, _kept()), 429
    signer = passkey_asks.signer(answer)
    person = people.find(reading(), signer) if signer else None
    if person is None or not person.active:
        throttle.note_failure(address, account)
        said = _("Esa llave no abre ninguna cuenta de este grupo. Entre con su correo y su contraseña.")
        return sign_in_page(_wanted(), "", said, _kept()), 400
    return entering.let_in(person, _wanted(), _kept())


def _wanted() -> str:
    return forms.local(request.form.get("next")) or ""


def _kept() -> str:
    return request.form.get("form", "")


@blueprint.route("/entrar/contrasena", methods=["GET", "POST"])
@limits.reset
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
