"""A document in two states as its page shows it: redline, plain text or pictures, and which two states they are.

`views/documents` and `views/editions` show it; what differs, `services/differences` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from reviewtool.prose import changes
from reviewtool.services import differences, documents
from reviewtool.services.differences import Difference
from reviewtool.services.documents import StateId
from reviewtool.services.showing import Kind
from reviewtool.web import addresses
from reviewtool.web.addresses import Addresses
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined
from reviewtool.web.labels import labels
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
    after = addresses.at(found.new_commit, older=not published)
    before = addresses.at(found.old_commit, older=True, like=after) if found.old_commit else after
    return {
        "difference": found,
        "document": found.after or found.before,
        "module": (after if found.after else before).tree.module_of(found.path),
        "redline": _redline(found, before, after),
        "runs": _runs(found),
        "before_address": before,
        "after_address": after,
        "whole": _whole(),
        "whole_url": f"?{urlencode(request.args.to_dict() | {'todo': 1})}",
    }


def _whole() -> bool:
    return "todo" in request.args


def _redline(found: Difference, before: Addresses, after: Addresses) -> list[differences.Shown]:
    old, new = found.before, found.after
    if old is None or new is None or old.kind is not Kind.markdown or new.kind is not Kind.markdown:
        return []
    resolvers = before.resolver(old.path), after.resolver(new.path)
    whole = differences.redlined(workshop(), found, resolvers, (before.key, after.key), labels())
    return differences.shortened(whole, everything=_whole(), room=ROOM)


def _runs(found: Difference) -> tuple[changes.Change, ...]:
    """Return the changes of two plain texts."""
    old, new = found.before, found.after
    if old is None or new is None or {old.kind, new.kind} != {Kind.text}:
        return ()
    return changes.compare(old.text, new.text).changes
