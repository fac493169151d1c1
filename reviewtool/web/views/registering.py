"""What reached the coordination otherwise, entered in the name of whoever sent it; votes are among the ballots."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import AlreadyDecided, NotFound, ReviewError
from reviewtool.models import Draft, Objection, Person
from reviewtool.rules.lifecycle import allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import drafts, objections, people, proposals, registering, revisions
from reviewtool.services.receiving import Received
from reviewtool.services.threads import Message, Place
from reviewtool.web import act_page, case, received_forms
from reviewtool.web.case import Case
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.decision_rows import may_register_lifting
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import line, text, whole
from reviewtool.web.holidays import read_day
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("registering", __name__)


@blueprint.before_request
def only_the_coordination() -> None:
    """Close the pages to everybody else."""
    people.ensure_may(me(), Act.register_for_others)


def _received() -> Received:
    return Received(line("channel"), read_day("received_on"), line("reference"))


@blueprint.route("/propuestas/<int:number>/objeciones/<int:objection_id>/registrar", methods=["GET", "POST"])
def lifting(number: int, objection_id: int) -> Any:
    """Enter the lifting of an objection."""
    error: ReviewError | None = None
    if request.method == "POST":
        try:
            with act() as (session, by):
                lifted = objections.register_lifting(
                    session, number, objection_id, by=by, reason=text("reason"), received=_received()
                ).lifted_at
        except ReviewError as refused:
            error = refused
            end_reading()
        else:
            done = _("El retiro quedó registrado y se avisó a quien ocupa el puesto.")
            waits = _("Se avisó a quien ocupa el puesto. La objeción sigue abierta hasta que confirme el retiro.")
            flash(done if lifted else waits, "success")
            return redirect(url_for("proposals.page", number=number, _anchor="objections"), 303)
    found = case.of_number(reading(), number)
    objection = _objection(found, objection_id)
    why_not = "" if may_register_lifting(found, objection) else _why_no_lifting(objection)
    return act_page.render(found, received_forms.lifting(found, objection), error, why_not)


def _objection(found: Case, objection_id: int) -> Objection:
    objection = next((each for each in found.objections if each.id == objection_id), None)
    if objection is None:
        raise NotFound("objection-unknown")
    return objection


def _why_no_lifting(objection: Objection) -> str:
    if objection.lifted_at is not None or objection.overridden_in is not None:
        return say(AlreadyDecided("objection-lifted"))
    return say(AlreadyDecided("state-forbids"))


@blueprint.route("/propuestas/<int:number>/comentarios/registrar", methods=["GET", "POST"])
def comment(number: int) -> Any:
    """Enter a comment in the name of the member or observer who sent it."""
    error: ReviewError | None = None
    if request.method == "POST":
        try:
            place = Place(whole("version"), request.form.get("path") or None)
            message = Message(text("body"), token=request.form.get("form_token"))
            with act() as (session, by):
                begun = registering.comment(
                    session, number, whole("person", 0), place, message, by=by, received=_received()
                )
        except ReviewError as refused:
            error = refused
            end_reading()
        else:
            flash(_("El comentario quedó registrado y se avisó a quien lo envió."), "success")
            return redirect(url_for("proposals.page", number=number, _anchor=f"thread-{begun.number}"), 303)
    found = case.of_number(reading(), number)
    offered = allowed(Act.comment, found.state)
    senders = [person for person in registering.those_who_comment(reading()) if person.id != me().id]
    why_not = "" if offered else say(AlreadyDecided("state-forbids"))
    return act_page.render(found, received_forms.comment(found, senders), error, why_not)


@blueprint.route("/propuestas/<int:number>/versiones/registrar", methods=["GET", "POST"])
def start_version(number: int) -> Any:
    """Begin the draft of the next version that the author sent, or go on with it."""
    if request.method == "POST":
        with act() as (session, by):
            draft = registering.start_version(session, workshop(), number, by=by)
            return redirect(url_for("drafts.edit", draft_id=draft.id), 303)
    found, why_not = case.of_number(reading(), number), ""
    try:
        registering.ensure_version(reading(), number, by=me())
    except ReviewError as refused:
        why_not = say(refused)
    return act_page.render(found, received_forms.begin_version(found), why_not=why_not)


@blueprint.route("/borradores/<int:draft_id>/registrar", methods=["GET", "POST"])
def draft(draft_id: int) -> Any:
    """Submit a draft as the proposal, or the version, of the member who sent it."""
    if request.method == "GET":
        return _draft(draft_id)
    try:
        number = _submit(draft_id)
    except ReviewError as refused:
        end_reading()
        return _draft(draft_id, refused), status_of(refused)
    flash(_("Quedó registrada y se avisó a quien la envió."), "success")
    return redirect(url_for("proposals.page", number=number), 303)


def _submit(draft_id: int) -> int:
    token, by_id = line("token"), me().id
    done = revisions.submitted(workshop(), token) if token else None
    if done is not None:  # a second press
        return done
    author = _author(drafts.get(reading(), draft_id, by=me()))
    sent = registering.Sent(author.id if author else whole("person", 0), _received())
    end_reading()
    return revisions.submit(workshop(), draft_id, by_id=by_id, token=token, sent=sent)


def _author(written: Draft) -> Person | None:
    """Return whose proposal a draft is the next version of; None for a new one."""
    if written.proposal_number is None:
        return None
    return people.get(reading(), proposals.get(reading(), written.proposal_number).author_id)


def _draft(draft_id: int, error: ReviewError | None = None) -> str:
    written = drafts.get(reading(), draft_id, by=me())
    author = _author(written)
    if author is not None:
        form = received_forms.version(written, author)
    else:
        form = received_forms.proposal(written, registering.those_who_propose(reading(), by=me()))
    field = getattr(error, "field", "")
    known = {each.name for each in form.fields}
    errors = {field if field in known else "": say(error)} if error else {}
    return render_template("drafts/register.html", draft=written, form=form, errors=errors)
