"""The page «Confianza»: the last verification and backup; the coordination asks for a verification."""

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
        running=inspections.unfinished(session),
    )


@blueprint.post("/confianza/comprobacion")
def verify() -> Any:
    """Ask for a verification, which a process of its own makes."""
    with act() as (session, by):
        inspections.ask(session, by=by)
    flash(_("La comprobación está pedida. Empieza en unos segundos; vuelva a abrir esta página."), "success")
    return redirect(url_for("trust.index"), 303)
