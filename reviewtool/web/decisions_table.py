"""The decisions for minutes and reports: as lines of a table, and one below the other as text.

What was decided, who stood how, remarks word for word. `decisions_word` writes the second as a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from reviewtool.rules.voting import Position
from reviewtool.services.decided import Decided, Reason
from reviewtool.web.context import place_name
from reviewtool.web.follow_up_rows import told
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localtime
from reviewtool.web.positions import POSITIONS, position_name
from reviewtool.web.seats import by_name, names_of, seat_name
from reviewtool.web.words import state_tag

_SILENT, _PENDING = "silent", "pending"
_POSITIONS = (
    *(Position.for_, Position.for_with_remarks, Position.against, Position.abstain, Position.no_objection),
    *(Position.recused, _SILENT, _PENDING),
)


def header() -> list[str]:
    """Return the first line."""
    return [
        _("Propuesta"),
        _("Título"),
        _("Documentos"),
        _("Propuesto por"),
        _("Resultado"),
        _("Fecha"),
        _("Versión votada"),
        *_position_names(),
        _("Motivos y observaciones"),
        _("Seguimiento"),
        _("Dirección"),
    ]


def _position_names() -> list[str]:
    return [
        *(_(POSITIONS[Position(position)]) for position in _POSITIONS[:5]),
        *(_("Se excusa"), _("Sin objeción por silencio"), _("No se ha pronunciado")),
    ]


def cells(each: Decided, reasons: Sequence[Reason]) -> list[str]:
    """Return the line of one decision; positions are those of its last ballot, as they counted at its end."""
    stood = _stood(each)
    return [
        f"P-{each.number}",
        each.title,
        "\n".join(each.paths),
        _author(each),
        state_tag(each.state).text,
        localtime(each.ended_at, "day"),
        str(each.counted.revision) if each.counted else "",
        *("; ".join(stood.get(key, ())) for key in _POSITIONS),
        "\n".join(f"{who}: {said}" for who, said in _remarks(each, reasons)),
        told(each.follow_up) if each.follow_up else "",
        url_for("proposals.page", number=each.number, _external=True),
    ]


@dataclass(frozen=True)
class Entry:
    """One decision as text: its lines under their names, and what seats said with their vote."""

    number: int
    title: str
    url: str
    lines: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...]


def entries(found: Sequence[Decided], reasons: Mapping[int, Sequence[Reason]]) -> list[Entry]:
    """Return decisions as text."""
    return [_entry(each, reasons.get(each.counted.id, ()) if each.counted else ()) for each in found]


def _entry(each: Decided, reasons: Sequence[Reason]) -> Entry:
    stood = _stood(each)
    positions = [
        (f"{name} ({len(stood[key])})", "; ".join(stood[key]))
        for key, name in zip(_POSITIONS, _position_names(), strict=True)
        if stood.get(key)
    ]
    lines = [
        (_("Resultado"), f"{state_tag(each.state).text}, {localtime(each.ended_at, 'day')}"),
        (_("Propuesto por"), _author(each)),
        (_("Documentos"), "; ".join(each.paths)),
        *((_("Versión votada"), str(ballot.revision)) for ballot in (each.counted,) if ballot is not None),
        *positions,
        *((_("Seguimiento"), told(step)) for step in (each.follow_up,) if step is not None),
    ]
    url = url_for("proposals.page", number=each.number, _external=True)
    return Entry(each.number, each.title, url, tuple(lines), tuple(_remarks(each, reasons)))


def _author(each: Decided) -> str:
    place = place_name(each.administration)
    return f"{each.author}, {place}" if place else each.author


def _remarks(each: Decided, reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    """Return who said what with their vote."""
    names = names_of(each.counted)
    return [(f"{names.get(said.seat, said.seat)} ({position_name(said.position)})", said.reason) for said in reasons]


def _stood(each: Decided) -> dict[str, list[str]]:
    """Return the names of the seats by what they said, what was never confirmed with a word that says so."""
    found: dict[str, list[str]] = {}
    if each.counted is None:
        return found
    cast = {one.seat: one for one in each.counted.casts}
    silent = set(each.counted.standing.silent)
    for seat in by_name(each.counted.roll.seats):
        name = seat_name(seat)
        if seat.key in silent:
            found.setdefault(_SILENT, []).append(name)
        elif (one := cast.get(seat.key)) is not None:
            said = name if one.counts else _("%(seat)s (sin confirmar)", seat=name)
            found.setdefault(one.position, []).append(said)
        elif seat.votes:
            found.setdefault(_PENDING, []).append(name)
    return found


def rows(batches: Iterator[tuple[Sequence[Decided], Mapping[int, Sequence[Reason]]]]) -> Iterator[Iterator[list[str]]]:
    """Yield the lines batch by batch."""
    for found, reasons in batches:
        yield (cells(each, reasons.get(each.counted.id, ()) if each.counted else ()) for each in found)
