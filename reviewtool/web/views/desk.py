"""The coordination's desk: what can be merged, what waits for a decision, what is being voted and discussed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from reviewtool.errors import AlreadyDecided
from reviewtool.rules.lifecycle import State
from reviewtool.rules.permissions import Act
from reviewtool.services import desk, people, reminding
from reviewtool.web import closings, desk_rows, situation
from reviewtool.web.database import act, me, reading, workshop
from reviewtool.web.errors import say
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext
from reviewtool.web.places import Places

blueprint = Blueprint("desk", __name__)


@blueprint.get("/coordinacion")
def index() -> str:
    """Show every open proposal by who must act next."""
    people.ensure_may(me(), Act.see_desk)
    board, places = desk.board(reading(), workshop()), Places()
    groups = [
        ("ready", _("Listas para incorporar"), board.ready, ""),
        ("to_decide", _("Esperan su decisión"), board.to_decide, ""),
        ("held", _("Esperan a otros"), board.held, ""),
        ("voting", _("En votación"), board.voting, State.voting),
        ("consulting", _("En consulta"), board.consulting, State.consultation),
    ]
    return render_template(
        "desk/index.html",
        title=situation.of_desk(board),
        board=board,
        groups=[(key, title, desk_rows.rows(items, places, key), state) for key, title, items, state in groups],
        totals={state.value: board.total(state) for state in (State.voting, State.consultation)},
        size=desk.GROUP_SIZE,
        city=closings.city(),
    )


@blueprint.post("/coordinacion/<int:number>/recordar")
def remind(number: int) -> Any:
    """Remind the seats that have not pronounced themselves in a proposal's open ballot."""
    try:
        with act() as (session, by):
            told = len(reminding.remind_pending(session, number, by=by))
    except AlreadyDecided as error:
        flash(say(error), "info")
    else:
        flash(ngettext("Se recordó a un puesto.", "Se recordó a %(num)s puestos.", told), "success")
    return redirect(url_for("desk.index"), 303)
