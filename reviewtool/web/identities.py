"""Signing in at the identity provider, as this browser does it: what the account is called, and the way there.

A browser carries the states it has left with, and where it was, in its signed cookie: whoever comes back with another
one, or a second time, is nobody. Leaving is always a link: the policy of the pages lets no form end at another site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from flask import Flask, current_app, render_template, session, url_for

from reviewtool.clock import now
from reviewtool.errors import Unavailable
from reviewtool.models import Identity
from reviewtool.services import departures, identities
from reviewtool.services.departures import Left, Purpose
from reviewtool.web import keeping
from reviewtool.web.database import me, reading, workshop
from reviewtool.web.i18n import language

if TYPE_CHECKING:  # its libraries are loaded only where single sign-on is set
    from reviewtool.oidc.provider import Provider

BACK: Final = "/entrar/vuelta"  # what the provider is told; fixed under `public_url`
MOST: Final = 3  # tabs that may be on their way
LONGEST: Final = 500  # of an address in the cookie


def provider() -> Provider | None:
    """Return the identity provider, where single sign-on is set."""
    return cast("Provider | None", current_app.extensions.get("provider"))


def provider_name() -> str:
    """Return what people call their account at the provider, in the reader's language; empty where there is none."""
    known = provider()
    return known.registration.names[language()] if known else ""


def mine() -> Identity | None:
    """Return the account with which the signed-in person may enter."""
    known = provider()
    return identities.of(reading(), me().id, known.issuer) if known else None


def leave(left: Left, back: str = "") -> str:
    """Let this browser leave and return the address of the link that takes it; `back`: where it was, or wants to go.

    Raises Unavailable("too-many-waiting").
    """
    with workshop().database.write() as writing:
        state = departures.leave(writing, left, now())
    carried = list(session.get("departures", {}).items())[1 - MOST :]
    session["departures"] = dict([*carried, (state, back if len(back) <= LONGEST else "")])
    return url_for("identities.go", token=state)


def carries(state: str) -> bool:
    """Say whether this browser left with a state."""
    return state in session.get("departures", {})


def arrive(state: str) -> str:
    """Return where this browser was when it left with a state, which it no longer carries."""
    carried = dict(session.get("departures", {}))
    back = carried.pop(state)
    session["departures"] = carried
    return str(back)


def way_to_prove(form: keeping.Form) -> str:
    """Return the link by which the person shows at the provider who they are while a form waits; empty: they cannot."""
    if mine() is None:
        return ""
    try:
        return leave(Left(Purpose.prove, person_id=me().id, form=keeping.sealed(form)))
    except Unavailable:
        return ""


def note_shown() -> None:
    """Remember that the signed-in person has just signed in anew at the provider, and lacks the second step."""
    session["shown"] = [me().id, int(now().timestamp())]


def has_shown() -> bool:
    """Say whether the signed-in person has signed in anew at the provider a moment ago."""
    person_id, at = session.get("shown", (0, 0))
    return bool(person_id == me().id and now().timestamp() < at + departures.LASTS.total_seconds())


def step(left: Left, said: str, back: str = "") -> str:
    """Show the page with the link that leaves, after a form; raises Unavailable("too-many-waiting")."""
    return render_template("identities/leave.html", to=leave(left, back), said=said)


def init_app(app: Flask) -> None:
    """Give every template what the account at the provider is called."""
    app.jinja_env.globals.update(provider_name=provider_name)
