"""What the reader of a proposal may do about its decision now, and where a button is missing, why.

Every rule asked here is the services' own; a page offers nothing that would be refused for a reason known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reviewtool.errors import AlreadyDecided
from reviewtool.rules.lifecycle import OPEN_STATES, REOPENABLE, State, allowed, may_revise_in
from reviewtool.rules.permissions import Act, Role, may
from reviewtool.rules.voting import (
    Majority,
    Outcome,
    early_close_possible,
    may_call_second_call,
    may_submit_objection,
)
from reviewtool.services import people
from reviewtool.web.case import Case
from reviewtool.web.errors import say
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined, mark, ngettext
from reviewtool.web.seats import seats_joined
from reviewtool.web.security import may_now


@dataclass(frozen=True)
class Offer:
    """An act that stands to reason here: offered, or with `why_not` said instead of its button."""

    act: str  # name of the endpoint in the blueprint "ballots", or of ELSEWHERE
    label: str
    why_not: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether the button is shown."""
        return not self.why_not

    @property
    def endpoint(self) -> str:
        """Return where the act is done."""
        return ELSEWHERE.get(self.act, f"ballots.{self.act}")


#: acts that are no ballot's
ELSEWHERE: Mapping[str, str] = {
    "merge": "merging.confirm",
    "new_version": "drafts.start_revision",
    "coauthors": "coauthors.page",
    "decide_in_meeting": "meetings.decide",
    "register_comment": "registering.comment",
    "register_version": "registering.start_version",
    "order": "ordering.choose",
    "separate": "form_corrections.separate",
}
LABELS: Mapping[str, str] = {
    "vote": mark("Votar"),
    "confirm": mark("Confirmar el voto"),
    "interrupt": mark("Interrumpir el silencio"),
    "opinion": mark("Dar su parecer"),
    "ask_extension": mark("Solicitar prórroga"),
    "object": mark("Plantear una objeción formal"),
    "open_one": mark("Abrir la votación"),
    "extend_consultation": mark("Prorrogar la consulta"),
    "extend": mark("Prorrogar la votación"),
    "decline_extension": mark("Denegar la prórroga"),
    "suspend": mark("Suspender la votación"),
    "close": mark("Cerrar la votación ahora"),
    "register": mark("Registrar un voto"),
    "decide_in_meeting": mark("Decidir en una reunión"),
    "register_comment": mark("Registrar un comentario"),
    "register_version": mark("Registrar una versión nueva"),
    "order": mark("Decidir primero otra"),
    "separate": mark("Separar de la lista"),
    "call_again": mark("Segunda convocatoria"),
    "submit_objection": mark("Someter la objeción al grupo"),
    "merge": mark("Incorporar al texto"),
    "new_version": mark("Preparar una versión nueva"),
    "coauthors": mark("Coautoría"),
    "ask_amendment": mark("Pedir la enmienda del texto"),
    "withdraw": mark("Retirar la propuesta"),
    "reopen": mark("Retomar en consulta"),
}

NEEDS: Mapping[str, Act] = {
    "vote": Act.vote,
    "confirm": Act.confirm_vote,
    "interrupt": Act.interrupt_silence,
    "opinion": Act.give_opinion,
    "ask_extension": Act.request_extension,
    "object": Act.raise_objection,
    "lift": Act.lift_objection,
    "open_one": Act.open_ballot,
    "extend_consultation": Act.extend_consultation,
    "extend": Act.extend_ballot,
    "decline_extension": Act.answer_extension,
    "suspend": Act.suspend_ballot,
    "close": Act.close_ballot,
    "register": Act.register_for_others,
    "call_again": Act.call_second_call,
    "submit_objection": Act.submit_objection,
    "ask_amendment": Act.ask_amendment,
    "withdraw": Act.withdraw_own,
    "reopen": Act.reopen_proposal,
}


def label(act: str) -> str:
    """Say an act as its button does."""
    return _(LABELS[act])


def _offer(act: str, why_not: str = "") -> Offer:
    return Offer(act, label(act), why_not)


def of_member(case: Case) -> list[Offer]:
    """Return the acts of a seat: voting and what goes with it."""
    if case.seat is None:
        return []
    found = []
    if case.is_open and allowed(Act.vote, case.state):
        found += _of_ballot(case)
    if may_now(Act.raise_objection) and allowed(Act.raise_objection, case.state) and not case.is_author:
        held = any(each.seat_id == case.seat.id for each in case.open_objections)
        found.append(_offer("object", _("Este puesto ya tiene una objeción formal abierta.") if held else ""))
    waits = case.is_open or case.state is State.consultation
    if waits and may_now(Act.request_extension) and allowed(Act.request_extension, case.state) and not case.is_author:
        asked = any(each.seat_id == case.seat.id for each in case.requests)
        found.append(_offer("ask_extension", _("Su solicitud de prórroga espera respuesta.") if asked else ""))
    return found


def _of_ballot(case: Case) -> list[Offer]:
    why = why_no_vote(case)
    found = [_offer("vote", why)]
    if case.is_silence and not case.is_in_form_list:
        found.append(_offer("interrupt", why))
    own = case.own_vote
    if case.own_earlier is not None or (own is not None and not own.confirmed):
        found.append(_offer("confirm", why))
    return found


def why_no_vote(case: Case) -> str:
    """Say why the reader does not vote in the open ballot; nothing for who does."""
    if not may(case.roles, Act.vote):
        return _("Su función en el grupo no lleva voto.")
    seat = case.on_roll
    if seat is None:
        return _("Su puesto no figura en esta votación: se abrió antes de que usted lo ocupara.")
    if not seat.votes:
        return _("Usted propuso este cambio: su puesto no vota y no cuenta para el quórum.")
    own = case.own_vote
    if own is not None and _is_alternate(case) and not own.by_alternate and own.registered_by_id is None:
        return _("El titular del puesto ya votó: su voto prevalece.")
    return ""


def _is_alternate(case: Case) -> bool:
    return case.seat is not None and people.holds_as_alternate(case.person, case.seat)


def of_list(case: Case) -> list[Offer]:
    """Return the act that takes a correction of form out of its list, for whoever takes part in the discussion."""
    listed = case.is_open and case.is_in_form_list and may_now(Act.separate_correction)
    return [_offer("separate")] if listed else []


def of_observer(case: Case) -> list[Offer]:
    """Return the act of an observer: the opinion."""
    if not may_now(Act.give_opinion) or not allowed(Act.give_opinion, case.state):
        return []
    return [_offer("opinion")]


def of_author(case: Case) -> list[Offer]:
    """Return what the author of the text may do with it."""
    if not case.is_author:
        return _of_coauthor(case)
    found = []
    if may_now(Act.revise_own):
        if _may_be_revised(case):
            found.append(_offer("new_version"))
        elif case.state is State.approved and case.combination is not None:
            found.append(_offer("new_version", _("La versión aprobada se incorpora tal como se votó.")))
    if case.is_open and may_now(Act.ask_amendment) and not revises_during_vote(case):
        asked = case.proposal.amendment_asked
        found.append(_offer("ask_amendment", _("La coordinación ya tiene su petición de enmienda.") if asked else ""))
    if case.state in REOPENABLE and may_now(Act.reopen_proposal):
        found.append(_offer("reopen"))
    if may_now(Act.invite_coauthor) and allowed(Act.invite_coauthor, case.state):
        found.append(_offer("coauthors"))
    if may_now(Act.withdraw_own) and case.state in OPEN_STATES:
        found.append(_offer("withdraw"))
    return found


def _of_coauthor(case: Case) -> list[Offer]:
    found = []
    if case.is_coauthor and may_now(Act.revise_own) and _may_be_revised(case):
        found.append(_offer("new_version"))
    invited = any(each.person_id == case.person.id for each in case.coauthors)
    if invited and may_now(Act.join_as_coauthor) and allowed(Act.join_as_coauthor, case.state):
        found.append(_offer("coauthors"))
    return found


def _may_be_revised(case: Case) -> bool:
    collides = case.combination is not None and not case.combination.mergeable
    waits = case.state in {State.consultation, State.awaiting_decision} or revises_during_vote(case)
    return waits or (case.state is State.approved and collides)


def revises_during_vote(case: Case) -> bool:
    """Say whether the open ballot goes on about a new version if the author submits one."""
    return case.is_open and may_revise_in(case.state, case.rules)


def of_coordination(case: Case) -> list[Offer]:
    """Return the acts of the coordination in this state, the one to do next first."""
    if Role.coordination not in case.roles:
        return []
    at_rest = _AT_REST.get(case.state)
    found = _running(case) if case.is_open else at_rest(case) if at_rest else []
    if allowed(Act.comment, case.state):
        found = [*found, _offer("register_comment")]
    if not (case.is_author or case.is_coauthor) and _may_be_revised(case):
        found = [*found, _offer("register_version")]
    return [*found, _offer("order")] if allowed(Act.order_proposals, case.state) else found


def _consultation(case: Case) -> list[Offer]:
    return [_offer("open_one", why_not_open(case)), _offer("extend_consultation"), *_requests(case)]


def why_not_open(case: Case) -> str:
    """Say why no ballot can be opened on the newest version; nothing where one can."""
    if case.revision.number in case.withdrawn:
        return say(AlreadyDecided("version-withdrawn", number=case.number))
    return why_not_yet(case)


def why_not_yet(case: Case) -> str:
    """Say which proposal is to be decided first; nothing where none is."""
    first = case.waits_for
    return say(AlreadyDecided("decide-first", number=case.number, first=first)) if first is not None else ""


def _requests(case: Case) -> list[Offer]:
    return [_offer("decline_extension")] if case.requests else []


def _running(case: Case) -> list[Offer]:
    found = [
        _offer("register"),
        _offer("extend"),
        *_requests(case),
        _offer("suspend"),
        _offer("close", why_not_close(case)),
    ]
    if not case.is_silence:
        found.append(_offer("decide_in_meeting"))
    if case.proposal.amendment_asked:
        found.sort(key=lambda each: each.act != "suspend")
    return found


def why_not_close(case: Case) -> str:
    """Say why the open ballot cannot be closed before its instant; nothing where it can."""
    state = case.standing
    if state is None or not state.waiting_for:
        return ""
    counted = case.counted
    if counted is not None and early_close_possible(counted.rules, counted.roll, counted.casts):
        return ""
    if state.majority is Majority.silence:
        return _("El silencio corre hasta su cierre.")
    return ngettext(
        "Falta %(num)s puesto por pronunciarse y el resultado todavía puede cambiar.",
        "Faltan %(num)s puestos por pronunciarse y el resultado todavía puede cambiar.",
        len(state.waiting_for),
    )


def _approved(case: Case) -> list[Offer]:
    found = [_offer("merge", why_not_merge(case))]
    if case.open_objections:
        possible = may_submit_objection(case.rules, open_objections=len(case.open_objections))
        why = "" if possible else _("Las reglas del grupo no permiten seguir adelante con una objeción abierta.")
        found.append(_offer("submit_objection", why))
    return found


def why_not_merge(case: Case) -> str:
    """Say why an approved text cannot be merged now by the reader; nothing where it can."""
    if case.waits_for is not None:
        return why_not_yet(case)
    if case.open_objections:
        seats = seats_joined([each.seat for each in case.open_objections])
        return ngettext(
            "Una objeción formal de %(seats)s impide incorporar.",
            "Objeciones formales de %(seats)s impiden incorporar.",
            len(case.open_objections),
            seats=seats,
        )
    if case.combination is not None and not case.combination.mergeable:
        return _("El texto vigente cambió en el mismo lugar: hace falta una versión nueva.")
    if case.is_author and case.colleagues:
        return _("Usted propuso el cambio: lo incorpora %(who)s.", who=_either(case.colleagues))
    return ""


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else _("otra persona de la coordinación (%(names)s)", names=joined(list(names)))


def _no_decision(case: Case) -> list[Offer]:
    ballot = case.ballot
    outcome = Outcome(ballot.outcome) if ballot and ballot.outcome else None
    again = ballot is not None and may_call_second_call(outcome, is_second_call=ballot.second_call_of is not None)
    why_not = why_not_open(case) if again else _("Ya hubo segunda convocatoria.")
    return [_offer("call_again", why_not), _offer("reopen")]


_AT_REST: Mapping[State, Callable[[Case], list[Offer]]] = {
    State.consultation: _consultation,
    State.awaiting_decision: lambda case: [_offer("open_one", why_not_open(case))],
    State.approved: _approved,
    State.no_decision: _no_decision,
    State.not_approved: lambda _case: [_offer("reopen")],
    State.withdrawn: lambda _case: [_offer("reopen")],
}


def everything(case: Case) -> dict[str, Offer]:
    """Return all acts of the reader by name; an open offer prevails over one with a reason against it."""
    found: dict[str, Offer] = {}
    for offer in (*of_coordination(case), *of_author(case), *of_member(case), *of_list(case), *of_observer(case)):
        if offer.act not in found or offer.is_open:
            found[offer.act] = offer
    return found
