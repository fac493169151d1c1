"""The names of seats in the reader's language: the one place where a seat becomes words for a page.

A seat's label, and its copy on a frozen roll, are Spanish and stay so in the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from reviewtool import i18n
from reviewtool.models import Seat
from reviewtool.rules.voting import SeatNamed, SeatOnRoll
from reviewtool.services.standings import Counted
from reviewtool.web.database import workshop
from reviewtool.web.i18n import joined, language

Seated = Seat | SeatOnRoll | SeatNamed
AnySeat = TypeVar("AnySeat", Seat, SeatOnRoll, SeatNamed)


def seat_name(seat: Seated) -> str:
    """Return the name of a seat: its administration's, with the seat's number where it has several («Argentina (2)»).

    Of an administration that has left the group's file the label remains.
    """
    place = workshop().group.find_administration(seat.administration)
    if place is None:
        return seat.label
    _code, _hyphen, number = seat.key.partition("-")
    return f"{place.name(language())} ({number})" if number else place.name(language())


def by_name(seats: Iterable[AnySeat]) -> list[AnySeat]:
    """Put seats in the order of the alphabet of the reader's language."""
    return sorted(seats, key=lambda seat: i18n.collated(seat_name(seat)))


def names_of(ballot: Counted | None) -> Mapping[str, str]:
    """Return the names of the seats of a ballot and of those that object, by key."""
    seats: tuple[Seated, ...] = (*ballot.roll.seats, *ballot.objectors) if ballot else ()
    return {seat.key: seat_name(seat) for seat in seats}


def seats_joined(seats: Collection[Seated]) -> str:
    """Join the names of some seats as prose does, in the order of the alphabet."""
    return joined(sorted(map(seat_name, seats), key=i18n.collated))
