"""One's own open sessions: the list of browsers, closing one, closing all."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask_login import logout_user

from reviewtool.clock import now
from reviewtool.services import sign_ins
from reviewtool.web import browsers
from reviewtool.web.database import act, me, reading
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("sign_ins", __name__)


@blueprint.get("/perfil/sesiones")
def index() -> Any:
    """Show where one is signed in."""
    rows = sign_ins.present(reading(), me(), browsers.lifetimes(), now())
    named = [(row, browsers.name(row.browser)) for row in rows]
    return render_template("sign_ins/index.html", sessions=named, this=g.browser.id)


@blueprint.post("/perfil/sesiones/<int:sign_in_id>/cerrar")
def end(sign_in_id: int) -> Any:
    """Close one session."""
    with act() as (writing, by):
        sign_ins.end(writing, sign_in_id, now(), by=by)
    flash(_("La sesión se cerró."), "success")
    return redirect(url_for("sign_ins.index"), 303)


@blueprint.post("/perfil/sesiones/cerrar")
def end_all() -> Any:
    """Close every session, this one too."""
    with act() as (writing, by):
        sign_ins.end_all(writing, by)
    logout_user()
    session.clear()
    flash(_("Se cerraron todas sus sesiones. Entre otra vez para seguir."), "success")
    return redirect(url_for("sessions.sign_in"), 303)
