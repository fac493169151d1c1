"""The coordination's desk: what can be merged, what waits for a decision, what is being voted and discussed."""

from __future__ import annotations

from flask import Blueprint, render_template

from reviewtool.rules.lifecycle import State
from reviewtool.rules.permissions import Act
from reviewtool.services import desk, people
from reviewtool.web import closings, desk_rows, situation
from reviewtool.web.database import me, reading, workshop
from reviewtool.web.i18n import gettext as _
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
