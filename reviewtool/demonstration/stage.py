"""The acts of a script: each calls the services of the page on which a person does it, at the instant of the clock.

`play` decides what happens when; here is only how. An act takes the story it belongs to and its fields in the script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewtool.clock import now
from reviewtool.demonstration.edits import changed, glued
from reviewtool.models import Comment, Draft, Objection, Person
from reviewtool.services import (
    ballots,
    consultations,
    drafts,
    editions,
    form_corrections,
    merging,
    notices,
    objections,
    ordering,
    passing,
    people,
    proposals,
    revisions,
    suggestions,
    threads,
    votes,
)
from reviewtool.services.receiving import Received
from reviewtool.services.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

Fields = Mapping[str, Any]


@dataclass
class Story:
    """One proposal as it comes about: its number once submitted, its conversations by name."""

    name: str
    number: int = 0
    said: dict[str, Comment] = field(default_factory=dict)
    objection: int = 0


class Stage:
    """The installation and the people who act in it."""

    def __init__(self, workshop: Workshop, ids: Mapping[str, int]) -> None:
        self.workshop = workshop
        self._ids = ids

    @contextmanager
    def act(self, story: Story, given: Fields) -> Iterator[tuple[Session, Person]]:
        """Lend a writing transaction and who acts in it, having come to the site and opened the proposal's page."""
        with self.workshop.database.write() as session:
            by = people.get(session, self.id_of(given["by"]))
            people.note_visit(by, now())
            if story.number:
                notices.mark_seen(session, by.id, story.number)
            yield session, by

    def id_of(self, key: str) -> int:
        """Return the id of a person by the first part of the key (`rosa` of `rosa.quispe`)."""
        return next(person_id for known, person_id in self._ids.items() if known.startswith(key + "."))

    def close_due(self, at: datetime) -> None:
        """Let the passing of time close what is due, as the first reader after it would."""
        with self.workshop.database.read() as session:
            due = passing.something_due(session, at)
        if due:
            with self.workshop.database.write() as session:
                passing.close_due(session, at)


def _write(stage: Stage, draft: Draft, given: Fields) -> None:
    """Make the changes of a script in a draft."""
    workshop = stage.workshop
    for change in given.get("changes", ()):
        path = change["path"]
        if change.get("add"):
            drafts.add_new(workshop, draft, path, glued(change["new"]).encode())
            continue
        entry = drafts.add_document(workshop, draft, path)
        if "rename" in change:
            drafts.rename(workshop, draft, entry, change["rename"])
            continue
        text = changed(path, drafts.text_of(workshop, entry) or "", change)
        drafts.save_text(workshop, draft, entry, text, saves=entry.saves)


def _meta(given: Fields) -> drafts.Meta:
    texts = {name: glued(given.get(name, "")) for name in drafts.TEXT_LIMITS}
    return drafts.Meta(**texts, kind=given.get("kind", "substance"))


def draft(stage: Stage, story: Story, given: Fields) -> None:
    """Begin a private draft and leave it there."""
    with stage.act(story, given) as (session, by):
        begun = drafts.start(session, stage.workshop, by=by)
        _write(stage, begun, given)
        drafts.save_meta(begun, _meta(given))


def submit(stage: Stage, story: Story, given: Fields) -> None:
    """Propose a change."""
    with stage.act(story, given) as (session, by):
        begun = drafts.start(session, stage.workshop, by=by)
        _write(stage, begun, given)
        drafts.save_meta(begun, _meta(given), complete=True)
        session.flush()
        draft_id = begun.id
    story.number = revisions.submit(stage.workshop, draft_id, by_id=stage.id_of(given["by"]))


def revise(stage: Stage, story: Story, given: Fields) -> None:
    """Give the proposal its next version, with the suggestions that its author takes up."""
    with stage.act(story, given) as (session, by):
        begun = drafts.start_revision(session, stage.workshop, story.number, by=by)
        for name in given.get("apply", ()):
            begun = suggestions.apply(session, stage.workshop, story.said[name].id, by=by)
        _write(stage, begun, given)
        begun.note = glued(given["note"])
        session.flush()
        draft_id = begun.id
    revisions.submit(stage.workshop, draft_id, by_id=stage.id_of(given["by"]))


def comment(stage: Stage, story: Story, given: Fields) -> None:
    """Begin a conversation on a passage, a document or the whole."""
    suggested = given.get("suggestion")
    message = threads.Message(glued(given["body"]), glued(suggested) if suggested else None)
    with stage.act(story, given) as (session, by):
        latest = proposals.get(session, story.number).latest
        place = threads.Place(latest, given.get("path"), glued(given.get("quote", "")))
        begun = threads.comment(session, stage.workshop, story.number, place, message, by=by)
        story.said[given["name"]] = threads.get(session, begun.id).comments[0]


def reply(stage: Stage, story: Story, given: Fields) -> None:
    """Answer in a conversation."""
    suggested = given.get("suggestion")
    message = threads.Message(glued(given["body"]), glued(suggested) if suggested else None)
    thread_id = story.said[given["to"]].thread_id
    with stage.act(story, given) as (session, by):
        story.said[given.get("name", "")] = threads.reply(session, thread_id, message, by=by)


def edit(stage: Stage, story: Story, given: Fields) -> None:
    """Change one's own comment."""
    written = story.said[given["of"]]
    with stage.act(story, given) as (session, by):
        threads.edit(session, written.id, glued(given["body"]), by=by, seen=written.body)


def resolve(stage: Stage, story: Story, given: Fields) -> None:
    """Close a conversation."""
    with stage.act(story, given) as (session, by):
        threads.resolve(session, story.said[given["of"]].thread_id, by=by)


def adopt(stage: Stage, story: Story, given: Fields) -> None:
    """Take up an observer's suggestion as a member."""
    with stage.act(story, given) as (session, by):
        suggestions.adopt(session, story.said[given["of"]].id, by=by)


def opinion(stage: Stage, story: Story, given: Fields) -> None:
    """Give an observer's opinion on the newest version."""
    with stage.act(story, given) as (session, by):
        latest = proposals.get(session, story.number).latest
        reason = glued(given.get("reason", ""))
        votes.give_opinion(session, story.number, by=by, revision=latest, stance=given["stance"], reason=reason)


def ballot(stage: Stage, story: Story, given: Fields) -> None:
    """Open a ballot on the newest version."""
    with stage.act(story, given) as (session, by):
        ballots.open_one(
            session,
            stage.workshop.group,
            story.number,
            by=by,
            reason=glued(given.get("reason", "")),
            preset=given.get("preset", ""),
        )


def _open_ballot(session: Session, story: Story) -> int:
    found = proposals.open_ballot(session, story.number)
    if found is None:
        raise LookupError(f"{story.name}: no ballot is open on P-{story.number}")
    return found.number


def vote(stage: Stage, story: Story, given: Fields) -> None:
    """Cast the vote of the person's seat."""
    with stage.act(story, given) as (session, by):
        votes.cast(
            session,
            story.number,
            by=by,
            ballot_number=_open_ballot(session, story),
            position=given["position"],
            reason=glued(given.get("reason", "")),
            ad_referendum=given.get("ad_referendum", False),
        )


def register(stage: Stage, story: Story, given: Fields) -> None:
    """Enter a vote that the coordination received by note."""
    received = Received("note", now().date(), given["reference"])
    with stage.act(story, given) as (session, by):
        votes.register(
            session,
            story.number,
            given["seat"],
            by=by,
            ballot_number=_open_ballot(session, story),
            position=given["position"],
            reason=glued(given.get("reason", "")),
            received=received,
        )


def interrupt(stage: Stage, story: Story, given: Fields) -> None:
    """Break the silence."""
    with stage.act(story, given) as (session, by):
        number = _open_ballot(session, story)
        votes.interrupt_silence(session, story.number, by=by, ballot_number=number, reason=glued(given["reason"]))


def ask_extension(stage: Stage, story: Story, given: Fields) -> None:
    """Ask for more time."""
    with stage.act(story, given) as (session, by):
        votes.ask_extension(session, story.number, by=by, reason=glued(given["reason"]))


def objection(stage: Stage, story: Story, given: Fields) -> None:
    """Raise a formal objection; its conversation is named too."""
    with stage.act(story, given) as (session, by):
        raised: Objection = objections.raise_one(session, story.number, by=by, reason=glued(given["reason"]))
        story.objection = raised.id
        story.said[given["name"]] = threads.get(session, raised.thread_id).comments[0]


def lift(stage: Stage, story: Story, given: Fields) -> None:
    """Lift the formal objection."""
    with stage.act(story, given) as (session, by):
        objections.lift(session, story.number, story.objection, by=by, reason=glued(given["reason"]))


def withdraw(stage: Stage, story: Story, given: Fields) -> None:
    """Withdraw one's own proposal."""
    with stage.act(story, given) as (session, by):
        consultations.withdraw(session, story.number, by=by, reason=glued(given["reason"]))


def merge(stage: Stage, story: Story, given: Fields) -> None:
    """Merge what was approved."""
    with stage.workshop.database.read() as session:
        latest = proposals.get(session, story.number).latest
    note = glued(given.get("note", ""))
    merging.merge(stage.workshop, story.number, by_id=stage.id_of(given["by"]), revision=latest, note=note)


def announce(stage: Stage, story: Story, given: Fields) -> None:
    """Announce a correction of form in a list."""
    with stage.act(story, given) as (session, by):
        latest = proposals.get(session, story.number).latest
        form_corrections.announce(session, stage.workshop, story.number, by=by, revision=latest)


def order(stage: Stage, story: Story, given: Fields) -> None:
    """Let the proposal wait until another is over, given by its number."""
    with stage.act(story, given) as (session, by):
        ordering.choose_first(session, story.number, given["first"], by=by, reason=glued(given["reason"]))


def publish(stage: Stage, _story: Story, given: Fields) -> None:
    """Publish an edition."""
    editions.publish(stage.workshop, given["edition"], by_id=stage.id_of(given["by"]), note=given["note"])


ACTS: Mapping[str, Callable[[Stage, Story, Fields], None]] = {
    act.__name__: act
    for act in (
        draft,
        submit,
        revise,
        comment,
        reply,
        edit,
        resolve,
        adopt,
        opinion,
        ballot,
        vote,
        register,
        interrupt,
        ask_extension,
        objection,
        lift,
        withdraw,
        merge,
        announce,
        order,
        publish,
    )
}
