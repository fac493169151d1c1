"""Corrections of form in a list: announced together, approved after three working days unless somebody separates one.

Each is a short silence procedure of its own, sealed to its text; what is separated waits for a usual decision. The
engine of `prose` says what is of form only; the coordination chooses among that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.errors import AlreadyDecided
from reviewtool.models import Ballot, Person, Proposal, Revision
from reviewtool.prose import ALGORITHM_VERSION
from reviewtool.prose.spelling import is_form_only
from reviewtool.rules import presets
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import Outcome
from reviewtool.services import ballots, documents, ending, modules, ordering, people, placing, proposals, rulesets
from reviewtool.services.workshop import Workshop

MOST: Final = 50
ANNOUNCED: Final = "Anunciada en una lista de correcciones de forma"  # as the record says it


@dataclass(frozen=True)
class Candidate:
    """A proposal whose author calls it a correction of form; `why_not` is the code of why it is in no list."""

    number: int
    title: str
    author: str
    version: int
    why_not: str


def candidates(session: Session, workshop: Workshop) -> list[Candidate]:
    """Return the corrections of form that nobody decides on yet, by number."""
    query = (
        select(Proposal.number, Proposal.title, Person.name, Proposal.latest)
        .join(Person, Person.id == Proposal.author_id)
        .where(Proposal.kind == "form", Proposal.state.in_((State.consultation, State.awaiting_decision)))
        .order_by(Proposal.number)
        .limit(MOST)
    )
    return [Candidate(*row, why_not=why_not(session, workshop, row.number)) for row in session.execute(query).all()]


def why_not(session: Session, workshop: Workshop, number: int) -> str:
    """Return the code of why a proposal cannot stand in a list; empty when it can."""
    proposal = proposals.get(session, number)
    revision = proposals.latest_revision(session, proposal)
    paths = [touch.path for touch in revision.touches]
    rule_set = rulesets.in_force(session, workshop.group)
    separated = select(Ballot.rules).where(Ballot.proposal_number == number, Ballot.outcome == Outcome.suspended)
    if any(rules.get("preset") == presets.FORM for rules in session.scalars(separated)):
        return "form-separated"
    if presets.rules_for(paths, rule_set) != rule_set.rules:
        return "form-own-rules"
    if ordering.waits_for(session, number) is not None or proposal.amendment_asked:
        return "form-waits"
    return "" if _is_form_only(workshop, revision) else "form-not-only"


def _is_form_only(workshop: Workshop, revision: Revision) -> bool:
    terms = modules.terms(workshop, documents.tip(workshop))
    for touch in revision.touches:
        old, new = touch.old_blob, touch.new_blob
        if touch.status != "M" or old is None or new is None or not touch.path.endswith(".md"):
            return False
        key = ("form only", ALGORITHM_VERSION, old, new, terms)
        asked = partial(_texts_are_form_only, workshop, old, new, terms)
        if not workshop.cache.get(key, asked):
            return False
    return bool(revision.touches)


def _texts_are_form_only(workshop: Workshop, old: str, new: str, terms: tuple[str, ...]) -> bool:
    return is_form_only(placing.text(workshop, old), placing.text(workshop, new), terms)


def announce(session: Session, workshop: Workshop, number: int, *, by: Person, revision: int) -> Ballot:
    """Announce a correction that the page showed in this version: from now on it is approved unless it is separated.

    Raises NotAllowed, AlreadyDecided.
    """
    people.ensure_may(by, Act.open_ballot)
    proposal = proposals.lock(session, number)
    if proposal.latest != revision:
        raise AlreadyDecided("form-newer", number=number)
    ending.close_early(session, proposal, by=by, reason=ANNOUNCED)
    ensure_allowed(Act.open_ballot, State(proposal.state))
    refused = "form-not-only" if proposal.kind != "form" else why_not(session, workshop, number)
    if refused:
        raise AlreadyDecided(refused, number=number)
    rules = presets.form_list(rulesets.in_force(session, workshop.group).rules)
    return ballots.open_by(session, workshop.group, proposal, rules, by=by, reason=ANNOUNCED)


def separate(session: Session, number: int, *, by: Person, reason: str) -> None:
    """Take a correction out of its list: its ballot is suspended and it waits for a usual decision.

    Raises NotAllowed, AlreadyDecided("not-in-a-list"), InvalidInput for a missing or too long reason.
    """
    people.ensure_may(by, Act.separate_correction)
    proposal, ballot, at = ballots.lock_open(session, number)
    if ballot.rules.get("preset") != presets.FORM:
        raise AlreadyDecided("not-in-a-list", number=number)
    ballots.ensure_reason(reason)
    ballots.end(session, proposal, ballot, Outcome.suspended, at=at, by=by, reason=reason.strip())
