"""Links as the coordination sees them: what each is for, who made it, what became of it; and how they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for

from reviewtool.models import Invitation, Notice
from reviewtool.services import invitations
from reviewtool.services.accounts import Link
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext
from reviewtool.web.mail_words import failure_words


@dataclass(frozen=True)
class LinkRow:
    """One link: `by` is empty where its own person asked for it; `at` is when it became what `state` says."""

    id: int
    name: str
    email: str
    administration: str
    purpose: str
    by: str
    made_at: datetime
    state: str
    at: datetime
    mail: str
    failed: bool
    is_open: bool
    may_show: bool


def row(link: Link, at: datetime) -> LinkRow:
    """Return a link in words."""
    found = link.invitation
    person, is_open = found.person, found.is_open(at)
    state, since = _state(found, at)
    return LinkRow(
        id=found.id,
        name=person.name if person else found.name,
        email=person.email if person else found.email,
        administration=found.administration,
        purpose=_("Invitación") if found.for_account else _("Contraseña nueva"),
        by=found.made_by.name if found.made_by else "",
        made_at=found.made_at,
        state=state,
        at=since,
        mail=_mail(link.letter),
        failed=link.letter is not None and link.letter.failure != "",
        is_open=is_open,
        may_show=is_open and found.made_by is not None,
    )


def _state(found: Invitation, at: datetime) -> tuple[str, datetime]:
    if found.used_at is not None:
        return _("Usado"), found.used_at
    if found.ended_at is not None:
        return _("Retirado o reemplazado"), found.ended_at
    return (_("Vence"), found.expires_at) if at < found.expires_at else (_("Venció sin usarse"), found.expires_at)


def _mail(letter: Notice | None) -> str:
    if letter is None:
        return _("Lo pasa la coordinación.")
    if letter.failure:
        return failure_words(letter.failure)
    return _("Se envió por correo.") if letter.settled_at else _("El correo sale enseguida.")


def are_mailed() -> bool:
    """Say whether links go by mail; without a mail server the coordination passes them on."""
    return bool(current_app.config["MAILS"])


def given(made: Sequence[Invitation]) -> Any:
    """Answer to links having been made: that they go by mail, or the page that shows them."""
    if not are_mailed():
        return shown(made)
    flash(
        ngettext("Se envía %(num)s enlace por correo.", "Se envían %(num)s enlaces por correo.", len(made)), "success"
    )
    return redirect(url_for("accounts.index"), 303)


def shown(made: Sequence[Invitation]) -> str:
    """Show links to be passed on."""
    secret = current_app.config["SECRET_KEY"]
    return render_template("invitations/links.html", made=[(each, invitations.token(secret, each)) for each in made])
