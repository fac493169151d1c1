"""The rows of the list of proposals: state, seats and deadline in one short line each; and the list's title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import get_template_attribute, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.rules.lifecycle import OPEN_STATES, State
from reviewtool.rules.permissions import Act
from reviewtool.services import standings, touching
from reviewtool.services.proposals import Filter, Listed, Listing
from reviewtool.services.standings import Counted
from reviewtool.web import remembering
from reviewtool.web.closings import Closing, Kind, closes, short_day
from reviewtool.web.context import place_name
from reviewtool.web.database import workshop
from reviewtool.web.i18n import dotted, ngettext
from reviewtool.web.i18n import gettext as _
from reviewtool.web.places import Places
from reviewtool.web.security import may_now
from reviewtool.web.strips import Strip, strip_of
from reviewtool.web.words import StateTag, state_tag


@dataclass(frozen=True)
class ListRow:
    """One proposal of the list."""

    title: str
    url: str
    meta: str
    state: StateTag
    strip: Strip | None
    closing: Closing | None
    notes: tuple[str, ...]


def rows(session: Session, listing: Listing, places: Places) -> list[Markup]:
    """Return the rows as HTML. Each is remembered: only what happened since is read and made anew."""
    row_html = get_template_attribute("proposals/_row.html", "row")
    reader = remembering.reader()

    def make(fresh: list[Listed]) -> dict[Listed, str]:
        numbers = [listed.number for listed in fresh]
        ballots, touched = standings.of_open(session, workshop(), numbers), touching.touches(session, numbers)
        return {
            listed: row_html(
                _row(
                    listed,
                    ballots.get(listed.number),
                    places.name([touch.path for touch in touched.get(listed.number, ())]),
                )
            )
            for listed in fresh
        }

    return remembering.parts({listed: ("row", listed, places.key, reader) for listed in listing.rows}, make)


def _row(listed: Listed, ballot: Counted | None, place: str) -> ListRow:
    """Return one row; positions and comments only for who may read the discussion."""
    who = ", ".join(part for part in (listed.author, place_name(listed.administration)) if part)
    parts = (f"P-{listed.number}", place, who)
    return ListRow(
        title=listed.title,
        url=url_for("proposals.page", number=listed.number),
        meta=dotted(parts),
        state=state_tag(listed.state),
        strip=strip_of(ballot),
        closing=_closing(listed, ballot),
        notes=tuple(_notes(listed)),
    )


def _closing(listed: Listed, ballot: Counted | None) -> Closing | None:
    if listed.ballot_closes_at is not None:
        kind: Kind = "silence" if ballot is not None and ballot.is_silence else "ballot"
        return closes(listed.ballot_closes_at, kind)
    if listed.state == State.consultation and listed.consultation_closes_at is not None:
        return closes(listed.consultation_closes_at, "consultation")
    return None


def _notes(listed: Listed) -> list[str]:
    notes = []
    if listed.state not in {State.consultation, State.voting}:
        notes.append(_("desde el %(day)s", day=short_day(listed.state_changed_at)))
    if listed.open_threads and listed.state in OPEN_STATES and may_now(Act.read_discussion):
        notes.append(
            ngettext("%(num)s comentario por resolver", "%(num)s comentarios por resolver", listed.open_threads)
        )
    return notes


def title(listing: Listing, wanted: Filter, counts: Mapping[str, int]) -> str:
    """State how many proposals there are: all of them with those being voted on, or those that fit the filter."""
    total = ngettext("%(num)s propuesta", "%(num)s propuestas", listing.total)
    if wanted != Filter():
        return ngettext("%(num)s propuesta cumple el filtro", "%(num)s propuestas cumplen el filtro", listing.total)
    voting = counts.get(State.voting.value, 0)
    return _("%(total)s, %(voting)s en votación", total=total, voting=voting) if voting else total
