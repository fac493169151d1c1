"""The co-authors of a proposal: inviting one, answering, leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.models import Person
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import coauthors, people, proposals
from reviewtool.web.database import act, end_reading, me, reading
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import line, whole
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("coauthors", __name__)


@blueprint.route("/propuestas/<int:number>/coautores", methods=["GET", "POST"])
def page(number: int) -> Any:
    """Show who writes with the proposer; invite a member, answer an invitation, or end it."""
    people.ensure_may(me(), Act.join_as_coauthor)
    if line("act"):
        end_reading()
        try:
            with act() as (session, by):
                flash(_done(session, number, by), "success")
        except ReviewError as error:
            end_reading()
            return _page(number, error), status_of(error)
        return redirect(url_for("coauthors.page", number=number), 303)
    return _page(number)


def _done(session: Session, number: int, by: Person) -> str:
    match line("act"):
        case "invite":
            coauthors.invite(session, number, whole("person", 0), by=by)
            return _("La invitación a la coautoría quedó enviada.")
        case "remove":
            coauthors.remove(session, number, whole("person", 0), by=by)
            return _("Esa persona ya no participa en la propuesta.")
        case "accept":
            coauthors.answer(session, number, accepts=True, by=by)
            return _("Usted es ahora coautor o coautora: puede preparar versiones nuevas.")
        case "decline":
            coauthors.answer(session, number, accepts=False, by=by)
            return _("Su respuesta quedó enviada.")
        case "leave":
            coauthors.leave(session, number, by=by)
            return _("Usted dejó la coautoría.")
        case _:
            raise InvalidInput("act-unknown", field="")


def _page(number: int, error: ReviewError | None = None) -> str:
    proposal = proposals.get(reading(), number)
    invites = proposal.author_id == me().id and allowed(Act.invite_coauthor, State(proposal.state))
    return render_template(
        "coauthors/page.html",
        proposal=proposal,
        found=coauthors.of_proposal(reading(), number),
        me=me(),
        may_invite=invites,
        may_answer=allowed(Act.join_as_coauthor, State(proposal.state)),
        invitable=[(each.id, each.name) for each in coauthors.invitable(reading(), proposal)] if invites else [],
        errors={getattr(error, "field", ""): say(error)} if error else {},
    )
