"""The log as its page and its table show it: rows told in words, the choices of its filter, lines for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import url_for

from reviewtool import i18n
from reviewtool.rules.voting import SeatNamed
from reviewtool.services.logbook import NOBODY, Entry
from reviewtool.web import acts, closings, spreadsheets
from reviewtool.web.context import place_name
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark, zone
from reviewtool.web.seats import seat_name

LONGEST_REASON = 240  # characters of a reason on the page; the table has it whole
BY_ITSELF = mark("Automático, por plazos y reglas")  # who acted where no person did


@dataclass(frozen=True)
class Row:
    """One act as the page shows it; `talk` is the address of the conversation it belongs to."""

    at: datetime
    who: str
    place: str
    number: int
    title: str
    act: str
    reason: str
    talk: str


def rows(entries: Iterable[Entry], seats: Mapping[str, SeatNamed]) -> list[Row]:
    """Return acts as rows."""
    names = seat_names(seats)
    return [
        Row(
            at=entry.at,
            who=who(entry),
            place=place_name(entry.administration),
            number=entry.number,
            title=entry.title,
            act=acts.told(entry, names),
            reason=_cut(acts.reason(entry)),
            talk=url_for("threads.thread", thread_id=entry.facts["thread"]) if entry.facts.get("thread") else "",
        )
        for entry in entries
    ]


def seat_names(seats: Mapping[str, SeatNamed]) -> dict[str, str]:
    """Return the names of seats by key."""
    return {key: seat_name(seat) for key, seat in seats.items()}


def who(entry: Entry) -> str:
    """Name who acted."""
    return entry.who if entry.person is not None else _(BY_ITSELF)


def people(actors: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    """Return whom the filter offers: nobody, and people in the order of the alphabet."""
    named = sorted(actors, key=lambda actor: i18n.collated(actor[1]))
    return [(str(NOBODY), _(BY_ITSELF)), *((str(number), name) for number, name in named)]


def kinds() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the sorts of acts that the filter offers: word and name of each family, and its kinds."""
    return [
        (family.key, _(family.name), [(kind, _(name)) for kind, name in family.kinds.items()])
        for family in acts.FAMILIES
    ]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else text[:LONGEST_REASON].rsplit(" ", 1)[0] + "…"


def table(batches: Iterable[Iterable[Entry]], seats: Mapping[str, SeatNamed]) -> Iterator[bytes]:
    """Yield acts as a table for spreadsheets, batch by batch."""
    names, here = seat_names(seats), ZoneInfo(zone())
    return spreadsheets.table(_header(), ((_cells(entry, names, here) for entry in batch) for batch in batches))


def _header() -> list[str]:
    return [
        _("Instante (UTC)"),
        _("Fecha y hora (%(city)s)", city=closings.city()),
        _("Quién"),
        _("Administración"),
        _("Propuesta"),
        _("Título"),
        _("Acto"),
        _("Código del acto"),
    ]


def _cells(entry: Entry, names: Mapping[str, str], here: ZoneInfo) -> list[str]:
    act, why = acts.told(entry, names), acts.reason(entry)
    return [
        entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        entry.at.astimezone(here).strftime("%Y-%m-%d %H:%M:%S"),
        who(entry),
        place_name(entry.administration),
        f"P-{entry.number}",
        entry.title,
        f"{act}. {why}" if why else act,
        entry.kind,
    ]
