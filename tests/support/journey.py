"""The steps of the journey through the services, as short as a test wants them: propose, revise, open, vote, merge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviewtool import clock
from reviewtool.services import ballots, drafts, merging, passing, people, proposals, revisions, verifying, votes

if TYPE_CHECKING:
    from reviewtool.models import Person
    from reviewtool.services.findings import Finding
    from reviewtool.services.workshop import Workshop
    from tests.factories import Group

META = drafts.Meta(title="Aclarar el canon", reason="El texto actual es incompleto.", instrument="Comentario 25.1")


def propose(workshop: Workshop, by: Person, path: str, old: str, new: str, meta: drafts.Meta = META) -> int:
    """Submit a proposal that replaces words in one document; return its number."""
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=people.get(session, by.id))
        edit(workshop, draft, path, old, new)
        drafts.save_meta(draft, meta)
        session.flush()
        draft_id = draft.id
    return revisions.submit(workshop, draft_id, by_id=by.id)


def edit(workshop: Workshop, draft: drafts.Draft, path: str, old: str, new: str) -> None:
    """Replace words that a document of a draft must have."""
    entry = drafts.add_document(workshop, draft, path)
    text = drafts.text_of(workshop, entry)
    assert text is not None
    assert old in text
    drafts.save_text(workshop, draft, entry, text.replace(old, new), saves=entry.saves)


def revise(workshop: Workshop, by: Person, number: int, path: str, old: str, new: str) -> int:
    """Submit the next version of a proposal; return its number."""
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, by.id))
        edit(workshop, draft, path, old, new)
        draft.note = "Según los comentarios"
        draft_id = draft.id
    revisions.submit(workshop, draft_id, by_id=by.id)
    with workshop.database.read() as session:
        return proposals.get(session, number).latest


def open_ballot(workshop: Workshop, number: int, by: Person, preset: str = "") -> int:
    """Open a ballot before the consultation ends; return the ballot's number."""
    with workshop.database.write() as session:
        return ballots.open_one(
            session,
            workshop.group,
            number,
            by=people.get(session, by.id),
            reason="Urge para la próxima edición",
            preset=preset,
        ).number


def vote(workshop: Workshop, number: int, by: Person, position: str = "for", reason: str = "") -> None:
    """Cast one vote in the open ballot."""
    with workshop.database.write() as session:
        ballot = proposals.open_ballot(session, number)
        assert ballot is not None
        votes.cast(
            session,
            number,
            by=people.get(session, by.id),
            ballot_number=ballot.number,
            position=position,
            reason=reason,
        )


def close(workshop: Workshop, number: int) -> None:
    """Let the time pass until the open ballot closes."""
    with workshop.database.read() as session:
        ballot = proposals.open_ballot(session, number)
        assert ballot is not None
        later = ballot.closes_at + timedelta(minutes=1)
    with clock.at(later), workshop.database.write() as session:
        passing.close_due(session, later)


def approve(workshop: Workshop, number: int, group: Group) -> None:
    """Have eight members vote for the newest version and the ballot close."""
    open_ballot(workshop, number, group.coordinator)
    for member in group.members[:9]:
        with workshop.database.read() as session:
            if proposals.get(session, number).author_id == member.id:
                continue
        vote(workshop, number, member)
    close(workshop, number)


def merge(workshop: Workshop, number: int, by: Person) -> str:
    """Merge the newest version; return the commit."""
    with workshop.database.read() as session:
        latest = proposals.get(session, number).latest
    return merging.merge(workshop, number, by_id=by.id, revision=latest)


def findings(workshop: Workshop) -> tuple[Finding, ...]:
    """Verify an installation in which nothing moves, without waiting between two looks; return what is wrong."""
    return verifying.verify(workshop, wait=lambda _seconds: None).findings
