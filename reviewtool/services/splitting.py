"""Splitting a draft: chosen changes go to a new one, so that the group can vote on each alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, OutOfDate
from reviewtool.models import Draft, DraftFile, Person
from reviewtool.prose import dividing
from reviewtool.rules.permissions import Act
from reviewtool.services import drafts, people
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Divided:
    """A document of a draft and its changes; no division where it goes or stays as a whole.

    That is a new or a deleted document, one with another name, and what is no text.
    """

    entry: DraftFile
    division: dividing.Division | None

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of what may be chosen of it."""
        if self.division is None:
            return (str(self.entry.id),)
        return tuple(f"{self.entry.id}-{part.number}" for part in self.division.parts)


def divided(workshop: Workshop, draft: Draft) -> list[Divided]:
    """Return the documents that a draft changes, each in its changes."""
    return [_divide(workshop, entry) for entry in draft.files if _changes(workshop, entry)]


def _changes(workshop: Workshop, entry: DraftFile) -> bool:
    return entry.old_path != entry.path or drafts.content(workshop, entry) != drafts.before(workshop, entry)


def _divide(workshop: Workshop, entry: DraftFile) -> Divided:
    text = drafts.text_of(workshop, entry)
    if text is None or entry.old_path != entry.path:
        return Divided(entry, None)
    return Divided(entry, dividing.divide(drafts.old_text(workshop, entry), text))


def seal(workshop: Workshop, draft: Draft) -> str:
    """Return a short name of the text that the changes are of: a form that was made from another one is refused."""
    told = hashlib.sha256(draft.base.encode())
    for entry in draft.files:
        data = drafts.content(workshop, entry)
        told.update(f"{entry.id} {entry.path} ".encode() + hashlib.sha256(data or b"").digest())
    return told.hexdigest()[:32]


def split(
    session: Session, workshop: Workshop, draft: Draft, chosen: Collection[str], *, seen: str, by: Person
) -> Draft:
    """Move the chosen changes of a draft to a new draft on the same text, and return that one.

    The reason and the source go with them; the title does not, since it told of both. Raises
    InvalidInput("split-nothing") or ("split-all"), OutOfDate("draft-changed") when the text is another than `seen`,
    AlreadyDecided("split-undoing") for a draft that takes a merged proposal back.
    """
    people.ensure_may(by, Act.propose)
    if draft.undoes is not None:
        raise AlreadyDecided("split-undoing")
    if seen != seal(workshop, draft):
        raise OutOfDate("draft-changed")
    found = divided(workshop, draft)
    known = {key for each in found for key in each.keys}
    wanted = known & set(chosen)
    if not wanted:
        raise InvalidInput("split-nothing", field="chosen")
    if wanted == known:
        raise InvalidInput("split-all", field="chosen")
    other = _begin(session, draft, by)
    for each in found:
        if each.division is None:
            if str(each.entry.id) in wanted:
                _move(draft, other, each.entry)
            continue
        _part(workshop, draft, other, each, wanted)
    session.flush()
    return other


def _begin(session: Session, draft: Draft, by: Person) -> Draft:
    other = Draft(author_id=by.id, base=draft.base, created_at=now(), updated_at=now(), kind=draft.kind)
    for field in ("reason", "instrument", "instrument_number", "instrument_paragraph"):
        setattr(other, field, getattr(draft, field))
    session.add(other)
    draft.updated_at = now()
    return other


def _move(draft: Draft, other: Draft, entry: DraftFile) -> None:
    fields = ("path", "old_path", "old_blob", "deleted", "text", "data", "updated_at")
    other.files.append(DraftFile(**{field: getattr(entry, field) for field in fields}))
    draft.files.remove(entry)


def _part(workshop: Workshop, draft: Draft, other: Draft, each: Divided, wanted: Collection[str]) -> None:
    entry, division = each.entry, each.division
    if division is None:
        return
    chosen = {part.number for part in division.parts if f"{entry.id}-{part.number}" in wanted}
    rest = {part.number for part in division.parts} - chosen
    if not chosen:
        return
    if not rest:
        _move(draft, other, entry)
        return
    taken = DraftFile(path=entry.path, old_path=entry.old_path, old_blob=entry.old_blob, updated_at=now())
    other.files.append(taken)
    drafts.save_text(workshop, other, taken, division.with_only(chosen), saves=None)
    drafts.save_text(workshop, draft, entry, division.with_only(rest), saves=None)
