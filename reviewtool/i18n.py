"""Catalogues, plurals, dates and numbers in the three languages, without Flask.

The message key is the Spanish text itself: Spanish is complete by construction and a missing translation shows Spanish.
Catalogues are `web/translations/<language>/LC_MESSAGES/messages.po`, read once a process.
"""

from __future__ import annotations

import gettext
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("es", "en", "pt")
LOCALES = {"es": "es", "en": "en_GB", "pt": "pt"}  # the English of the catalogue is British
FOLDER = Path(__file__).parent / "web" / "translations"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; Spanish, and an unknown one, answer with the key."""
    source = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if language not in LANGUAGES or not source.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def load(language: str) -> None:
    """Load the catalogue of a language and its words for days and numbers now, not at their first use."""
    catalogue(language)
    day_text(date(2026, 1, 1), language, "full")
    number(1.5, language)
    joined(["a", "b", "c"], language)


def text(language: str, message: str, **facts: Any) -> str:
    """Say `message` (the Spanish text) in `language`, its %(named)s places filled."""
    said = catalogue(language).gettext(message) if message else ""  # the empty key is the catalogue's own header
    return said % facts if facts else said


def plural(language: str, one: str, many: str, number: int, **facts: Any) -> str:
    """Say `one` or `many` as the language's plural rule asks; %(num)s is the number."""
    said = catalogue(language).ngettext(one, many, number)
    return said % {"num": number, **facts}


@cache
def locale(language: str) -> Locale:
    """Return Babel's locale of a language of ours."""
    return Locale.parse(LOCALES.get(language, "es"))


@lru_cache(maxsize=4096)  # a page says the same few instants again and again
def instant(value: datetime, language: str, zone: str, style: str = "long") -> str:
    """Say an instant in a reader's zone.

    Styles: "long" weekday, date and time with the city; "short" date and time; "day" the date alone; "time".
    """
    here = value.astimezone(ZoneInfo(zone))
    where = locale(language)
    if style == "time":
        return dates.format_time(here, "short", locale=where)
    day = day_text(here.date(), language, "full" if style == "long" else "medium")
    if style == "day":
        return day_text(here.date(), language)
    clock = dates.format_time(here, "short", locale=where)
    if style == "short":
        return f"{day}, {clock}"
    facts = {"day": day, "clock": clock, "city": city(zone, language)}
    return text(language, "%(day)s a las %(clock)s (hora de %(city)s)", **facts)


@lru_cache(maxsize=2048)
def city(zone: str, language: str) -> str:
    """Name the place that a time zone is called after; «Argentina/Buenos Aires» is Buenos Aires."""
    named = dates.get_timezone_location(ZoneInfo(zone), locale=locale(language), return_city=True)
    return named.rpartition("/")[2]


def collated(words: str) -> str:
    """Return the key that puts words in the order of the alphabet, whatever their accents and capitals."""
    return "".join(sign for sign in normalize("NFD", words.casefold()) if not combining(sign))


@lru_cache(maxsize=4096)
def day_text(value: date, language: str, style: str = "medium") -> str:
    """Say a day: "medium" as «5 jun 2026», "full" with the weekday, "long" without it."""
    return dates.format_date(value, style, locale=locale(language))


def number(value: float, language: str) -> str:
    """Say a number with the language's separators."""
    return numbers.format_decimal(value, locale=locale(language))


def mark(message: str) -> str:
    """Mark a text for translation that is said later."""
    return message


def mark_plural(one: str, many: str) -> tuple[str, str]:
    """Mark a text for one and one for many, which `plural` says later."""
    return one, many


def joined(items: list[str], language: str) -> str:
    """Join names as prose does: «Perú, Chile y Bolivia»."""
    return format_list(items, locale=locale(language)) if items else ""
