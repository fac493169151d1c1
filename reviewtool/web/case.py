"""One proposal's decision as facts for one reader: who asks, what is open, what was counted, what today's text says.

Gathered once a page. `offers` says from it what the reader may do, `ballot_forms` makes the forms, `decision` the
panel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import Ballot, ExtensionRequest, Objection, Person, Proposal, Revision, Seat, Vote
from reviewtool.rules.lifecycle import OPEN_STATES, State
from reviewtool.rules.permissions import Act, Role, is_party
from reviewtool.rules.presets import FORM
from reviewtool.rules.voting import BallotRules, Majority, Roll, SeatOnRoll, Standing, results_visible
from reviewtool.services import (
    coauthors,
    combining,
    documents,
    earlier,
    objections,
    ordering,
    people,
    proposals,
    standings,
    votes,
)
from reviewtool.services.coauthors import Coauthor
from reviewtool.services.earlier import Earlier
from reviewtool.services.receiving import Received
from reviewtool.services.standings import Counted
from reviewtool.web.database import me, workshop
from reviewtool.web.seats import names_of
from reviewtool.web.security import may_now


@dataclass(frozen=True)
class Case:
    """The facts; `ballot` is the newest one, open or closed, and `counted` where it stands."""

    proposal: Proposal
    revision: Revision
    ballot: Ballot | None
    counted: Counted | None
    votes: tuple[Vote, ...]
    earlier: tuple[Earlier, ...]  # votes on earlier versions that wait to be confirmed in the newest ballot
    is_continued: bool  # the newest ballot goes on from one on an earlier version
    objections: tuple[Objection, ...]
    liftings: Mapping[int, Received]  # how those that the coordination registered were received, by objection
    requests: tuple[ExtensionRequest, ...]
    combination: combining.Combination | None
    person: Person
    roles: frozenset[Role]
    seat: Seat | None
    colleagues: tuple[str, ...]  # of the coordination, asked only for who would merge an own proposal
    waits_for: int | None  # the open proposal that is to be decided first
    coauthors: tuple[Coauthor, ...]  # and who is invited
    withdrawn: frozenset[int]  # versions whose text was withdrawn for confidentiality

    @property
    def number(self) -> int:
        """Return the proposal's number."""
        return self.proposal.number

    @property
    def state(self) -> State:
        """Return the proposal's state."""
        return State(self.proposal.state)

    @property
    def is_open(self) -> bool:
        """Say whether one can vote now: a ballot is open and its instant has not passed."""
        return self.ballot is not None and self.ballot.closed_at is None and now() < self.ballot.closes_at

    @property
    def standing(self) -> Standing | None:
        """Return where the newest ballot stands."""
        return self.counted.standing if self.counted else None

    @property
    def rules(self) -> BallotRules:
        """Return the frozen rules of the newest ballot."""
        return self.counted.rules if self.counted else BallotRules()

    @property
    def roll(self) -> Roll:
        """Return the frozen roll of the newest ballot."""
        return self.counted.roll if self.counted else Roll(())

    @property
    def is_silence(self) -> bool:
        """Say whether the newest ballot is a silence procedure."""
        return self.rules.majority is Majority.silence

    @property
    def is_in_form_list(self) -> bool:
        """Say whether the newest ballot is a correction of form that was announced in a list."""
        return self.rules.preset == FORM

    @property
    def is_author(self) -> bool:
        """Say whether the reader proposed this text."""
        return self.proposal.author_id == self.person.id

    @property
    def is_coauthor(self) -> bool:
        """Say whether the reader writes this text with who proposed it."""
        return any(each.accepted and each.person_id == self.person.id for each in self.coauthors)

    @property
    def on_roll(self) -> SeatOnRoll | None:
        """Return the reader's seat on the frozen roll, or None."""
        return self.roll.find(self.seat.key) if self.seat else None

    @property
    def own_vote(self) -> Vote | None:
        """Return the current vote of the reader's seat in the newest ballot."""
        seat = self.seat
        return next((vote for vote in self.votes if seat is not None and vote.seat_id == seat.id), None)

    @property
    def own_earlier(self) -> Earlier | None:
        """Return what the reader's seat said on an earlier version and has to confirm, or None."""
        seat = self.seat
        return next((each for each in self.earlier if seat is not None and each.vote.seat_id == seat.id), None)

    @property
    def said(self) -> Vote | None:
        """Return what the reader's seat said last, in the newest ballot or on an earlier version."""
        return self.own_earlier.vote if self.own_earlier else self.own_vote

    @property
    def open_objections(self) -> tuple[Objection, ...]:
        """Return the formal objections that hold the merge."""
        return tuple(each for each in self.objections if each.lifted_at is None and each.overridden_in is None)

    @property
    def names(self) -> Mapping[str, str]:
        """Return the names of the seats of the newest ballot by key."""
        return names_of(self.counted)

    @property
    def hidden(self) -> bool:
        """Say whether the rules keep the positions of others back until the close."""
        return self.ballot is not None and not results_visible(self.rules, closed=self.ballot.closed_at is not None)

    @property
    def decided(self) -> bool:
        """Say whether the newest ballot has ended, after which everybody sees its positions."""
        return self.ballot is not None and self.ballot.closed_at is not None and self.state is not State.voting

    @property
    def sees_positions(self) -> bool:
        """Let who reads the discussion see the positions, and everybody those of what was decided."""
        return self.decided or may_now(Act.read_discussion)

    @property
    def is_party(self) -> bool:
        """Say whether the reader wrote this text, alone or with others."""
        wrote = self.person.id in {self.revision.author_id, *self.revision.coauthors}
        return is_party(is_author=self.is_author, is_coauthor=self.is_coauthor or wrote)


def gather(
    session: Session, proposal: Proposal, revision: Revision, ballot: Ballot | None, person: Person | None = None
) -> Case:
    """Return the case of a proposal for a person, the signed-in one, in a number of queries that never grows."""
    person = person or me()
    roles = people.roles(person)
    live = proposal.state in OPEN_STATES
    counted = standings.of_newest(session, workshop(), [proposal.number]).get(proposal.number) if ballot else None
    raised = tuple(objections.of_proposal(session, proposal.number))
    return Case(
        proposal=proposal,
        revision=revision,
        ballot=ballot,
        counted=counted,
        votes=tuple(votes.of_ballot(session, ballot.id)) if ballot else (),
        earlier=tuple(earlier.votes(session, ballot)) if ballot else (),
        is_continued=ballot is not None and bool(earlier.numbers(session, ballot)),
        objections=raised,
        liftings=objections.registered_liftings(session, proposal.number) if raised else {},
        requests=_requests(session, proposal, ballot) if live else (),
        combination=_combination(revision) if live else None,
        person=person,
        roles=roles,
        seat=people.seat_of(person),
        colleagues=_colleagues(session, proposal, person) if Role.coordination in roles else (),
        waits_for=ordering.waits_for(session, proposal.number) if live else None,
        coauthors=coauthors.of_proposal(session, proposal.number),
        withdrawn=proposals.withdrawn_versions(session, proposal.number),
    )


def of_number(session: Session, number: int, person: Person | None = None) -> Case:
    """Return the case of a proposal by its number for a person, the signed-in one; raises NotFound."""
    proposal = proposals.get(session, number)
    revision = proposals.latest_revision(session, proposal)
    return gather(session, proposal, revision, proposals.newest_ballot(session, number), person)


def _requests(session: Session, proposal: Proposal, ballot: Ballot | None) -> tuple[ExtensionRequest, ...]:
    now_in = ballot.number if ballot is not None and ballot.closed_at is None else 0
    return tuple(r for r in votes.extension_requests(session, proposal.number) if r.ballot_number == now_in)


def _combination(revision: Revision) -> combining.Combination:
    return combining.of_revision(workshop(), revision, documents.tip(workshop()))


def _colleagues(session: Session, proposal: Proposal, person: Person) -> tuple[str, ...]:
    if proposal.author_id != person.id or proposal.state != State.approved:
        return ()
    return tuple(people.get(session, other).name for other in people.coordination(session) if other != person.id)
