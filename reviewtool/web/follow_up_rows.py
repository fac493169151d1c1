"""The follow-up of a merged change as pages show it: its steps in words, who wrote them down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reviewtool.models import FollowUp, Proposal
from reviewtool.rules.lifecycle import State
from reviewtool.services import follow_ups
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localdate, mark

STEPS: dict[str, str] = {
    "sent": mark("Enviada"),
    "accepted": mark("Aceptada"),
    "returned": mark("Devuelta"),
    "no_answer": mark("Sin respuesta"),
}
RECIPIENTS: dict[str, str] = {"regional_office": mark("Oficina Regional"), "wco": mark("OMA")}


@dataclass(frozen=True)
class Row:
    """One step: what, of whom, the day and reference, a note, and who wrote it down when."""

    text: str
    reference: str
    note: str
    by: str
    at: datetime


def rows(session: Session, proposal: Proposal) -> tuple[Row, ...]:
    """Return the steps of a proposal, the newest first; none of one that is not merged."""
    if proposal.state != State.merged:
        return ()
    found = follow_ups.of_proposal(session, proposal.number)
    return tuple(
        Row(told(each), each.reference, each.note, each.recorded_by.name, each.recorded_at) for each in reversed(found)
    )


def told(each: FollowUp) -> str:
    """Say a step in one line: «Enviada (Oficina Regional), 5 dic 2026»."""
    facts = {"step": step_name(each.step), "recipient": recipient_name(each.recipient)}
    return _("%(step)s (%(recipient)s), %(day)s", **facts, day=localdate(each.on))


def step_name(step: str) -> str:
    """Say a step."""
    return _(STEPS[step])


def recipient_name(recipient: str) -> str:
    """Say to whom a change was sent."""
    return _(RECIPIENTS[recipient])
