"""The acts of a decision: opening, voting, confirming, extending, suspending, closing, objections, withdrawing.

Every address shows its form alone with GET and acts with POST; an act that is refused shows the same page with the
reason at the field and everything typed kept. The proposal's page carries the forms of voting and of opinions itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound, ReviewError
from reviewtool.models import Person
from reviewtool.rules.permissions import Act
from reviewtool.services import ballots, consultations, objections, people, votes
from reviewtool.services.receiving import Received
from reviewtool.web import act_page, ballot_forms, bloc, case
from reviewtool.web.case import Case
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.decision_rows import may_lift
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import line, pairs, text, ticked, whole
from reviewtool.web.holidays import chosen_close, read_day
from reviewtool.web.i18n import gettext as _
from reviewtool.web.offers import NEEDS, everything
from reviewtool.web.security import may_now

blueprint = Blueprint("ballots", __name__)

Perform = Callable[[Session, Person], Any]
BOTH = ["GET", "POST"]


def _do(name: str, number: int, perform: Perform, done: str, *, objection_id: int | None = None) -> Any:
    """Show the form of an act, or do it and go back to the proposal."""
    if not may_now(NEEDS[name]):
        raise NotAllowed("not-allowed", act=NEEDS[name].value)
    if request.method == "GET":
        return _page(name, number, objection_id=objection_id)
    try:
        with act() as (session, by):
            perform(session, by)
    except ReviewError as error:
        end_reading()
        return _page(name, number, error, objection_id=objection_id)
    flash(done, "success")
    return redirect(url_for("proposals.page", number=number, _anchor="vote"), 303)


def _page(name: str, number: int, error: ReviewError | None = None, *, objection_id: int | None = None) -> Any:
    """Render the form of an act; without an error of its own, what is known to be impossible is said at once."""
    found = case.of_number(reading(), number)
    why_not = _why_not(name, found, objection_id)
    if isinstance(error, NotAllowed | NotFound):  # nothing on this page would help
        raise error
    return act_page.render(found, ballot_forms.build(name, found, objection_id=objection_id), error, why_not)


def _why_not(name: str, found: Case, objection_id: int | None) -> str:
    """Say why an act is not offered now. Raises NotAllowed for who never may."""
    if name == "lift":
        objection = next((each for each in found.objections if each.id == objection_id), None)
        if objection is None:
            raise NotFound("objection-unknown")
        if may_lift(found, objection):
            return ""
        raise NotAllowed("objection-of-other-seat")
    offer = everything(found).get(name)
    if offer is not None:
        return offer.why_not
    return say(AlreadyDecided("state-forbids"))


@blueprint.route("/propuestas/<int:number>/votacion/abrir", methods=BOTH)
def open_one(number: int) -> Any:
    """Open a ballot on the newest version."""

    def perform(session: Session, by: Person) -> None:
        closes_at = chosen_close(session, keep=ticked("keep"))
        preset = line("preset")
        ballots.open_one(
            session, workshop().group, number, by=by, reason=text("reason"), closes_at=closes_at, preset=preset
        )

    return _do("open_one", number, perform, _("La votación está abierta."))


@blueprint.route("/votar", methods=BOTH)
def several() -> Any:
    """Vote for several proposals at once, having read what each changes; each vote is sealed to its own text."""
    people.ensure_may(me(), Act.vote)
    error: ReviewError | None = None
    if request.method == "POST":
        wanted = pairs("vote")
        if wanted:
            end_reading()
            bloc.agree(wanted)
            return redirect(url_for("home.index"), 303)
        error = InvalidInput("none-chosen", field="vote")
    errors = {"": say(error)} if error else {}
    page = render_template("ballots/several.html", rows=bloc.rows(), errors=errors)
    return (page, status_of(error)) if error else page


@blueprint.route("/propuestas/<int:number>/voto", methods=BOTH)
def vote(number: int) -> Any:
    """Cast or change the vote of one's seat."""

    def perform(session: Session, by: Person) -> None:
        votes.cast(
            session,
            number,
            by=by,
            ballot_number=whole("ballot"),
            position=line("position"),
            reason=text("reason"),
            ad_referendum=ticked("ad_referendum"),
        )

    return _do("vote", number, perform, _("Su voto quedó registrado."))


@blueprint.route("/propuestas/<int:number>/voto/confirmar", methods=BOTH)
def confirm(number: int) -> Any:
    """Confirm a vote given ad referendum or by telephone."""

    def perform(session: Session, by: Person) -> None:
        votes.confirm(session, number, by=by, ballot_number=whole("ballot"))

    return _do("confirm", number, perform, _("Su voto quedó confirmado y cuenta."))


@blueprint.route("/propuestas/<int:number>/silencio/interrumpir", methods=BOTH)
def interrupt(number: int) -> Any:
    """Break the silence with a reason."""

    def perform(session: Session, by: Person) -> None:
        votes.interrupt_silence(session, number, by=by, ballot_number=whole("ballot"), reason=text("reason"))

    return _do("interrupt", number, perform, _("El silencio quedó interrumpido y su objeción formal, abierta."))


@blueprint.route("/propuestas/<int:number>/parecer", methods=BOTH)
def opinion(number: int) -> Any:
    """Give an observer's opinion."""

    def perform(session: Session, by: Person) -> None:
        votes.give_opinion(
            session, number, by=by, revision=whole("revision"), stance=line("stance"), reason=text("reason")
        )

    return _do("opinion", number, perform, _("Su parecer quedó registrado."))


@blueprint.route("/propuestas/<int:number>/prorroga/solicitar", methods=BOTH)
def ask_extension(number: int) -> Any:
    """Ask once for more time."""

    def perform(session: Session, by: Person) -> None:
        votes.ask_extension(session, number, by=by, reason=text("reason"))

    return _do("ask_extension", number, perform, _("La coordinación tiene su solicitud de prórroga."))


@blueprint.route("/propuestas/<int:number>/prorroga/denegar", methods=BOTH)
def decline_extension(number: int) -> Any:
    """Answer the requests for more time with a no."""

    def perform(session: Session, by: Person) -> None:
        ballots.decline_extension(session, number, by=by, reason=text("reason"))

    return _do("decline_extension", number, perform, _("La prórroga quedó denegada."))


@blueprint.route("/propuestas/<int:number>/votacion/prorrogar", methods=BOTH)
def extend(number: int) -> Any:
    """Move the close of the open ballot."""

    def perform(session: Session, by: Person) -> None:
        ballots.extend(session, workshop().group, number, whole("days"), by=by, reason=text("reason"))

    return _do("extend", number, perform, _("La votación quedó prorrogada."))


@blueprint.route("/propuestas/<int:number>/consulta/prorrogar", methods=BOTH)
def extend_consultation(number: int) -> Any:
    """Move the close of the consultation."""

    def perform(session: Session, by: Person) -> None:
        consultations.extend(session, workshop().group, number, whole("days"), by=by, reason=text("reason"))

    return _do("extend_consultation", number, perform, _("La consulta quedó prorrogada."))


@blueprint.route("/propuestas/<int:number>/votacion/suspender", methods=BOTH)
def suspend(number: int) -> Any:
    """Stop the open ballot without a decision."""

    def perform(session: Session, by: Person) -> None:
        ballots.suspend(session, number, by=by, reason=text("reason"))

    return _do("suspend", number, perform, _("La votación quedó suspendida."))


@blueprint.route("/propuestas/<int:number>/votacion/enmendar", methods=BOTH)
def ask_amendment(number: int) -> Any:
    """Ask the coordination to suspend the ballot so that the text can be amended."""

    def perform(session: Session, by: Person) -> None:
        ballots.ask_amendment(session, number, by=by, reason=text("reason"))

    return _do("ask_amendment", number, perform, _("La coordinación tiene su petición de enmienda."))


@blueprint.route("/propuestas/<int:number>/votacion/cerrar", methods=BOTH)
def close(number: int) -> Any:
    """Close the open ballot before its instant, where nothing can change the result."""

    def perform(session: Session, by: Person) -> None:
        ballots.close_now(session, number, by=by, reason=text("reason"))

    return _do("close", number, perform, _("La votación quedó cerrada."))


@blueprint.route("/propuestas/<int:number>/votacion/segunda-convocatoria", methods=BOTH)
def call_again(number: int) -> Any:
    """Call a second time what lacked its quorum."""

    def perform(session: Session, by: Person) -> None:
        ballots.call_again(session, workshop().group, number, by=by, reason=text("reason"))

    return _do("call_again", number, perform, _("La segunda convocatoria está abierta."))


@blueprint.route("/propuestas/<int:number>/votacion/objecion", methods=BOTH)
def submit_objection(number: int) -> Any:
    """Ask the group whether to proceed despite an open objection."""

    def perform(session: Session, by: Person) -> None:
        ballots.submit_objection(session, workshop().group, number, by=by, reason=text("reason"))

    return _do("submit_objection", number, perform, _("El grupo vota si se sigue adelante."))


@blueprint.route("/propuestas/<int:number>/objecion", methods=BOTH, endpoint="object")
def raise_objection(number: int) -> Any:
    """Raise a formal objection for one's seat."""

    def perform(session: Session, by: Person) -> None:
        objections.raise_one(session, number, by=by, reason=text("reason"))

    return _do("object", number, perform, _("Su objeción formal quedó planteada e impide incorporar."))


@blueprint.route("/propuestas/<int:number>/objeciones/<int:objection_id>/retirar", methods=BOTH)
def lift(number: int, objection_id: int) -> Any:
    """Lift an objection of one's seat."""

    def perform(session: Session, by: Person) -> None:
        objections.lift(session, number, objection_id, by=by, reason=text("reason"))

    return _do("lift", number, perform, _("La objeción quedó retirada."), objection_id=objection_id)


@blueprint.route("/propuestas/<int:number>/voto/registrar", methods=BOTH)
def register(number: int) -> Any:
    """Enter a vote that reached the coordination otherwise."""

    def perform(session: Session, by: Person) -> None:
        received = Received(line("channel"), read_day("received_on"), line("reference"))
        votes.register(
            session,
            number,
            line("seat"),
            by=by,
            ballot_number=whole("ballot"),
            position=line("position"),
            reason=text("reason"),
            received=received,
        )

    return _do("register", number, perform, _("El voto quedó registrado y se avisó a quien ocupa el puesto."))


@blueprint.route("/propuestas/<int:number>/retirar", methods=BOTH)
def withdraw(number: int) -> Any:
    """Withdraw one's own proposal."""

    def perform(session: Session, by: Person) -> None:
        consultations.withdraw(session, number, by=by, reason=text("reason"))

    return _do("withdraw", number, perform, _("Su propuesta quedó retirada."))


@blueprint.route("/propuestas/<int:number>/retomar", methods=BOTH)
def reopen(number: int) -> Any:
    """Take a closed proposal up again in consultation."""

    def perform(session: Session, by: Person) -> None:
        consultations.reopen(session, workshop().group, number, by=by, reason=text("reason"))

    return _do("reopen", number, perform, _("La propuesta vuelve a consulta."))
