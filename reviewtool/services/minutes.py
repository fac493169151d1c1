"""The *constancia de decisión*: `record.md` of a proposal, in plain Spanish, readable as minutes by a lay person."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reviewtool import i18n
from reviewtool.models import Ballot, Person, Proposal, Vote
from reviewtool.rules.voting import Outcome, Position, Roll, Standing
from reviewtool.services import (
    ballots,
    comparing,
    earlier,
    follow_ups,
    meetings,
    objections,
    people,
    proposals,
    registering,
    telling,
    votes,
)
from reviewtool.services.receiving import Received
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)

WRITTEN_AT = frozenset(
    {"ballot_opened", "ballot_continued", "ballot_closed", "ballot_extended", "merged", "withdrawn", "reopened"}
    | {"silence_interrupted", "objection_raised", "objection_lifted", "lifting_registered"}
    | {"followed_up", "opinion_given", "content_withdrawn"}
)

STATES = {
    "consultation": "En consulta",
    "awaiting_decision": "Por someter a decisión",
    "voting": "En votación",
    "approved": "Aprobada (pendiente de incorporar)",
    "merged": "Incorporada al texto",
    "not_approved": "No aprobada",
    "no_decision": "Sin decisión",
    "withdrawn": "Retirada por su proponente",
}
POSITIONS = {
    Position.for_: "A favor",
    Position.for_with_remarks: "A favor, con observaciones",
    Position.against: "En contra",
    Position.abstain: "Abstención",
    Position.recused: "Se excusa (conflicto de interés)",
    Position.no_objection: "Sin objeción",
}
OUTCOMES = {
    Outcome.approved: "aprobada",
    Outcome.not_approved: "no aprobada",
    Outcome.no_quorum: "sin decisión por falta de quórum",
    Outcome.superseded: "sin efecto",
    Outcome.suspended: "suspendida",
}
STANCES = {"favourable": "Favorable", "unfavourable": "Desfavorable", "none": "Sin parecer"}
STEPS = {"sent": "Enviada", "accepted": "Aceptada", "returned": "Devuelta", "no_answer": "Sin respuesta"}
RECIPIENTS = {"regional_office": "Oficina Regional", "wco": "OMA"}
CHANNELS = {"note": "oficio", "e-mail": "correo electrónico", "meeting": "reunión", "telephone": "teléfono"}


def write(session: Session, workshop: Workshop, proposal: Proposal) -> str:
    """Return the minutes of a proposal as they stand now."""
    zone = workshop.group.calendar.zone
    author = people.get(session, proposal.author_id)
    lines = [
        f"# Constancia de decisión P-{proposal.number}",
        "",
        f"**{_line(proposal.title)}**",
        "",
        f"- Estado: {STATES[proposal.state]}",
        f"- Propuesta por: {author.name} ({_place(workshop, author)}), {_when(proposal.created_at, zone)}",
    ]
    source = ", ".join(
        part for part in (proposal.instrument, proposal.instrument_number, proposal.instrument_paragraph) if part
    )
    lines += [f"- Fuente: {_line(source)}"] if source else []
    lines += ["", "## Motivo", "", proposal.reason.strip(), ""]
    lines += _changes(session, workshop, proposal) + _versions(session, proposal, zone)
    decided_in = meetings.of_proposal(session, proposal.number)
    before: Ballot | None = None
    for ballot in ballots.of_proposal(session, proposal.number):
        meeting = decided_in.get(ballot.number)
        if before is not None and earlier.goes_on(before, ballot):
            lines += [f"Sigue como votación {ballot.number}, sobre la versión {ballot.revision}.", ""]
        lines += _ballot(session, ballot, zone, in_meeting=meeting is not None) + _meeting(ballot, meeting)
        before = ballot
    lines += _opinions(session, workshop, proposal) + _objections(session, proposal, zone)
    lines += _merge(session, proposal, zone) + _follow_up(session, proposal)
    return "\n".join(lines).rstrip() + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _place(workshop: Workshop, person: Person) -> str:
    found = workshop.group.find_administration(person.administration)
    return found.name("es") if found else person.administration


def _when(at: datetime, zone: str) -> str:
    return i18n.instant(at, "es", zone, "long")


def _changes(session: Session, workshop: Workshop, proposal: Proposal) -> list[str]:
    """Say what the newest revision changes; what cannot be told is logged and left out, for decisions wait for this."""
    newest = proposals.latest_revision(session, proposal)
    try:
        pairs = comparing.pairs(workshop, newest, None)
        said = telling.lines([(pair, comparing.tell(workshop, pair)) for pair in pairs], "es")
    except Exception:
        log.exception("the changes of P-%s could not be told", proposal.number)
        return []
    return ["## Qué cambia", "", *(f"- {_line(line)}" for line in said), ""] if said else []


def _versions(session: Session, proposal: Proposal, zone: str) -> list[str]:
    lines, registered = ["## Versiones", ""], registering.versions(session, proposal.number)
    for revision in reversed(proposals.revisions(session, proposal.number)):
        note = f": {_line(revision.note)}" if revision.note else ""
        when = _when(revision.submitted_at, zone)
        received = registered[revision.number].received if revision.number in registered else None
        according = f". {_according_to(received)}" if received else ""
        lines.append(f"- Versión {revision.number}, {revision.author.name}, {when}{according}{note}")
    newest = proposals.latest_revision(session, proposal)
    return [*lines, "", "Documentos: " + "; ".join(f"`{touch.path}`" for touch in newest.touches), ""]


def _ballot(session: Session, ballot: Ballot, zone: str, *, in_meeting: bool) -> list[str]:
    state = ballots.standing_of(session, ballot)
    lines = [
        f"## Votación {ballot.number}, sobre la versión {ballot.revision}",
        "",
        f"Abierta por {people.get(session, ballot.opened_by_id).name}, {_when(ballot.opened_at, zone)}; "
        f"cierre {_when(ballot.closes_at, zone)}. Sello del texto: `{ballot.seal[:16]}`.",
        "",
        "| Puesto | Posición | Motivo y forma de recepción |",
        "|---|---|---|",
    ]
    cast = {vote.seat.key: vote for vote in votes.of_ballot(session, ballot.id)}
    waits = {each.vote.seat.key: each for each in earlier.votes(session, ballot)}
    for seat in Roll.from_json(ballot.roll).seats:
        vote, before = cast.get(seat.key), waits.get(seat.key)
        said = _earlier(before, state) if before else _position(vote, seat.key, seat.votes, state)
        lines.append(f"| {seat.label} | {said} | {_received(before.vote if before else vote)} |")
    return [*lines, "", _result(ballot, state, zone, in_meeting=in_meeting), ""]


def _meeting(ballot: Ballot, meeting: Mapping[str, Any] | None) -> list[str]:
    if meeting is None:
        return []
    present = [seat.label for seat in Roll.from_json(ballot.roll).seats if seat.key in meeting["attended"]]
    return [f"{_line(ballot.outcome_reason)}, presentes: {', '.join(present)}.", ""]


def _position(vote: Vote | None, key: str, may_vote: bool, state: Standing) -> str:
    if not may_vote:
        return "Proponente, no vota"
    if vote is None:
        return "Sin objeción (silencio)" if key in state.silent else "No se ha pronunciado"
    said = POSITIONS[Position(vote.position)]
    if vote.confirmed:
        return said
    return f"{said} (ad referéndum, sin confirmar)" if vote.ad_referendum else f"{said} (por confirmar)"


def _earlier(before: earlier.Earlier, state: Standing) -> str:
    said = f"{POSITIONS[Position(before.vote.position)]} (sobre la versión {before.revision}, por confirmar)"
    return f"Sin objeción (silencio); antes: {said}" if before.vote.seat.key in state.silent else said


def _received(vote: Vote | None) -> str:
    if vote is None:
        return ""
    parts = [_line(vote.reason).replace("|", "\\|")] if vote.reason else []
    if vote.channel and vote.channel_on:
        parts.append(_according_to(Received(vote.channel, vote.channel_on, vote.channel_reference)))
    return ". ".join(parts)


def _according_to(received: Received) -> str:
    day = i18n.day_text(received.on, "es", "long")
    channel = CHANNELS[received.channel]
    return f"Registrado por la coordinación según {channel} {_line(received.reference)} del {day}"


def _result(ballot: Ballot, state: Standing, zone: str, *, in_meeting: bool) -> str:
    if ballot.closed_at is None or ballot.outcome is None:
        return "La votación sigue abierta."
    abstaining = "1 abstención" if state.abstaining == 1 else f"{state.abstaining} abstenciones"
    counted = f"{state.in_favour} a favor, {state.against} en contra, {abstaining}"
    if state.majority == "silence":
        counted = f"{state.no_objection} sin objeción y {len(state.silent)} sin objeción por silencio"
    reason = f" Motivo: {_line(ballot.outcome_reason)}." if ballot.outcome_reason and not in_meeting else ""
    return f"Resultado, {_when(ballot.closed_at, zone)}: **{OUTCOMES[Outcome(ballot.outcome)]}** ({counted}).{reason}"


def _opinions(session: Session, workshop: Workshop, proposal: Proposal) -> list[str]:
    found = votes.opinions(session, proposal.number)
    if not found:
        return []
    lines = ["## Parecer de los observadores", "", "No cuenta para el resultado.", ""]
    for opinion in found:
        reason = f": {_line(opinion.reason)}" if opinion.reason else ""
        on = f", sobre la versión {opinion.revision}" if opinion.revision != proposal.latest else ""
        who = f"{opinion.person.name} ({_place(workshop, opinion.person)})"
        lines.append(f"- {who}: {STANCES[opinion.stance]}{on}{reason}")
    return [*lines, ""]


def _objections(session: Session, proposal: Proposal, zone: str) -> list[str]:
    found = objections.of_proposal(session, proposal.number)
    if not found:
        return []
    registered = objections.registered_liftings(session, proposal.number)
    lines = ["## Objeciones formales", ""]
    for objection in found:
        received = registered.get(objection.id)
        if objection.lifted_at:
            said = [f"Retirada, {_when(objection.lifted_at, zone)}.", _line(objection.lifting_reason)]
            said += [_according_to(received) + "."] if received else []
            ended = " ".join(part for part in said if part)
        elif objection.overridden_in:
            ended = f"El grupo decidió seguir adelante en la votación {objection.overridden_in}."
        else:
            ended = "Sigue abierta."
            ended += f" Retiro por confirmar. {_according_to(received)}." if received else ""
        lines.append(f"- {objection.seat.label}, {_when(objection.raised_at, zone)}: {_line(objection.reason)} {ended}")
    return [*lines, ""]


def _merge(session: Session, proposal: Proposal, zone: str) -> list[str]:
    merged = proposals.merge_of(session, proposal.number)
    if merged is None:
        return []
    lines = [
        "## Incorporación",
        "",
        f"Incorporada por {merged.merged_by.name}, {_when(merged.merged_at, zone)} (registro `{merged.commit[:12]}`).",
    ]
    return [*lines, *([_line(merged.note)] if merged.note else []), ""]


def _follow_up(session: Session, proposal: Proposal) -> list[str]:
    found = follow_ups.of_proposal(session, proposal.number)
    if not found:
        return []
    lines = ["## Seguimiento", ""]
    for each in found:
        reference = f", {_line(each.reference)}" if each.reference else ""
        note = f": {_line(each.note)}" if each.note else ""
        day = i18n.day_text(each.on, "es", "long")
        lines.append(f"- {STEPS[each.step]} ({RECIPIENTS[each.recipient]}), {day}{reference}{note}")
    return [*lines, ""]
