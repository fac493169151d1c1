"""How long something is still open, in words: never only «en 3 días», always with the day, the hour and the city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import dates

from reviewtool import i18n
from reviewtool.clock import now
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language, localtime, mark, ngettext, zone

SOON_DAYS = 3
_DAY = {"es": "EEEE d 'de' MMMM", "en": "EEEE d MMMM", "pt": "EEEE, d 'de' MMMM"}
_DAY_AND_YEAR = {"es": "EEEE d 'de' MMMM 'de' y", "en": "EEEE d MMMM y", "pt": "EEEE, d 'de' MMMM 'de' y"}
Kind = Literal["ballot", "silence", "consultation"]

_TODAY: dict[Kind, str] = {
    "ballot": mark("Cierra hoy, %(when)s"),
    "silence": mark("El silencio termina hoy, %(when)s"),
    "consultation": mark("La consulta cierra hoy, %(when)s"),
}
_TOMORROW: dict[Kind, str] = {
    "ballot": mark("Cierra mañana, %(when)s"),
    "silence": mark("El silencio termina mañana, %(when)s"),
    "consultation": mark("La consulta cierra mañana, %(when)s"),
}
_LATER: dict[Kind, Callable[[int, str], str]] = {
    "ballot": lambda n, when: ngettext(
        "Cierra en %(num)s día, %(when)s", "Cierra en %(num)s días, %(when)s", n, when=when
    ),
    "silence": lambda n, when: ngettext(
        "El silencio termina en %(num)s día, %(when)s", "El silencio termina en %(num)s días, %(when)s", n, when=when
    ),
    "consultation": lambda n, when: ngettext(
        "La consulta cierra en %(num)s día, %(when)s", "La consulta cierra en %(num)s días, %(when)s", n, when=when
    ),
}


@dataclass(frozen=True)
class Closing:
    """When something closes, in words; `due` when little time is left; `short` for columns that name the city once."""

    text: str
    due: bool
    short: str = ""


def day_words(day: date) -> str:
    """Say a day with its weekday; the year only when it is another one."""
    this_year = day.year == now().astimezone(ZoneInfo(zone())).year
    pattern = (_DAY if this_year else _DAY_AND_YEAR).get(language(), _DAY["es"])
    return dates.format_date(day, pattern, locale=i18n.locale(language()))


def deadline(instant: datetime) -> str:
    """Say an instant with weekday, date, hour and city, in the reader's zone."""
    here = ZoneInfo(zone())
    return _deadline(instant.astimezone(here), language(), zone(), now().astimezone(here).year)


@lru_cache(maxsize=2048)  # a page says the same few closing hours again and again, and Babel takes its time
def _deadline(here: datetime, spoken: str, place: str, _year: int) -> str:
    where = i18n.locale(spoken)
    return _(
        "%(day)s a las %(clock)s (hora de %(city)s)",
        day=day_words(here.date()),
        clock=dates.format_time(here, "short", locale=where),
        city=i18n.city(place, spoken),
    )


def days_until(at: datetime) -> int:
    """Count the days between today and the day of an instant, both in the reader's zone."""
    here = ZoneInfo(zone())
    return (at.astimezone(here).date() - now().astimezone(here).date()).days


def closes(at: datetime, kind: Kind = "ballot") -> Closing:
    """Say when something that is open closes, and how many days are left."""
    today = now().astimezone(ZoneInfo(zone())).date()
    return _closes(at, kind, max(0, days_until(at)), (language(), zone(), today))


@lru_cache(maxsize=2048)
def _closes(at: datetime, kind: Kind, days: int, _reader: tuple[str, str, date]) -> Closing:
    """Remember the words: a list says the same few closing hours again and again, and Babel takes its time."""
    later = _LATER[kind](days, deadline(at)) if days > 1 else ""
    text = later or _((_TOMORROW if days else _TODAY)[kind], when=deadline(at))
    return Closing(text, days <= SOON_DAYS, f"{moment(at)} ({_left(days)})")


def _left(days: int) -> str:
    if days > 1:
        return ngettext("queda %(num)s día", "quedan %(num)s días", days)
    return _("mañana") if days else _("hoy")


def moment(at: datetime) -> str:
    """Say an instant with weekday, day and hour in the reader's zone, where the page names the city elsewhere."""
    return f"{short_day(at)}, {localtime(at, 'time')}"


def ago(at: datetime) -> str:
    """Say how many days ago something happened, in the reader's zone."""
    days = -days_until(at)
    if days <= 0:
        return _("hoy")
    return _("ayer") if days == 1 else ngettext("hace %(num)s día", "hace %(num)s días", days)


def short_day(at: datetime) -> str:
    """Say the day of an instant with its weekday, in the reader's zone: «vie, 12 jun»."""
    here = at.astimezone(ZoneInfo(zone())).date()
    return i18n.day_text(here, language(), "EEE d MMM")


def city() -> str:
    """Name the place whose hour the reader's pages say."""
    return i18n.city(zone(), language())
