"""Feeds (Atom, RFC 4287) and a calendar (iCalendar, RFC 5545) made of plain values, in their reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from flask import current_app, request
from icalendar import Calendar, Event

from reviewtool.services.appointments import Appointment
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language, mark

ATOM: Final = "http://www.w3.org/2005/Atom"
BEGAN: Final = "2026"  # the year in which names of entries were first given
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CLOSES: Final[dict[str, str]] = {
    "ballot": mark("Cierra la votación: %(what)s"),
    "silence": mark("Termina el silencio: %(what)s"),
    "consultation": mark("Cierra la consulta: %(what)s"),
    "meeting": mark("Reunión del grupo: %(what)s"),
}


@dataclass(frozen=True)
class Item:
    """One entry of a feed; `key` names it for good."""

    key: str
    title: str
    path: str
    at: datetime
    by: str
    text: str = ""


def base() -> str:
    """Return the address of the product, without a final slash."""
    return str(current_app.config["PUBLIC_URL"] or request.url_root).rstrip("/")


def atom(key: str, title: str, items: Sequence[Item], *, path: str, began: datetime) -> bytes:
    """Return a feed; `path` is of the page that shows the same, `began` when the feed is of that is empty."""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": language()})
    _add(feed, "id", _name(key))
    _add(feed, "title", title)
    _add(feed, "updated", _instant(max([item.at for item in items], default=began)))
    _link(feed, "alternate", base() + path)
    _link(feed, "self", base() + request.path)
    for item in items:
        entry = SubElement(feed, "entry")
        _add(entry, "id", _name(item.key))
        _add(entry, "title", item.title)
        _add(entry, "updated", _instant(item.at))
        _add(SubElement(entry, "author"), "name", item.by or title)
        _link(entry, "alternate", base() + item.path)
        _add(entry, "summary", item.text or item.title)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = _NO_XML.sub("", text)


def _link(parent: Element, rel: str, address: str) -> None:
    SubElement(parent, "link", rel=rel, href=address)


def _name(key: str) -> str:
    return f"tag:{_host()},{BEGAN}:{key}"


def _host() -> str:
    return urlsplit(base()).hostname or "localhost"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def calendar(title: str, appointments: Iterable[Appointment]) -> bytes:
    """Return a calendar; an appointment keeps its name, however it moves."""
    made = Calendar()
    made.add("prodid", "-//reviewtool//calendar//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", " ".join(title.split()))
    for each in sorted(appointments, key=lambda one: one.key):
        made.add_component(_event(each))
    return bytes(made.to_ical())


def _event(each: Appointment) -> Event:
    what = f"P-{each.number} · {each.title}" if each.number else each.title
    at: datetime | date = each.at.astimezone(UTC).replace(microsecond=0) if isinstance(each.at, datetime) else each.at
    changed_at = each.changed_at.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", f"{each.key}@{_host()}")
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", each.changes)
    event.add("dtstart", at)
    event.add("summary", _(_CLOSES[each.kind], what=" ".join(what.split())))
    event.add("status", "CANCELLED" if each.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{base()}/propuestas/{each.number}" if each.number else f"{base()}/decisiones")
    return event
