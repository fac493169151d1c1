"""What the page says of a Word file before anything is saved: changes, who made them, comments, what to ask about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.models import WordUpload
from reviewtool.prose import markdown, redline
from reviewtool.rules.permissions import Act
from reviewtool.services import documents, proposals, word_accepting, word_uploads
from reviewtool.services.differences import Shown, shortened
from reviewtool.services.word_uploads import Imported, Place, Said
from reviewtool.web import drafting
from reviewtool.web.consultation_sheet import phrases
from reviewtool.web.context import place_name
from reviewtool.web.database import me, reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localdate, mark
from reviewtool.web.labels import labels
from reviewtool.web.reading import ROOM
from reviewtool.web.security import may_now

CHOSEN_UP_TO = 300  # changes; more of them are accepted together
QUESTIONS = {
    "word-unplaced": mark("Este cambio no se pudo ubicar con seguridad y no se aplicó."),
    "word-kind": mark("Este párrafo pasó a ser otra cosa (título, punto de lista, celda o código). No se aplicó."),
    "word-shape": mark("Este párrafo cambió de nivel en su lista, o entró en un recuadro o salió de él. No se aplicó."),
    "word-columns": mark("Esta fila tiene ahora más o menos columnas. No se aplicó: cambie la tabla en el editor."),
    "word-row": mark("Estas filas no se pudieron poner en su tabla. No se aplicaron."),
    "word-picture": mark(
        "Las imágenes no se toman del archivo ni se borran con él. Agréguelas o quítelas en el borrador."
    ),
    "word-note": mark("Esta nota al pie no se pudo poner en su lugar. No se aplicó."),
    "word-lost": mark("El resultado no dice aquí exactamente lo que dice el archivo."),
}
ODD = {
    "text-box": mark("cuadros de texto"),
    "nested-table": mark("tablas dentro de tablas"),
    "merged-cells": mark("celdas combinadas"),
    "foreign-part": mark("partes traídas de otro archivo"),
    "math": mark("ecuaciones"),
}


@dataclass(frozen=True)
class From:
    """The page a file is sent from, with its name and address."""

    it: Place
    title: Markup | str = ""
    url: str = ""


@dataclass(frozen=True)
class Change:
    """One change as words; `number` is the one of its box."""

    number: int
    before: str
    after: str


@dataclass(frozen=True)
class Author:
    """Who made changes: as the file says, together and each, and as whom of the group they are known."""

    name: str
    names: tuple[str, ...]
    known: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Asked:
    """Questions of one sort: what is wrong, and of each the words of the text and those of the file."""

    sentence: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Review:
    """The page."""

    title: Markup | str
    language: str
    base: str
    url: str
    blocks: Sequence[Shown]
    authors: tuple[Author, ...]
    count: int
    may_choose: bool
    remarks: tuple[Said, ...]
    known_remarks: int
    says_now: bool  # comments go to the proposal at once
    questions: tuple[Asked, ...]
    kept_pictures: int
    odd: str
    moved_on: bool
    number: int | None
    may_revise: bool
    may_propose: bool
    tracked: bool
    people: tuple[tuple[int, str, str], ...]  # who may have written comments: id, name, administration
    may_keep: bool  # the file may be attached to the proposal


def place(path: str, number: int) -> From:
    """Return from where a file is sent; raises NotFound for a document or proposal that is not there."""
    if number:
        found = proposals.get(reading(), number)
        return From(Place(path, number), f"P-{number} · {found.title}", url_for("proposals.page", number=number))
    if path:
        document = documents.get(workshop(), documents.tip(workshop()), path)
        title = drafting.title_of(document.text, path)
        return From(Place(path), title, url_for("documents.document", path=path))
    return From(Place())


def shown(session: Session, upload: WordUpload, *, whole: bool) -> Review:
    """Return the page of a file."""
    found = word_uploads.understood(workshop(), upload)
    base = word_uploads.base_of(upload)
    text = word_uploads.base_text(workshop(), base)
    said = word_uploads.remarks(session, workshop(), upload, found, phrases())
    new = tuple(each for each in said if each.is_new)
    changed = text != found.text
    blocks = (
        shortened(redline.compare(text, found.text, labels=labels()), everything=whole, room=ROOM) if changed else ()
    )
    return Review(
        title=drafting.title_of(text, upload.path),
        language=markdown.language(text) or "es",
        base=_base(upload),
        url=url_for("word_uploads.review", upload_id=upload.id, todo=1),
        blocks=blocks,
        authors=tuple(_authors(session, found)),
        count=len(found.edits),
        may_choose=1 < len(found.edits) <= CHOSEN_UP_TO,
        remarks=new,
        known_remarks=len(said) - len(new),
        says_now=word_accepting.may_comment(session, upload),
        questions=tuple(_asked(found)),
        kept_pictures=found.pictures,
        odd=", ".join(_(ODD[name]) for name in sorted(found.odd) if name in ODD),
        moved_on=upload.proposal_number is None and upload.state != documents.tip(workshop()),
        number=upload.proposal_number,
        may_revise=word_accepting.may_revise(session, upload, me()),
        may_propose=may_now(Act.propose),
        tracked=found.tracked,
        people=tuple(_people(session, new)),
        may_keep=word_accepting.may_keep(workshop(), upload),
    )


def _people(session: Session, remarks: Sequence[Said]) -> Iterator[tuple[int, str, str]]:
    """Yield the people of the group, the reader apart, under whose names there are comments in the file."""
    for name in dict.fromkeys(who for each in remarks for who in (each.author, *(who for who, _said in each.answers))):
        person = word_uploads.known_as(session, name)
        if person is not None and person.id != me().id:
            yield person.id, person.name, place_name(person.administration)


def _base(upload: WordUpload) -> str:
    if upload.proposal_number is not None:
        return _("versión %(version)s de P-%(number)s", version=upload.revision, number=upload.proposal_number)
    at = documents.instant_of(workshop(), documents.StateId(upload.state))
    if upload.state == documents.tip(workshop()):
        return _("texto vigente")
    return _("texto como estaba el %(day)s", day=localdate(at))


def _asked(found: Imported) -> list[Asked]:
    """Put questions of one sort together; what was lost of something that is asked about anyway is not said twice."""
    asked = {_letters(each.before) for each in found.questions} | {_letters(each.after) for each in found.questions}
    lost = [each for each in found.lost if not {_letters(each.before), _letters(each.after)} & (asked - {""})]
    sorts: dict[str, list[tuple[str, str]]] = {}
    for each in (*found.questions, *lost):
        sorts.setdefault(each.code, []).append((each.before, each.after))
    return [Asked(_(QUESTIONS[code]), tuple(places)) for code, places in sorts.items()]


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _authors(session: Session, found: Imported) -> list[Author]:
    """Group the changes by who made them, in the order of the text; what was not tracked is the sender's."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for number, edit in enumerate(found.edits):
        names = tuple(dict.fromkeys(each.author if each else "" for each in edit.authors))
        groups.setdefault(names, []).append(Change(number, edit.before, edit.after))
    return [_author(session, names, tuple(changes)) for names, changes in groups.items()]


def of_author(upload: WordUpload, found: Imported, position: int) -> tuple[set[int], set[int]]:
    """Return the numbers of the changes of one of the authors, as the page lists them, and of their comments.

    What was not tracked is the sender's, and so are the comments of all who tracked nothing.
    """
    authors = _authors(reading(), found)
    if not 0 <= position < len(authors):
        return set(), set()
    names = set(authors[position].names)
    tracked = {name for each in authors for name in each.names}
    said = word_uploads.remarks(reading(), workshop(), upload, found, phrases())
    remarks = {each.number for each in said if (each.author if each.author in tracked else "") in names}
    return {change.number for change in authors[position].changes}, remarks


def _author(session: Session, names: tuple[str, ...], changes: tuple[Change, ...]) -> Author:
    """Say who made changes as the file names them, and who of the group that is."""
    own = _("Sin control de cambios: de usted")
    said = ", ".join(name or own for name in names)
    known = []
    for name in filter(None, names):
        person = word_uploads.known_as(session, name)
        if person is None:
            known.append(_("no figura en el grupo"))
        elif person.id == me().id:
            known.append(_("usted"))
        else:
            known.append(place_name(person.administration) or person.name)
    return Author(said, names, ", ".join(known), changes)
