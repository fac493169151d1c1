"""How people choose to be written to: paces and quiet hours. A choice stands in no record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput
from reviewtool.models import NoticeChoice
from reviewtool.rules.mailing import ASKED_PACES, Choice, Pace

HOURS = 24


def of(session: Session, person_id: int) -> Choice:
    """Return what a person has chosen, or what holds for who has not."""
    row = session.get(NoticeChoice, person_id)
    return Choice(Pace(row.asked), Pace(row.rest), row.quiet_from, row.quiet_until) if row else Choice()


def read(asked: str, rest: str, quiet_from: str, quiet_until: str) -> Choice:
    """Return the choice that a form says; raises InvalidInput. The same hour twice, or none, means no quiet hours."""
    if asked not in ASKED_PACES:
        raise InvalidInput("choice-missing", field="asked")
    if rest not in set(Pace):
        raise InvalidInput("choice-missing", field="rest")
    begins, ends = _hour(quiet_from, "quiet_from"), _hour(quiet_until, "quiet_until")
    if begins is None or ends is None or begins == ends:
        begins = ends = None
    return Choice(Pace(asked), Pace(rest), begins, ends)


def _hour(said: str, field: str) -> int | None:
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) <= 2 and int(said) < HOURS):
        raise InvalidInput("choice-missing", field=field)
    return int(said)


def choose(session: Session, person_id: int, wanted: Choice) -> None:
    """Write a person's choice down; it holds for what waits already."""
    row = session.get(NoticeChoice, person_id) or NoticeChoice(person_id=person_id)
    row.asked, row.rest = wanted.asked.value, wanted.rest.value
    row.quiet_from, row.quiet_until = wanted.quiet_from, wanted.quiet_until
    session.add(row)


def stop(session: Session, person_id: int) -> None:
    """Send a person no more mails that ask nothing of them; twice is as good as once."""
    before = of(session, person_id)
    choose(session, person_id, Choice(before.asked, Pace.never, before.quiet_from, before.quiet_until))
