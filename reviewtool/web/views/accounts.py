"""Accounts as the coordination sees them: who has one, who was invited, links for new passwords, closing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from reviewtool.clock import now
from reviewtool.rules.permissions import Act
from reviewtool.services import accounts, factors, identities, invitations, people
from reviewtool.web import forms, link_rows
from reviewtool.web.context import role_names
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.identities import provider

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/grupo/cuentas")
def index() -> Any:
    """Show every account, the links that wait and what became of the others."""
    people.ensure_may(me(), Act.manage_people)
    everybody = [(each, role_names(people.roles(each))) for each in people.everybody(reading())]
    at, known = now(), provider()
    rows = [link_rows.row(each, at) for each in accounts.links(reading(), at)]
    return render_template(
        "accounts/index.html",
        everybody=everybody,
        waiting=[row for row in rows if row.is_open],
        over=[row for row in rows if not row.is_open],
        own=me().id,
        rule=factors.rule(reading()),
        with_factor=factors.who_has(reading()),
        linked=identities.linked(reading(), known.issuer) if known else (),
    )


@blueprint.post("/grupo/cuentas/<int:person_id>/uso")
def change(person_id: int) -> Any:
    """Put an account out of use, or into use again."""
    people.ensure_may(me(), Act.manage_people)
    end_reading()
    with act() as (writing, by):
        if forms.line("active") == "1":
            name = accounts.put_into_use(writing, person_id, by=by).name
            said = _("La cuenta de %(name)s está otra vez en uso.", name=name)
        else:
            name = accounts.put_out_of_use(writing, workshop().group, person_id, by=by).name
            said = _("La cuenta de %(name)s quedó fuera de uso y sus sesiones se cerraron.", name=name)
    flash(said, "success")
    return redirect(url_for("accounts.index"), 303)


@blueprint.post("/grupo/cuentas/segundo-paso")
def need_factor() -> Any:
    """Decide whether those who vote need a second factor."""
    people.ensure_may(me(), Act.manage_people)
    end_reading()
    needed = forms.line("needed") == "1"
    with act() as (writing, by):
        factors.decide(writing, needed=needed, by=by)
    if needed:
        flash(_("Desde ahora quien vota y no tiene un segundo paso lo pone antes de seguir."), "success")
    else:
        flash(_("El segundo paso vuelve a ser de cada quien."), "success")
    return redirect(url_for("accounts.index") + "#factors", 303)


@blueprint.post("/grupo/cuentas/<int:person_id>/segundo-paso/quitar")
def forget_factors(person_id: int) -> Any:
    """Take the second factor of who lost theirs away."""
    people.ensure_may(me(), Act.manage_people)
    end_reading()
    with act() as (writing, by):
        name = factors.forget(writing, person_id, by=by).name
    flash(
        _("Se quitó el segundo paso de %(name)s y se cerraron sus sesiones. Se le dirá al entrar.", name=name),
        "success",
    )
    return redirect(url_for("accounts.index"), 303)


@blueprint.post("/grupo/cuentas/<int:person_id>/enlace")
def password_link(person_id: int) -> Any:
    """Make a link for a new password: it is mailed, or shown to be passed on where no mails are sent."""
    people.ensure_may(me(), Act.manage_people)
    end_reading()
    with act() as (writing, by):
        made = invitations.for_password(writing, person_id, by=by, mailed=link_rows.are_mailed())
    return link_rows.given([made])
