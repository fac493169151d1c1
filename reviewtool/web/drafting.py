"""What the editor's pages show of a draft: its changes, its look, the kinds of change in words."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.models import Draft, DraftFile, Person
from reviewtool.prose import markdown, redline, splicing, summary
from reviewtool.prose.dividing import Part
from reviewtool.rules.voting import BallotRules, days_after_change
from reviewtool.services import (
    coauthors,
    comparing,
    documents,
    drafts,
    modules,
    overlapping,
    proposals,
    rendering,
    settling,
    showing,
    splitting,
)
from reviewtool.services.differences import Shown, shortened
from reviewtool.services.workshop import Workshop
from reviewtool.web import addresses
from reviewtool.web.collapsing import Room
from reviewtool.web.context import place_name
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext, spoken
from reviewtool.web.labels import labels, redlined
from reviewtool.web.lines import SourceLine, folded
from reviewtool.web.places import Places
from reviewtool.web.reading import NOTHING, ROOM


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of change with their names."""
    return [
        ("substance", _("De fondo")),
        ("form", _("Corrección de forma")),
        ("update", _("Actualización de un instrumento o una cifra")),
        ("adaptation", _("Adaptación regional")),
        ("new", _("Contenido nuevo")),
    ]


def begun_with(session: Session, person: Person, path: str) -> tuple[int, int] | None:
    """Return draft and file id of a person's unsubmitted proposal that has a document, or None."""
    found = session.execute(
        select(DraftFile.draft_id, DraftFile.id)
        .join(Draft, Draft.id == DraftFile.draft_id)
        .where(
            Draft.author_id == person.id,
            Draft.proposal_number.is_(None),
            Draft.undoes.is_(None),
            DraftFile.old_path == path,
        )
        .order_by(Draft.updated_at.desc())
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else None


def is_for_another(session: Session, draft: Draft, person: Person) -> bool:
    """Say whether a draft is the next version of a proposal of others, which only the coordination registers."""
    number = draft.proposal_number
    if number is None or proposals.get(session, number).author_id == person.id:
        return False
    return not coauthors.is_one(session, number, person.id)


def during_vote(session: Session, draft: Draft) -> str:
    """Say what a new version does to the ballot that is open on its proposal; nothing without one."""
    ballot = proposals.open_ballot(session, draft.proposal_number) if draft.proposal_number else None
    rules = BallotRules.from_json(ballot.rules) if ballot else None
    if ballot is None or rules is None or not rules.revisions_during_vote:
        return ""
    days = days_after_change(rules)
    return ngettext(
        "Se está votando la versión %(version)s. Si presenta otra, la votación sigue sobre la nueva: lo votado queda "
        "por confirmar y el cierre deja al menos %(num)s día hábil.",
        "Se está votando la versión %(version)s. Si presenta otra, la votación sigue sobre la nueva: lo votado queda "
        "por confirmar y el cierre deja al menos %(num)s días hábiles.",
        days,
        version=ballot.revision,
    )


def differs(stored: str | None, typed: str) -> bool:
    """Say whether a typed text has other words or lines than the stored one; line endings do not count."""
    return (stored or "").replace("\r\n", "\n") != typed.replace("\r\n", "\n")


def language_of(text: str) -> str:
    """Return the language a document says it is in; Spanish when it says none."""
    return markdown.language(text) or "es"


def title_of(text: str | None, path: str) -> Markup:
    """Return what a document of the draft calls itself, in its language; of a file without text, its path."""
    return spoken((markdown.title(text) if text else None) or path, language_of(text or ""))


def path_of(folder: str, name: str, *, suffix: str = "") -> str:
    """Join a folder and a name into a path; raises InvalidInput for a name with a folder of its own or none."""
    if not name or "/" in name:
        raise InvalidInput("name-of-file", field="name")
    if suffix and not name.lower().endswith(suffix):
        name += suffix
    return f"{folder.strip('/')}/{name}" if folder.strip("/") else name


def places(workshop: Workshop) -> list[tuple[str, str, str]]:
    """Return where a new file may go: folder, title and language of each module, and outside of all of them."""
    found = modules.tree(workshop, documents.tip(workshop)).modules
    inside = [(each.folder, each.title, each.language) for each in found if each.folder]
    return [*inside, ("", _("Fuera de los módulos"), "")]


def field_of(error: ReviewError, act: str, file_id: int) -> str:
    """Return the id of the field on the page of documents that an error belongs to; empty for none of them."""
    field = getattr(error, "field", "")
    if error.code not in {"path-taken", "bad-path", "name-of-file", "extension-changes"}:
        return field
    return {"new": "name", "upload": "file", "existing": "path"}.get(act, f"path-{file_id}")


def _texts(workshop: Workshop, entry: DraftFile) -> tuple[str, str]:
    return drafts.old_text(workshop, entry), drafts.text_of(workshop, entry) or ""


@dataclass(frozen=True)
class Preview:
    """A document of a draft as it is shown: its changes by blocks or by lines, or its look, as far as there is room."""

    blocks: Sequence[Shown] = ()
    lines: Sequence[SourceLine] = ()
    look: Sequence[Piece] = ()
    hidden: int = 0  # paragraphs of its look


@dataclass(frozen=True)
class Piece:
    """A block of a document's look: its number (0: written at no one place), its source where that is not shown."""

    number: int
    html: Markup
    source: str = ""
    is_front: bool = False


def shown(workshop: Workshop, entry: DraftFile, view: str, url: str, *, whole: bool) -> Preview | None:
    """Return the marked changes or the look of a document, or None in the editor; `url` shows the `whole` of it."""
    old, new = _texts(workshop, entry)
    if view == "vista":
        return _look(new, resolver(workshop, entry), whole=whole)
    if view != "cambios" or old == new:
        return None
    if showing.extension(entry.path) not in showing.MARKDOWN:
        lines = comparing.source_lines(old, new)
        return Preview(lines=folded(lines, "line-", Room(ROOM), lambda to: f"{url}#{to}", whole=whole))
    return Preview(blocks=marked(workshop, entry, old, new, whole=whole))


def marked(workshop: Workshop, entry: DraftFile, old: str, new: str, *, whole: bool = False) -> Sequence[Shown]:
    """Return two texts of a document as one with its changes marked; what stays is folded if not `whole`."""
    found = resolver(workshop, entry)
    compared = redline.compare(old, new, resolve_old=found, resolve_new=found, labels=labels())
    return shortened(compared, everything=whole, room=ROOM)


def resolver(workshop: Workshop, entry: DraftFile) -> markdown.Resolve:
    """Return what finds the targets in a document of a draft: pictures of the draft itself, else what is published."""
    draft = entry.draft
    sent = {each.path: each.id for each in draft.files if not each.deleted and showing.image_type(each.path)}
    published = addresses.at(documents.tip(workshop)).resolver(entry.path)

    def resolve(kind: str, written: str) -> str | None:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), written))
        if kind == "image" and path in sent:
            return url_for("pictures.show", draft_id=draft.id, file_id=sent[path])
        return published(kind, written)

    return resolve


def _look(text: str, resolve: markdown.Resolve, *, whole: bool) -> Preview:
    room = Room(ROOM)
    known = splicing.stretches(text, resolve)
    fits = len(known) if whole else sum(1 for _each in takewhile(lambda each: room.takes(len(each.html)), known))
    return Preview(look=[_piece(text, *each) for each in enumerate(known[:fits], 1)], hidden=len(known) - fits)


def _piece(text: str, number: int, stretch: splicing.Stretch) -> Piece:
    start, end, html = stretch
    source = "" if html else text[start:end]
    shown = rendering.mend(Markup(html))  # noqa: S704  (sanitised by prose)
    return Piece(number if start < end else 0, shown, source, not start and source.startswith("---"))


@dataclass(frozen=True)
class Changes:
    """How much of a document the draft changes: words, and paragraphs that stay as they are."""

    words_added: int
    words_removed: int
    unchanged: int

    @property
    def any(self) -> bool:
        """Say whether anything changes."""
        return bool(self.words_added or self.words_removed)


def changes(workshop: Workshop, entry: DraftFile) -> Changes:
    """Return how much of a document the draft changes."""
    old, new = _texts(workshop, entry)
    if old == new:
        return Changes(0, 0, 0)
    told = summary.summarise(old, new)
    return Changes(told.words_added, told.words_removed, told.paragraphs_unchanged)


@dataclass(frozen=True)
class DividedDocument:
    """A document whose changes may be parted; each change with the name of its box and how it looks."""

    title: Markup
    language: str
    changes: tuple[tuple[str, Markup], ...]
    whole: str  # in one word why it goes or stays as a whole, "" where it has parts


def divided(workshop: Workshop, each: splitting.Divided) -> DividedDocument:
    """Return a document of a draft with its changes as a reader sees them."""
    entry, text = each.entry, drafts.text_of(workshop, each.entry)
    title = title_of(text if text is not None else drafts.old_text(workshop, entry), entry.path)
    if each.division is None:
        whole = _("Se suprime") if entry.deleted else _("Nuevo") if entry.old_path is None else _("Documento entero")
        return DividedDocument(title, language_of(text or ""), ((each.keys[0], NOTHING),), whole)
    looks = tuple(
        (key, redlined(part.before, part.after)) for key, part in zip(each.keys, each.division.parts, strict=True)
    )
    return DividedDocument(title, language_of(text or ""), looks, "")


@dataclass(frozen=True)
class ShownOverlap:
    """An open proposal on a document of the draft: who asks for it, and what it does to the same paragraphs."""

    number: int
    title: str
    author: str
    who: str
    same_passage: bool
    parts: tuple[Part, ...]
    looks: tuple[Markup, ...]
    language: str


def overlaps(session: Session, workshop: Workshop, draft: Draft) -> list[ShownOverlap]:
    """Return what other open proposals do to the documents of a draft, those on the same paragraphs first."""
    places = Places()
    found = [
        ShownOverlap(
            number=each.number,
            title=each.title,
            author=each.author,
            who=place_name(each.administration) or each.author,
            same_passage=each.same_passage,
            parts=each.parts,
            looks=tuple(redlined(part.before, part.after) for part in each.parts),
            language=places.language(each.path),
        )
        for each in overlapping.of_draft(session, workshop, draft)
    ]
    return sorted(found, key=lambda each: not each.same_passage)


@dataclass(frozen=True)
class ShownPassage:
    """A passage to settle, with today's text and the writer's own as they look, theirs marked against today's."""

    it: settling.Passage
    today: Markup
    mine: Markup


def passages(workshop: Workshop, entry: DraftFile) -> list[ShownPassage]:
    """Return what is left to look at in a document of a draft."""
    return [
        ShownPassage(each, markdown.render(each.today), redlined(each.today, each.mine))
        for each in settling.waiting(workshop, entry)
    ]
