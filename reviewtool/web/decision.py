"""The decision on a proposal as its page shows it: seats, what is missing, the reader's vote, who said what, what next.

Facts are gathered in `case`, what may be done is in `offers`, the forms in `ballot_forms`; here they become one view
model that the templates under `proposals/_decision.html` only show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Opinion, Proposal, Revision
from reviewtool.rules.lifecycle import NextFacts, State, allowed, next_actor
from reviewtool.rules.permissions import Act, Role
from reviewtool.rules.voting import OpinionStance, may_call_second_call
from reviewtool.services import proposals, votes
from reviewtool.services.earlier import Earlier
from reviewtool.web import audience, ballot_forms, since_vote, standing
from reviewtool.web.ballot_forms import Form
from reviewtool.web.case import Case, gather
from reviewtool.web.database import workshop
from reviewtool.web.decision_rows import (
    BallotRow,
    ObjectionRow,
    OpinionRow,
    VoteRow,
    history,
    is_about_now,
    objection_row,
    opinion_row,
    vote_rows,
)
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localdate, mark
from reviewtool.web.offers import (
    Offer,
    everything,
    of_author,
    of_coordination,
    of_list,
    of_member,
    why_no_vote,
    why_not_open,
    why_not_yet,
)
from reviewtool.web.positions import NEXT, STANCES, position_name
from reviewtool.web.since_vote import SinceVote


@dataclass(frozen=True)
class MergeBox:
    """What merging meets today: `state` met or unmet, in plain words; `conflict` leads to the passages.

    `moved` are the documents whose published text changed since `base`, the state the version was written on.
    """

    kind: str
    state: str
    title: str
    detail: str
    conflict: bool
    base: str
    moved: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """How the change came into the text."""

    by: str
    at: datetime
    note: str
    revision: int


@dataclass(frozen=True)
class Decision:
    """Everything the decision's column shows to one reader; empty parts are left out by the templates."""

    seats: tuple[str, ...]
    quorum: int | None
    seats_label: str
    seats_unit: str
    sentence: str
    position: str
    heading: str
    checklist: tuple[standing.Item, ...]
    votes: tuple[VoteRow, ...]
    votes_visible_to: str
    opinions: tuple[OpinionRow, ...]
    objections: tuple[ObjectionRow, ...]
    history: tuple[BallotRow, ...]
    vote_form: Form | None
    opinion_form: Form | None
    is_open: bool
    is_silence: bool
    given: str  # the reader's vote in the open ballot, in words; empty without one
    must_confirm: str
    since_vote: SinceVote | None
    why_no_vote: str
    member_acts: tuple[Offer, ...]
    author_acts: tuple[Offer, ...]
    coordination_acts: tuple[Offer, ...]
    requests: tuple[str, ...]
    notes: tuple[str, ...]
    is_party: bool
    coauthors: tuple[str, ...]
    is_author: bool
    next: str
    merge: MergeBox | None
    merged: Merged | None
    may_vote: bool
    may_interrupt: bool
    may_ask_extension: bool
    may_object: bool
    may_merge: bool
    withdrawn: frozenset[int]


def panel(session: Session, proposal: Proposal, revision: Revision, ballot: Ballot | None) -> Decision:
    """Return the decision on a proposal as its page shows it to the signed-in person."""
    case = gather(session, proposal, revision, ballot)
    sees = case.sees_positions
    counted, offers = _counted(case), everything(case)
    open_acts = {act for act, offer in offers.items() if offer.is_open}
    given = tuple(votes.opinions(session, case.number)) if sees else ()
    return Decision(
        seats=counted.seats,
        quorum=counted.quorum,
        seats_label=counted.sentence if counted.seats else "",
        seats_unit=_unit(),
        sentence=counted.sentence,
        checklist=counted.checklist,
        position=_position(case, given),
        heading=ballot_forms.vote_heading(case),
        votes=vote_rows(case) if sees else (),
        votes_visible_to=audience.visible_to(None if case.decided else Act.read_discussion),
        opinions=tuple(opinion_row(case, each) for each in given),
        objections=tuple(objection_row(case, each) for each in case.objections) if sees else (),
        history=history(session, case),
        withdrawn=case.withdrawn,
        vote_form=ballot_forms.vote(case) if "vote" in open_acts else None,
        opinion_form=_opinion_form(case, given) if "opinion" in open_acts else None,
        is_open=case.is_open,
        is_silence=case.is_silence,
        given=_given(case),
        must_confirm=_must_confirm(case),
        since_vote=since_vote.of(session, case) if case.is_open else None,
        why_no_vote=why_no_vote(case) if case.is_open else "",
        member_acts=(*(each for each in of_member(case) if each.act in {"object", "ask_extension"}), *of_list(case)),
        author_acts=tuple(of_author(case)),
        coordination_acts=tuple(of_coordination(case)),
        requests=ballot_forms.asked(case),
        notes=_notes(case),
        is_party=case.is_party and Role.coordination in case.roles,
        coauthors=tuple(each.name for each in case.coauthors if each.accepted),
        is_author=case.is_author,
        next=_next(case),
        merge=merge_box(case),
        merged=_merged(session, case.number) if case.state is State.merged else None,
        may_vote="vote" in open_acts,
        may_interrupt="interrupt" in open_acts,
        may_ask_extension="ask_extension" in open_acts,
        may_object="object" in open_acts,
        may_merge="merge" in open_acts,
    )


@dataclass(frozen=True)
class _Counted:
    sentence: str
    checklist: tuple[standing.Item, ...] = ()
    seats: tuple[str, ...] = ()
    quorum: int | None = None


def _counted(case: Case) -> _Counted:
    """Return seats, quorum, sentence and checklist: what is counted, for who may see it."""
    state, ballot, counted = case.standing, case.ballot, case.counted
    if state is None or ballot is None or counted is None or not is_about_now(case):
        return _Counted(standing.without_ballot(case.state, case.proposal.consultation_closes_at))
    if not case.sees_positions:
        return _Counted(f"{standing.state_name(case.state)}. {standing.closing(ballot.closes_at)}")
    ends, hidden = ballot.closed_at or ballot.closes_at, case.hidden
    said = standing.sentence(state, closes_at=ends, names=case.names, hidden=hidden)
    items = standing.checklist(state, closes_at=ends, names=case.names, hidden=hidden)
    if hidden:
        return _Counted(said, items)
    marks = standing.marks(state, counted.roll, counted.casts, counted.objecting)
    return _Counted(said, items, marks, standing.quorum_line(state))


def _unit() -> str:
    if workshop().group.unit == "administration":
        return _("Una casilla por administración.")
    return _("Una casilla por miembro.")


def _position(case: Case, given: tuple[Opinion, ...]) -> str:
    own = next((each for each in given if each.person_id == case.person.id), None)
    if Role.observer in case.roles and allowed(Act.give_opinion, case.state):
        return (
            _("Su parecer: %(stance)s", stance=_(STANCES[OpinionStance(own.stance)][0]))
            if own
            else _("Usted no ha dado su parecer")
        )
    if case.is_author:
        return _("Es su propuesta")
    vote, before = case.own_vote, case.own_earlier
    if before is not None and is_about_now(case):
        return _("Por confirmar: %(position)s", position=position_name(before.vote.position))
    if vote is not None and is_about_now(case):
        said = position_name(vote.position)
        return _("Por confirmar: %(position)s", position=said) if not vote.confirmed else said
    if case.is_open and case.on_roll is not None:
        return _("Usted no se ha pronunciado")
    return ""


def _given(case: Case) -> str:
    own, before = case.own_vote, case.own_earlier
    if before is not None and case.is_open:
        said = position_name(before.vote.position)
        return _("Su voto sobre la versión %(version)s: %(position)s.", position=said, version=before.revision)
    if own is None or not case.is_open:
        return ""
    facts = {"position": position_name(own.position), "day": localdate(own.cast_at)}
    if own.registered_by_id is not None:
        return _("Su voto: %(position)s. La coordinación lo registró el %(day)s.", **facts)
    if own.by_alternate:
        return _("Voto de su puesto: %(position)s, del suplente, el %(day)s.", **facts)
    if case.is_silence:
        return _("Su respuesta: %(position)s, el %(day)s.", **facts)
    return _("Su voto: %(position)s, el %(day)s.", **facts)


def _must_confirm(case: Case) -> str:
    own, before = case.own_vote, case.own_earlier
    if before is not None and case.is_open and not why_no_vote(case):
        return _must_confirm_again(case, before)
    if not case.is_open or own is None or own.confirmed or why_no_vote(case):
        return ""
    if own.ad_referendum:
        return _("Votó ad referéndum. Su voto cuenta solo cuando usted lo confirme.")
    return _("La coordinación registró su voto por teléfono. Cuenta solo cuando usted lo confirme.")


def _must_confirm_again(case: Case, before: Earlier) -> str:
    said = _(
        "El texto cambió desde su voto. Sobre la versión %(version)s usted dijo: %(position)s.",
        version=before.revision,
        position=position_name(before.vote.position),
    )
    if case.is_silence:
        return said + " " + _("Si no lo confirma ni responde otra cosa, su puesto cuenta como silencio.")
    return said + " " + _("No cuenta hasta que usted lo confirme o lo cambie.")


def _opinion_form(case: Case, given: tuple[Opinion, ...]) -> Form:
    own = next((each for each in given if each.person_id == case.person.id), None)
    return ballot_forms.opinion(case, own)


def _notes(case: Case) -> tuple[str, ...]:
    """Return what the column says above everything else: waiting, interruption, suspension, second call, amendment."""
    ballot, found = case.ballot, []
    if case.waits_for is not None:
        found.append(why_not_yet(case))
    if case.proposal.amendment_asked:
        if case.is_open:
            found.append(_("Quien propuso el cambio pide suspender la votación para corregir el texto."))
        elif case.revision.number in case.withdrawn:
            found.append(why_not_open(case))
        elif case.state in {State.consultation, State.awaiting_decision}:
            found.append(_("Votación suspendida: se espera una versión nueva, que se votará de nuevo."))
    if ballot is None or not is_about_now(case):
        return tuple(found)
    if ballot.broken_by is not None and case.state in {State.consultation, State.awaiting_decision}:
        found.append(_("Puede seguir una versión nueva, una votación o una reunión."))
    if case.is_continued and case.is_open and case.own_earlier is None:  # else the vote to confirm says it
        said = _("El texto cambió durante la votación: ahora se vota la versión %(version)s.", version=ballot.revision)
        found.append(said)
    if ballot.purpose == "override" and case.is_open:
        found.append(_("Se vota si se sigue adelante pese a la objeción formal."))
    if ballot.second_call_of is not None:
        found.append(_("Segunda convocatoria: los votos de la primera se conservan."))
    if ballot.outcome_reason and ballot.broken_by is None and case.sees_positions:  # the objection says that one
        found.append(_("Motivo: %(reason)s", reason=ballot.outcome_reason))
    return tuple(found)


def _next(case: Case) -> str:
    if case.is_open and case.is_silence and not case.proposal.amendment_asked:
        return _("Nadie tiene que responder: el silencio corre hasta el cierre.")
    state = case.standing
    ballot = case.ballot
    facts = NextFacts(
        open_objections=len(case.open_objections),
        merges=case.combination is None or case.combination.mergeable,
        amendment_asked=case.proposal.amendment_asked,
        everybody_voted=state is not None and not state.waiting_for,
        may_call_again=ballot is not None
        and may_call_second_call(state.outcome if state else None, is_second_call=ballot.second_call_of is not None),
    )
    said = NEXT[next_actor(case.state, facts)]
    return _(said) if said else ""


_KINDS: dict[str, tuple[str, str, str]] = {
    "exact": ("met", mark("El texto vigente sigue igual"), mark("Se incorpora exactamente el texto de esta versión.")),
    "apart": (
        "met",
        mark("El texto vigente cambió en otros párrafos"),
        mark("Los dos cambios se unen sin tocar el texto de esta versión."),
    ),
    "woven": (
        "unmet",
        mark("El texto vigente cambió en un párrafo que esta propuesta también cambia"),
        mark("El párrafo combinado no lo votó nadie: hace falta una versión nueva."),
    ),
    "conflict": (
        "unmet",
        mark("El texto vigente y esta propuesta cambian las mismas palabras"),
        mark("Hay que decidir cómo queda y presentarlo como versión nueva."),
    ),
}


def merge_box(case: Case) -> MergeBox | None:
    """Say what the version meets in the text of today; None for a proposal that is over or a version withdrawn."""
    if case.combination is None or case.revision.number in case.withdrawn:
        return None
    kind = case.combination.kind.value
    state, title, detail = _KINDS[kind]
    joined = zip(case.revision.touches, case.combination.documents, strict=True)
    moved = tuple(touch.old_path for touch, each in joined if each.kind != "exact" and touch.old_path)
    conflict = not case.combination.mergeable
    return MergeBox(kind, state, _(title), _(detail), conflict, case.combination.base, moved)


def _merged(session: Session, number: int) -> Merged | None:
    found = proposals.merge_of(session, number)
    return Merged(found.merged_by.name, found.merged_at, found.note, found.revision) if found else None
