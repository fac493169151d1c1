"""Agreeing to several proposals at once: what waits for the vote of a seat, what each changes and when it closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash
from markupsafe import Markup

from reviewtool.errors import ReviewError
from reviewtool.services import votes, worklist
from reviewtool.web import merge_page
from reviewtool.web.case import of_number as case_of
from reviewtool.web.closings import Closing, closes
from reviewtool.web.database import act, me, reading, workshop
from reviewtool.web.errors import say
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined


@dataclass(frozen=True)
class Row:
    """One open ballot: its text in a few lines, and the words of its box."""

    number: int
    ballot: int
    version: int
    title: str
    author: str
    closing: Closing | None
    summary: tuple[Markup, ...]
    objections: int
    box: str


def rows() -> tuple[Row, ...]:
    """Return the open ballots in which the reader's seat has said nothing yet."""
    found = []
    for item in worklist.ballots_waiting(reading(), workshop(), me()):
        if item.counted is None:
            continue
        name, silent = f"P-{item.number}", item.counted.is_silence
        case = case_of(reading(), item.number)
        found.append(
            Row(
                number=item.number,
                ballot=item.counted.number,
                version=item.counted.revision,
                title=item.title,
                author=item.author,
                closing=closes(item.closes_at, "silence" if silent else "ballot") if item.closes_at else None,
                summary=merge_page.summary(case),
                objections=item.counted.standing.objections,
                box=_("Sin objeción a %(name)s", name=name) if silent else _("A favor de %(name)s", name=name),
            )
        )
    return tuple(found)


def agree(wanted: Sequence[tuple[int, int]]) -> None:
    """Vote for each of some proposals, given with the ballot that was shown; each is an act and a seal of its own."""
    done, refused = [], []
    for number, ballot_number in wanted:
        try:
            with act() as (session, by):
                votes.agree(session, number, by=by, ballot_number=ballot_number)
        except ReviewError as error:
            refused.append((number, say(error)))
        else:
            done.append(f"P-{number}")
    if done:
        flash(_("Quedó su voto en %(names)s.", names=joined(done)), "success")
    for number, why in refused:
        flash(_("P-%(number)s quedó sin su voto: %(why)s", number=number, why=why), "error")
