"""The decisions as a table for minutes and reports: what was decided, who stood how, remarks word for word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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

_SHOWN = (Position.for_, Position.for_with_remarks, Position.against, Position.abstain, Position.no_objection)


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
        *(_(POSITIONS[position]) for position in _SHOWN),
        _("Se excusa"),
        _("Sin objeción por silencio"),
        _("No se ha pronunciado"),
        _("Motivos y observaciones"),
        _("Seguimiento"),
        _("Dirección"),
    ]


def cells(each: Decided, reasons: Sequence[Reason]) -> list[str]:
    """Return the line of one decision; positions are those of its last ballot, as they counted at its end."""
    counted, names = each.counted, names_of(each.counted)
    stood: Mapping[Position, list[str]] = _stood(each)
    silent = set(counted.standing.silent) if counted else set()
    spoken = {cast.seat for cast in counted.casts} if counted else set()
    rest = [seat for seat in by_name(counted.roll.seats) if seat.votes and seat.key not in spoken] if counted else []
    place = place_name(each.administration)
    return [
        f"P-{each.number}",
        each.title,
        "\n".join(each.paths),
        f"{each.author}, {place}" if place else each.author,
        state_tag(each.state).text,
        localtime(each.ended_at, "day"),
        str(counted.revision) if counted else "",
        *("; ".join(stood.get(position, ())) for position in (*_SHOWN, Position.recused)),
        "; ".join(seat_name(seat) for seat in rest if seat.key in silent),
        "; ".join(seat_name(seat) for seat in rest if seat.key not in silent),
        "\n".join(_reason(said, names) for said in reasons),
        told(each.follow_up) if each.follow_up else "",
        url_for("proposals.page", number=each.number, _external=True),
    ]


def _reason(said: Reason, names: Mapping[str, str]) -> str:
    return f"{names.get(said.seat, said.seat)} ({position_name(said.position)}): {said.reason}"


def _stood(each: Decided) -> dict[Position, list[str]]:
    """Return the names of the seats by the position that counted, what was never confirmed with a word that says so."""
    found: dict[Position, list[str]] = {}
    if each.counted is None:
        return found
    cast = {one.seat: one for one in each.counted.casts}
    for seat in by_name(each.counted.roll.seats):
        if (one := cast.get(seat.key)) is not None:
            name = seat_name(seat)
            said = name if one.confirmed else _("%(seat)s (sin confirmar)", seat=name)
            found.setdefault(one.position, []).append(said)
    return found


def rows(batches: Iterator[tuple[Sequence[Decided], Mapping[int, Sequence[Reason]]]]) -> Iterator[Iterator[list[str]]]:
    """Yield the lines batch by batch."""
    for found, reasons in batches:
        yield (cells(each, reasons.get(each.counted.id, ()) if each.counted else ()) for each in found)
