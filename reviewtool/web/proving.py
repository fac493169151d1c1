"""Binding acts ask who is there again: after a quarter of an hour a browser left open incorporates nothing.

The page that asks carries the whole form, so that nothing typed is lost; with the password it goes where it was going.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Flask, g, render_template, request
from flask_login import current_user

from reviewtool.clock import now
from reviewtool.models import SignIn
from reviewtool.services import passwords, sign_ins
from reviewtool.web import throttle
from reviewtool.web.audience import NEEDS
from reviewtool.web.database import me, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.security import may_now

AGAIN_AFTER: Final = timedelta(minutes=15)
BINDING: Final = frozenset(
    {
        "merging.merge",
        "merging.several",
        "editions.publish",
        "rules.new",
        "rules.days",
        "people.terms",
        "people.end_term",
        "seats.index",
        "seats.end",
        "persons.certify",
        "persons.erase",
        "accounts.change",
        "accounts.password_link",
        "invitations.invite",
        "invitations.invite_list",
    }
)
NOT_CARRIED: Final = frozenset({"csrf_token", "proof"})


def is_asked() -> bool:
    """Say whether the act of this request needs its person to show again who they are."""
    if request.method != "POST" or request.endpoint not in BINDING or not current_user.is_authenticated:
        return False
    needed = NEEDS[request.endpoint]
    if needed is None or not may_now(needed):  # refused by the view in any case
        return False
    if request.endpoint == "invitations.invite_list" and "confirm" not in request.form:  # only looked at
        return False
    browser: SignIn = g.browser
    return now() - browser.proved_at > AGAIN_AFTER


def ask(error: str = "") -> str:
    """Show the page that asks for the password and carries the form."""
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_CARRIED]
    return render_template("sessions/prove.html", carried=carried, to=request.full_path.rstrip("?"), error=error)


def init_app(app: Flask) -> None:
    """Ask before every binding act; after `security`, which tells who is there."""

    @app.before_request
    def before_a_binding_act() -> Any:
        if not is_asked():
            return None
        if "proof" not in request.form:
            return ask(), 401
        email, address = me().email, request.remote_addr or ""
        if throttle.too_many(address, email):
            return ask(_("Demasiados intentos. Espere unos minutos y vuelva a probar.")), 429
        if not passwords.matches(me().password_hash, request.form["proof"][:1000]):
            throttle.note_failure(address, email)
            return ask(_("La contraseña no es correcta.")), 401
        with workshop().database.write() as writing:
            sign_ins.prove(writing, g.browser.id, now())
        return None
