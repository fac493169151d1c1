"""Writing a document of a draft block by block: a block is changed only where it still says what its author saw."""

from __future__ import annotations

from dataclasses import dataclass

from reviewtool.errors import InvalidInput, NotFound, OutOfDate
from reviewtool.models import Draft, DraftFile
from reviewtool.prose import splicing
from reviewtool.services import drafts, texts
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Seen:
    """A block as its page showed it: its source (none: the document had no block) and where that began.

    `saves` counts the saves of the document then; `alone` says that no other lines of it read the same.
    """

    source: str
    start: int = 0
    saves: int = 0
    alone: bool = True


def numbered(text: str, number: int) -> splicing.Stretch:
    """Return the block with a number, from 1; raises NotFound."""
    known = [each for each in splicing.stretches(text) if each.start < each.end]
    if not 1 <= number <= len(known):
        raise NotFound("block-unknown")
    return known[number - 1]


def see(text: str, span: tuple[int, int], saves: int) -> Seen:
    """Return what the page of a block remembers of it."""
    source = splicing.plain(text[slice(*span)])
    return Seen(source, span[0], saves, len(splicing.occurrences(text, source)) == 1)


def change(workshop: Workshop, draft: Draft, entry: DraftFile, seen: Seen, act: str, typed: str = "") -> None:
    """Do what `act` says with what was typed: "save" it in place of a block, "add" it after, or "remove" the block.

    Raises OutOfDate("block-changed") when the block does not say any more what was seen, and never guesses another one.
    """
    text = drafts.text_of(workshop, entry)
    if text is None:
        raise NotFound("draft-file-unknown")
    span = _standing(text, seen, same=seen.saves == entry.saves)
    words = texts.typed_block(typed, text[slice(*span)] if act == "save" else "", text)
    if not words and act != "remove":
        raise InvalidInput("block-empty", field="text")
    match act:
        case "save":
            made = splicing.replaced(text, span, words)
        case "add":
            made = splicing.inserted(text, span[1], words)
        case "remove":
            made = splicing.removed(text, span)
        case _:
            raise InvalidInput("act-unknown", field="")
    if made != text:
        drafts.save_exactly(workshop, draft, entry, made)


def _standing(text: str, seen: Seen, *, same: bool) -> tuple[int, int]:
    """Return where a block stands now: where it stood if the text is the same, else its only place."""
    if not seen.source:
        if text.strip(splicing.BLANK):
            raise OutOfDate("block-changed")
        return 0, 0
    places = splicing.occurrences(text, seen.source)
    if same:
        places = [place for place in places if place[0] == seen.start]
    elif not seen.alone:
        places = []
    if len(places) != 1:
        raise OutOfDate("block-changed")
    return places[0]


def nearest(text: str, seen: Seen, saves: int) -> Seen | None:
    """Return the block that was most probably made of one that changed, for its author to look at; or None."""
    span = splicing.closest(text, seen.source)
    return see(text, span, saves) if span else None


def last(text: str, saves: int) -> Seen:
    """Return the last block of a text, after which new ones can always stand."""
    known = [each for each in splicing.stretches(text) if each.start < each.end]
    return see(text, (known[-1].start, known[-1].end), saves) if known else Seen("", saves=saves)
