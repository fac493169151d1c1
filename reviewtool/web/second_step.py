"""The second step of signing in: whose password was right, what they show besides, and who has to set one up.

Between the two steps the cookie says whose password was right and since when. It is no session: nobody is signed in.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user

from reviewtool.clock import now
from reviewtool.models import Person
from reviewtool.services import factors, people
from reviewtool.web import keeping, passkey_asks
from reviewtool.web.database import me, reading, workshop
from reviewtool.web.security import OPEN_ENDPOINTS

LASTING: Final = timedelta(minutes=10)  # from the password to the second step
# What who has to set up a second factor may still open: that, and leaving.
WHILE_LACKING: Final = OPEN_ENDPOINTS | {"sessions.leave", "sessions.token", "home.accessibility"}


def wait_for(person: Person) -> None:
    """Remember in this browser's cookie that the password was right; whoever was signed in before is not any more."""
    session.clear()
    session["half"] = [person.id, person.session_version, int(now().timestamp())]


def who() -> Person | None:
    """Return whose second step this browser waits for."""
    found = session.get("half")
    if not found or now().timestamp() >= found[2] + LASTING.total_seconds():
        return None
    person = people.find(reading(), found[0])
    return person if person and person.active and person.session_version == found[1] else None


def accepts(person: Person, code: str, answer: str) -> bool:
    """Use a code, or what a passkey answered; say whether it is this person's."""
    if answer:
        return passkey_asks.signer(answer) == person.id
    with workshop().database.write() as writing:
        return factors.accepts(writing, str(current_app.secret_key), person.id, code[:100], now())


def init_app(app: Flask) -> None:
    """Lead who needs a second factor and has none to set one up, before anything else; after `security`."""

    @app.before_request
    def only_with_what_is_needed() -> Any:
        if request.endpoint is None or request.endpoint in WHILE_LACKING or request.blueprint == "factors":
            return None
        if not current_user.is_authenticated or not factors.lacks(reading(), me()):
            return None
        form = keeping.arrived()
        if form is not None:
            return render_template("sessions/again.html", form=form, lacking=True), 403
        return redirect(url_for("factors.index"), 303)
