"""The browser of this request: signed in under a new token, kept up with time and rights, named for its person."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from flask import current_app, g, request, session
from flask_login import login_user, logout_user

from reviewtool.clock import now
from reviewtool.errors import Unavailable
from reviewtool.models import Person, SignIn
from reviewtool.services import people, sign_ins
from reviewtool.services.sign_ins import Lifetimes
from reviewtool.web.database import act, me, reading, workshop
from reviewtool.web.i18n import gettext as _

log = logging.getLogger(__name__)

# The first that a browser's own description contains; most also name others that they resemble.
NAMES = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux|X11", "Linux"),
)


def lifetimes() -> Lifetimes:
    """Return how long a browser stays signed in."""
    config = current_app.config
    idle, absolute = config["SESSION_HOURS"], config["SESSION_ABSOLUTE_HOURS"]
    return Lifetimes(timedelta(hours=idle), timedelta(hours=absolute))


def begin(person: Person) -> None:
    """Sign a person in with this browser, under a token that nobody has seen before."""
    with workshop().database.write() as writing:
        token = sign_ins.begin(writing, people.get(writing, person.id), request.user_agent.string, now())
    session.clear()
    session.permanent = True
    session["token"] = token
    login_user(person)


def present(person: Person) -> SignIn | None:
    """Return this browser when the person is signed in with it."""
    row = sign_ins.find(reading(), session.get("token", ""))
    if row is None or row.person_id != person.id or not lifetimes().holds(row, person.session_version, now()):
        return None
    g.browser = row
    return row


def keep_up() -> None:
    """Write that this browser is used, and give it another token when its person's rights have changed.

    A page never fails because of it: what could not be written now is written with the next one.
    """
    row: SignIn = g.browser
    try:
        if row.ended_at is None and row.rights != sign_ins.rights_of(me()):
            with act() as (writing, person):
                session["token"] = sign_ins.renew(writing, row.id, person, now()) or session["token"]
        elif now() - row.seen_at > sign_ins.SEEN_EVERY:
            with workshop().database.write() as writing:
                sign_ins.see(writing, row.id, now())
    except Unavailable as error:
        log.warning("the use of a session is not noted: %s", error.code)


def this() -> SignIn:
    """Return the browser of this request, of somebody signed in."""
    row: SignIn = g.browser
    return row


def is_left_behind() -> bool:
    """Say whether this request came with a token that was replaced: its answer must not bring the old one back."""
    row: SignIn | None = g.get("browser")
    return row is not None and row.ended_at is not None


def end() -> None:
    """Sign out of this browser."""
    row: SignIn | None = g.get("browser")
    if row is not None:
        with act() as (writing, by):
            sign_ins.end(writing, row.id, now(), by=by)
    logout_user()
    session.clear()


def name(description: str) -> str:
    """Return what a browser and its system are called, of what it says of itself."""
    browser = next((name for sign, name in NAMES if sign in description), "")
    system = next((name for sign, name in SYSTEMS if re.search(sign, description)), "")
    if browser and system:
        return _("%(browser)s en %(system)s", browser=browser, system=system)
    return browser or system or _("Navegador desconocido")
