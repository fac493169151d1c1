"""Binding acts ask who is there again: after a quarter of an hour a browser left open incorporates nothing.

The page that asks carries the whole form, so that nothing typed is lost; with the proof it goes where it was going.
The proof is what the person signs in with: the password, a code too for who has a second factor, or a passkey alone.
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
from reviewtool.services import factors, passwords, sign_ins
from reviewtool.web import identities, keeping, passkey_asks, second_step, throttle
from reviewtool.web.audience import NEEDS
from reviewtool.web.database import me, reading, workshop
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
#: What changes how oneself is known: whoever finds a browser left open would make a key of their own.
OWN: Final = frozenset(
    {
        *("factors.start_app", "factors.confirm_app", "factors.remove_app", "factors.make_codes"),
        *("factors.add_passkey", "factors.remove_passkey"),
        *("identities.link", "identities.unlink"),
    }
)
NOT_CARRIED: Final = frozenset({"csrf_token", "proof", "proof_code", "proof_passkey"})


def is_asked() -> bool:
    """Say whether the act of this request needs its person to show again who they are."""
    endpoint = request.endpoint or ""
    needed = NEEDS.get(endpoint)
    is_binding = endpoint in OWN or needed in BINDING
    if request.method != "POST" or not is_binding or not current_user.is_authenticated:
        return False
    if needed is not None and not may_now(needed):  # refused by the view in any case
        return False
    only_looked_at = LOOKED_AT.get(endpoint)
    if only_looked_at is not None and only_looked_at():
        return False
    browser: SignIn = g.browser
    return now() - browser.proved_at > AGAIN_AFTER


def form_of_request() -> keeping.Form:
    """Return the form that waits for its person to show who they are."""
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in NOT_CARRIED)
    return keeping.Form(request.full_path.rstrip("?"), fields)


def ask(form: keeping.Form, error: str = "") -> str:
    """Show the page that asks who is there and carries the form."""
    shown = identities.has_shown()
    return render_template(
        "sessions/prove.html",
        carried=form.fields,
        to=form.to,
        error=error,
        held=factors.held(reading(), me().id),
        options=passkey_asks.to_sign(me()),
        asks_password=me().password_hash is not None and not shown,
        shown=shown,
        way="" if shown else identities.way_to_prove(form),
    )


def _is_proved() -> bool:
    """Say whether the form shows who is there; signing in anew at the provider stands for the password."""
    answer = request.form.get("proof_passkey", "")
    if answer:
        return second_step.accepts(me(), "", answer)
    if not identities.has_shown() and not passwords.matches(me().password_hash, request.form["proof"][:1000]):
        return False
    return not factors.held(reading(), me().id) or second_step.accepts(me(), request.form.get("proof_code", ""), "")


def init_app(app: Flask) -> None:
    """Ask before every binding act; after `security`, which tells who is there."""

    @app.before_request
    def before_a_binding_act() -> Any:
        if not is_asked():
            return None
        if "proof" not in request.form:
            return ask(form_of_request()), 401
        email, address = me().email, request.remote_addr or ""
        if throttle.too_many(address, email):
            return ask(form_of_request(), _("Demasiados intentos. Espere unos minutos y vuelva a probar.")), 429
        if not _is_proved():
            throttle.note_failure(address, email)
            if factors.held(reading(), me().id):
                return ask(form_of_request(), _("La contraseña, el código o la llave no son correctos.")), 401
            return ask(form_of_request(), _("La contraseña no es correcta.")), 401
        with workshop().database.write() as writing:
            sign_ins.prove(writing, g.browser.id, now())
        return None
