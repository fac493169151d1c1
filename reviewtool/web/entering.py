"""Coming in: the second step for who has one, then the session, and where the person wanted to go.

The same after a password, a passkey and a sign-in at the identity provider.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for

from reviewtool.clock import now
from reviewtool.models import Person
from reviewtool.services import factor_changes, factors, people, recovery_codes
from reviewtool.services.factor_changes import Kind
from reviewtool.web import browsers, keeping, passkey_asks, second_step, throttle
from reviewtool.web.database import end_reading, reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext


def after_first_step(person: Person, wanted: str, form: str) -> Any:
    """Ask who has shown a password or an account at the provider for their second step, or let them in."""
    if factors.held(reading(), person.id):
        second_step.wait_for(person)
        return second_page(person, wanted, form)
    return let_in(person, wanted, form)


def second_page(person: Person, wanted: str, form: str, error: str = "") -> str:
    """Show the page that asks for the second step; `form` is a sealed one that waits in it."""
    return render_template(
        "sessions/second.html",
        wanted=wanted,
        form=form,
        error=error,
        held=factors.held(reading(), person.id),
        options=passkey_asks.to_sign(person),
    )


def let_in(person: Person, wanted: str, form: str) -> Any:
    """Sign a person in who has shown all they have to; then where they wanted to go, or the form that waits."""
    since = person.seen_at
    throttle.forget(person.email)
    browsers.begin(person)
    with workshop().database.write() as writing:
        people.note_visit(people.get(writing, person.id), now())
    end_reading()
    _tell(person, since)
    waiting = keeping.opened(form)
    if waiting is not None:
        return render_template("sessions/again.html", form=waiting, lacking=False)
    return redirect(wanted or url_for("home.index"), 303)


def _tell(person: Person, since: datetime | None) -> None:
    """Tell who has signed in what happened to their second factor since their last visit, if they should know."""
    last = next(iter(factor_changes.of(reading(), person.id)), None)
    if last is None or (since is not None and last.made_at <= since):
        return
    if last.kind == Kind.forgotten:
        flash(_("Se quitó su segundo paso al entrar. Si usted no lo pidió, avise a la coordinación."), "warning")
    elif last.kind == Kind.code_used:
        left = recovery_codes.left(reading(), person.id)
        said = ngettext(
            "Se usó un código de recuperación; queda %(num)s.",
            "Se usó un código de recuperación; quedan %(num)s.",
            left,
        )
        flash(said, "warning")
