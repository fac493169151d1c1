"""Binding acts ask who is there again: after a quarter of an hour a browser left open incorporates nothing.

The page that asks carries the whole form, so that nothing typed is lost; with the password it goes where it was going.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from flask import Flask, g, render_template, request
from flask_login import current_user

from reviewtool.clock import now
from reviewtool.models import SignIn
from reviewtool.rules.permissions import Act
from reviewtool.services import passwords, sign_ins
from reviewtool.web import throttle
from reviewtool.web.audience import NEEDS
from reviewtool.web.database import me, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.security import may_now

AGAIN_AFTER: Final = timedelta(minutes=15)
#: What obliges the group or says who belongs to it; every form that does one of these asks.
BINDING: Final = frozenset(
    {
        *(Act.merge, Act.publish_edition, Act.decide_in_meeting, Act.submit_objection),
        *(Act.change_rules, Act.manage_people, Act.withdraw_for_confidentiality),
    }
)
#: Forms of binding acts that are sent to be looked at first: whether this one only is.
LOOKED_AT: Final[Mapping[str, Callable[[], bool]]] = MappingProxyType(
    {
        "invitations.invite_list": lambda: "confirm" not in request.form,
        "meetings.decide": lambda: request.form.get("step") == "look",
        "rules.new": lambda: request.form.get("step") != "save",
        "rules.load": lambda: True,
    }
)
NOT_CARRIED: Final = frozenset({"csrf_token", "proof"})


def is_asked() -> bool:
    """Say whether the act of this request needs its person to show again who they are."""
    needed = NEEDS.get(request.endpoint or "")
    if request.method != "POST" or needed not in BINDING or not current_user.is_authenticated:
        return False
    if not may_now(needed):  # refused by the view in any case
        return False
    only_looked_at = LOOKED_AT.get(request.endpoint or "")
    if only_looked_at is not None and only_looked_at():
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
