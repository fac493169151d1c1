"""A document in two states as its page shows it: redline, plain text or pictures, and which two states they are.

`views/documents` and `views/editions` show it; what differs, `services/differences` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from reviewtool.prose import ALGORITHM_VERSION
from reviewtool.services import comparing, differences, documents
from reviewtool.services.differences import Difference
from reviewtool.services.documents import StateId
from reviewtool.services.showing import Kind
from reviewtool.web import addresses
from reviewtool.web.addresses import Addresses
from reviewtool.web.collapsing import Room
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined
from reviewtool.web.labels import labels
from reviewtool.web.lines import SourceLine, folded
from reviewtool.web.reading import ROOM


@dataclass(frozen=True)
class State:
    """A state of the materials by the names of its editions, «the present text», or its instant alone."""

    name: str
    at: datetime


def state(commit: StateId) -> State:
    """Return how a page names a state."""
    names = [f"«{edition.name}»" for edition in documents.editions_at(reading(), commit)]
    if commit == documents.tip(workshop()):
        names.append(_("texto vigente"))
    return State(joined(names), documents.instant_of(workshop(), commit))


def facts(found: Difference, *, published: bool = False) -> dict[str, Any]:
    """Return what the template of a difference shows; `published`: the newer side is the present text."""
    before, after = sides(found, published=published)
    whole = "todo" in request.args
    url = f"?{urlencode(request.args.to_dict() | {'todo': 1})}"
    return {
        "difference": found,
        "document": found.after or found.before,
        "module": (after if found.after else before).tree.module_of(found.path),
        "marked": marked(found, (before, after), Place(url, whole=whole), Room(ROOM)),
        "before_address": before,
        "after_address": after,
        "whole": whole,
        "whole_url": url,
    }


def sides(found: Difference, *, published: bool) -> tuple[Addresses, Addresses]:
    """Return the addresses of what stands on both sides of a difference."""
    after = addresses.at(found.new_commit, older=not published)
    return addresses.at(found.old_commit, older=True, like=after) if found.old_commit else after, after


@dataclass(frozen=True)
class Place:
    """Where a difference is shown: what address shows all of it, whether this one does, its number on the page."""

    url: str
    whole: bool = False
    number: str = ""


@dataclass(frozen=True)
class Marked:
    """Two texts shown as one, by blocks or by lines, with the language of the document; neither for what is no text."""

    language: str
    place: Place
    blocks: Sequence[differences.Shown] = ()
    lines: Sequence[SourceLine] = ()

    @property
    def is_folded(self) -> bool:
        """Say whether a part of it is behind a link."""
        return any(each.chunk is None for each in self.blocks) or any(each.line is None for each in self.lines)


def marked(found: Difference, at: tuple[Addresses, Addresses], place: Place, room: Room) -> Marked:
    """Return what differs in a text, as much as there is room for."""
    old, new = found.before, found.after
    if old is None or new is None or old.blob == new.blob:
        return Marked("", place)
    module = at[1].tree.module_of(new.path)
    spoken = new.language or old.language or (module.language if module else "") or "es"
    if {old.kind, new.kind} == {Kind.markdown}:
        return Marked(spoken, place, blocks=_blocks(found, at, place, room))
    if {old.kind, new.kind} == {Kind.text}:
        known = ("lines", ALGORITHM_VERSION, old.blob, new.blob)
        whole = workshop().cache.get(known, lambda: comparing.source_lines(old.text, new.text))
        name = f"line-{place.number}"
        shown = folded(whole, name, room, lambda anchor: f"{place.url}#{anchor}", whole=place.whole)
        return Marked(spoken, place, lines=shown)
    return Marked("", place)


def _blocks(
    found: Difference, at: tuple[Addresses, Addresses], place: Place, room: Room
) -> Sequence[differences.Shown]:
    before, after = at
    resolvers = before.resolver(found.old_path or found.path), after.resolver(found.path)
    whole = differences.redlined(workshop(), found, resolvers, (before.key, after.key), labels())
    shown = differences.shortened(whole, everything=place.whole, room=room.left)
    room.takes(sum(len(each.chunk.html) for each in shown if each.chunk and each.number))
    return shown
