"""What the page of a merge shows: what changes, of which kind, what will be recorded; and the passages that collide."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.errors import AlreadyDecided
from reviewtool.prose import markdown
from reviewtool.rules.lifecycle import State
from reviewtool.rules.permissions import Act
from reviewtool.services import colliding, desk, merging, people, proposals
from reviewtool.services.comparing import Compared
from reviewtool.web import words
from reviewtool.web.case import Case
from reviewtool.web.case import of_number as case_of
from reviewtool.web.comparison import Asked, Reader
from reviewtool.web.database import workshop
from reviewtool.web.decision import MergeBox, merge_box
from reviewtool.web.errors import say
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark
from reviewtool.web.labels import redlined
from reviewtool.web.offers import everything, revises_during_vote, why_not_merge
from reviewtool.web.security import may_now
from reviewtool.web.standing import Item, checklist, sentence
from reviewtool.web.talk import place_of


@dataclass(frozen=True)
class Confirm:
    """The facts of a merge that is about to be made; `why_not` says what stands against it."""

    why_not: str
    merge: MergeBox | None
    checklist: tuple[Item, ...]
    sentence: str
    summary: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]  # title and language
    author: str
    author_place: str
    coauthors: tuple[str, ...]
    committer: str
    note: str
    competing: tuple[tuple[int, str], ...]


def of(session: Session, case: Case) -> Confirm:
    """Return what the page of a merge shows to the signed-in person."""
    proposal = case.proposal
    reader = _reader(case)
    compared = [(pair, reader.compared(at)) for at, pair in enumerate(reader.pairs, 1)]
    paths = [touch.path for touch in case.revision.touches]
    touching = proposals.open_touching(session, paths, besides=case.number)
    competing = {found.number: found.title for found, _touch in touching}
    state = case.standing
    return Confirm(
        why_not=_why_not(case),
        merge=merge_box(case),
        checklist=checklist(state, names=case.names) if state else (),
        sentence=sentence(state, names=case.names) if state else "",
        summary=tuple(words.summary(compared)),
        documents=tuple((each.title, each.language) for _pair, each in compared),
        author=proposal.author.name,
        author_place=place_of(proposal.author),
        coauthors=tuple(
            people.get(session, person_id).name for person_id in merging.coauthors(session, proposal, case.revision)
        ),
        committer=case.person.name,
        note=proposal.reason,
        competing=tuple(competing.items()),
    )


@dataclass(frozen=True)
class Ready:
    """A proposal that can be merged with others in one go; `why_not` says what stands against it for this reader."""

    number: int
    version: int
    title: str
    author: str
    summary: tuple[str, ...]
    why_not: str


def ready(session: Session) -> tuple[Ready, ...]:
    """Return every proposal that is ready to be merged, in the order of the desk."""
    return tuple(_ready(case_of(session, item.number)) for item in desk.board(session, workshop()).ready)


def _ready(case: Case) -> Ready:
    return Ready(
        number=case.number,
        version=case.proposal.latest,
        title=case.proposal.title,
        author=case.proposal.author.name,
        summary=summary(case),
        why_not=_why_not(case),
    )


def summary(case: Case) -> tuple[Markup, ...]:
    """Say what the version at hand changes, in a few lines."""
    reader = _reader(case)
    return tuple(words.summary([(pair, reader.compared(at)) for at, pair in enumerate(reader.pairs, 1)]))


def _why_not(case: Case) -> str:
    offer = everything(case).get("merge")
    if offer is not None:
        return offer.why_not
    if case.state is State.merged:
        return say(AlreadyDecided("merged-already", number=case.number))
    if case.state is State.approved:
        return why_not_merge(case)
    return say(AlreadyDecided("not-approved", number=case.number))


@dataclass(frozen=True)
class ShownPassage:
    """The three texts of a passage, rendered; what each side changed is marked."""

    base: Markup
    today: Markup
    proposed: Markup


@dataclass(frozen=True)
class ShownDocument:
    """A document that collides; `cause` in words where there are no passages to compare."""

    title: str
    language: str
    cause: str
    passages: tuple[ShownPassage, ...]


@dataclass(frozen=True)
class Collisions:
    """The page of what collides: the documents, and whose turn it is."""

    merge: MergeBox | None
    documents: tuple[ShownDocument, ...]
    may_revise: bool
    waits_for_ballot: bool
    author: str


_CAUSES: dict[str, str] = {
    "deleted": mark("El documento ya no está en los materiales."),
    "exists": mark("Ya hay otro documento con ese nombre."),
    "edited": mark("La propuesta suprime un documento que entretanto cambió."),
    "binary": mark("El archivo cambió y no es un texto que se pueda combinar."),
}


def collisions(case: Case) -> Collisions:
    """Return where a proposal collides with the text of today; no documents where it does not."""
    combination = case.combination
    found = colliding.of_revision(workshop(), case.revision, combination) if combination else ()
    reader = _reader(case)
    shown = {pair.new.path: reader.compared(at) for at, pair in enumerate(reader.pairs, 1)} if found else {}
    revises = case.is_author and may_now(Act.revise_own)
    frozen = case.state is State.voting and not revises_during_vote(case)
    return Collisions(
        merge=merge_box(case),
        documents=tuple(_document(each, shown.get(each.path)) for each in found),
        may_revise=revises and not frozen and "new_version" in everything(case),
        waits_for_ballot=frozen,
        author=case.proposal.author.name,
    )


def _reader(case: Case) -> Reader:
    return Reader(Asked(case.number, case.revision, None, case.proposal.latest, "cambios", False))


def _document(collided: colliding.Collided, compared: Compared | None) -> ShownDocument:
    return ShownDocument(
        title=compared.title if compared else collided.path,
        language=compared.language if compared else "es",
        cause=_(_CAUSES[collided.cause]) if collided.cause in _CAUSES else "",
        passages=tuple(_passage(each) for each in collided.passages),
    )


def _passage(passage: colliding.Passage) -> ShownPassage:
    return ShownPassage(
        base=markdown.render(passage.base),
        today=redlined(passage.base, passage.today),
        proposed=redlined(passage.base, passage.proposed),
    )
