"""The page «Confianza»: the last verification and backup; the coordination asks for either."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from reviewtool.rules.permissions import Act
from reviewtool.services import inspections, people
from reviewtool.web import trust
from reviewtool.web.database import act, me, reading, workshop
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("trust", __name__)


@blueprint.get("/confianza")
def index() -> str:
    """Show what the last verification found and whether there is a backup."""
    people.ensure_may(me(), Act.read_discussion, workshop().group)
    session = reading()
    return render_template(
        "trust/index.html",
        verification=trust.seen(inspections.last(session, inspections.VERIFICATION)),
        backup=trust.seen(inspections.last(session, inspections.BACKUP)),
        verifying=inspections.unfinished(session, inspections.VERIFICATION),
        backing_up=inspections.unfinished(session, inspections.BACKUP),
        unverified=trust.failed(inspections.failure(session, inspections.VERIFICATION)),
        not_backed_up=trust.failed(inspections.failure(session, inspections.BACKUP)),
    )


@blueprint.post("/confianza/comprobacion")
def verify() -> Any:
    """Ask for a verification, which a process of its own makes."""
    return _asked(
        inspections.VERIFICATION,
        _("La comprobación está pedida. Empieza en unos segundos; vuelva a abrir esta página."),
    )


@blueprint.post("/confianza/copia")
def back_up() -> Any:
    """Ask for a backup, which a process of its own makes and proves."""
    return _asked(inspections.BACKUP, _("La copia está pedida. Empieza en unos segundos; vuelva a abrir esta página."))


def _asked(kind: str, said: str) -> Any:
    with act() as (session, by):
        inspections.ask(session, kind, by=by)
    flash(said, "success")
    return redirect(url_for("trust.index"), 303)
