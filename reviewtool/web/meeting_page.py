"""The page «Decidir en una reunión»: what may be decided, the seats with what was typed, what it would come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from reviewtool.rules.voting import VOTE_CHOICES, Position, SeatOnRoll, results_visible
from reviewtool.services import meetings, people
from reviewtool.services.meetings import Candidate, Meeting
from reviewtool.web import standing
from reviewtool.web.ballot_forms import today
from reviewtool.web.forms import asked, line, pairs, text
from reviewtool.web.i18n import gettext as _
from reviewtool.web.positions import POSITIONS, SHOWN
from reviewtool.web.seats import by_name, names_of, seat_name

FAVOUR = Position.for_.value
OPEN, UNOPENED = "proposal", "unopened"  # the boxes of proposals in ballot, and of those that wait for theirs


@dataclass(frozen=True)
class Proposal:
    """A proposal with an open ballot, or one whose ballot the meeting opens; `expected` is what it would come to, where
    it was asked. `field` and `box` name its box.
    """

    number: int
    field: str
    box: str
    title: str
    closes: str
    chosen: bool
    why_not: str
    expected: str


@dataclass(frozen=True)
class SeatRow:
    """A seat with what was typed of it."""

    key: str
    name: str
    holder: str
    attended: bool
    position: str
    reason: str


@dataclass(frozen=True)
class Page:
    """What the template shows."""

    proposals: tuple[Proposal, ...]
    seats: tuple[SeatRow, ...]
    positions: tuple[tuple[str, str], ...]
    received_on: str
    reference: str
    consulting: int  # proposals that wait for the end of their consultation
    kept: tuple[str, ...]  # what was written, for where there is no form any more to keep it

    @property
    def any(self) -> bool:
        """Say whether a meeting can decide anything now."""
        return any(not each.why_not for each in self.proposals)


def stands() -> dict[str, meetings.Stand]:
    """Return what was typed of the seats that attended."""
    keys = request.form.getlist("attended")
    return {key: meetings.Stand(line(f"position-{key}", FAVOUR), text(f"reason-{key}")) for key in keys}


def left_over() -> str:
    """Return the field of a seat that did not attend and of which something was typed all the same, else nothing."""
    attended = set(request.form.getlist("attended"))
    for name, value in request.form.items():
        field, _dash, key = name.partition("-")
        said = {"position": value != FAVOUR, "reason": bool(value.strip())}.get(field, False)
        if said and key and key not in attended:
            return name
    return ""


def build(session: Session, found: Sequence[Candidate], meeting: Meeting | None = None) -> Page:
    """Return the page; with a meeting it says what each proposal that was chosen would come to."""
    chosen = {(field, *pair) for field in (OPEN, UNOPENED) for pair in pairs(field)}
    if request.method == "GET":
        chosen = {_box(each) for each in found if each.number == asked("propuesta", 0)}
    return Page(
        proposals=tuple(_proposal(each, chosen, meeting) for each in found),
        seats=_seats(session, found),
        positions=tuple((each.value, _(_name(each))) for each in VOTE_CHOICES),
        received_on=request.form.get("received_on", today()),
        reference=request.form.get("reference", ""),
        consulting=meetings.consulting(session),
        kept=tuple(value for name, value in request.form.items() if _is_written(name, value)),
    )


def _is_written(name: str, value: str) -> bool:
    return bool(value.strip()) and (name == "reference" or name.startswith("reason-"))


def _name(position: Position) -> str:
    return SHOWN["recused"][0] if position is Position.recused else POSITIONS[position]


def _box(each: Candidate) -> tuple[str, int, int]:
    """Return the field of a proposal's box and what it says: with the ballot, or the version that is to be opened."""
    return (OPEN, each.number, each.counted.number) if each.revision is None else (UNOPENED, each.number, each.revision)


def _closes(each: Candidate) -> str:
    if each.revision is None:
        return standing.closing(each.counted.closes_at)
    return _(
        "La consulta terminó: la votación de la versión %(version)s se abre y se cierra en este acto.",
        version=each.revision,
    )


def _proposal(each: Candidate, chosen: set[tuple[str, int, int]], meeting: Meeting | None) -> Proposal:
    counted = each.counted
    field, number, shown = _box(each)
    picked = (field, number, shown) in chosen
    why_not = _("Se decide por silencio: lo interrumpe quien no está de acuerdo.") if counted.is_silence else ""
    return Proposal(
        number=number,
        field=field,
        box=f"{number}-{shown}",
        title=each.title,
        closes=_closes(each),
        chosen=picked and not why_not,
        why_not=why_not,
        expected=_expected(each, meeting) if picked and meeting is not None and not why_not else "",
    )


def _expected(each: Candidate, meeting: Meeting) -> str:
    if not results_visible(each.counted.rules, closed=False):
        return _("Las reglas guardan el resultado hasta el cierre.")
    return standing.sentence(meetings.expected(each.counted, meeting), names=names_of(each.counted))


def _seats(session: Session, found: Sequence[Candidate]) -> tuple[SeatRow, ...]:
    seats: dict[str, SeatOnRoll] = {}
    for each in found:
        seats |= {} if each.counted.is_silence else {seat.key: seat for seat in each.counted.roll.seats}
    holders = {seat.key: person.name for seat in people.seats(session) if (person := people.titular(seat))}
    attended = set(request.form.getlist("attended"))
    return tuple(
        SeatRow(
            key=seat.key,
            name=seat_name(seat),
            holder=holders.get(seat.key, ""),
            attended=seat.key in attended,
            position=request.form.get(f"position-{seat.key}", FAVOUR),
            reason=request.form.get(f"reason-{seat.key}", ""),
        )
        for seat in by_name(seats.values())
    )
