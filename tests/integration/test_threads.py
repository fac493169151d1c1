"""Conversations through the services: comments, replies, edits, mentions, suggestions, and where passages stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select

from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound, OutOfDate
from reviewtool.models import Comment, CommentEdit, Notice, Person, Proposal, Thread
from reviewtool.services import (
    conversations,
    drafts,
    objections,
    people,
    placing,
    proposals,
    revisions,
    suggestions,
    threads,
    worklist,
)
from reviewtool.services.threads import Message, Place
from reviewtool.services.workshop import Workshop
from tests import factories
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, GLOSSARY, OLD_ENCODING
from tests.support.together import refusals

OLD = "Solo se añaden sobre la base de datos objetivos y cuantificables."
NEW = "Solo se añaden importes que tengan por base datos objetivos y cuantificables."
QUOTE = "datos objetivos y cuantificables"


@pytest.fixture
def workshop(settings, database, store) -> Workshop:
    from reviewtool.app import make_workshop

    return replace(make_workshop(settings), database=database, store=store)


@pytest.fixture
def group(database) -> factories.Group:
    with database.write() as session:
        made = factories.make_group(session)
    with database.read() as session:

        def load(person: Person) -> Person:
            return people.get(session, person.id)

        return factories.Group(
            tuple(map(load, made.members)),
            made.seats,
            tuple(map(load, made.observers)),
            load(made.coordinator),
            load(made.deputy),
            load(made.reader),
        )


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], ADJUSTMENTS, OLD, NEW)


def comment(workshop, number, by, body="Me parece bien.", place=None, suggestion=None, token=None) -> int:
    """Begin a thread and return its id."""
    with workshop.database.write() as session:
        writer = people.get(session, by.id)
        message = Message(body, suggestion, token)
        return threads.comment(session, workshop, number, place or Place(1), message, by=writer).id


def on_quote(revision: int = 1, quote: str = QUOTE) -> Place:
    return Place(revision, ADJUSTMENTS, quote)


def placed(workshop, number, thread_id) -> placing.Placed:
    with workshop.database.read() as session:
        all_of_them = placing.with_touches(session, number)
        return placing.place(workshop, all_of_them, session.get_one(Thread, thread_id), all_of_them[-1].number)


def act(workshop, by, do: Callable) -> None:
    with workshop.database.write() as session:
        do(session, people.get(session, by.id))


def test_a_comment_on_a_passage_keeps_where_it_stood(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0], place=on_quote())
    with workshop.database.read() as session:
        thread = session.get_one(Thread, thread_id)
        assert (thread.number, thread.quote, thread.path) == (1, QUOTE, ADJUSTMENTS)
        [touch] = proposals.revision(session, number, 1).touches
        source = placing.text(workshop, touch.new_blob)
        assert source[thread.start : thread.end] == QUOTE
        assert proposals.get(session, number).open_threads == 1


def test_a_quote_that_the_document_does_not_have_is_refused(workshop, group, number) -> None:
    with pytest.raises(InvalidInput, match="quote-not-found"):
        comment(workshop, number, group.observers[0], place=on_quote(quote="palabras que nadie escribió"))


@pytest.mark.parametrize(
    ("place", "code"),
    [(Place(7), "revision-unknown"), (Place(1, "no/existe.md"), "document-unknown")],
)
def test_a_place_that_does_not_exist_is_refused(workshop, group, number, place, code) -> None:
    with pytest.raises(NotFound, match=code):
        comment(workshop, number, group.observers[0], place=place)


@pytest.mark.parametrize(
    ("body", "code"), [(" \n ", "comment-empty"), ("a" * 20_001, "text-too-long"), ("a\0b", "text-bad")]
)
def test_a_body_that_cannot_be_kept_is_refused(workshop, group, number, body, code) -> None:
    with pytest.raises(InvalidInput, match=code):
        comment(workshop, number, group.observers[0], body)


def test_a_reader_may_not_comment(workshop, group, number) -> None:
    with pytest.raises(NotAllowed):
        comment(workshop, number, group.reader)


def test_a_document_in_an_old_encoding_can_be_commented_by_its_words(workshop, group) -> None:
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=group.members[0])
        drafts.mark_deleted(drafts.add_document(workshop, draft, OLD_ENCODING))
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    number = revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    place = Place(1, OLD_ENCODING, "La valoración según el método")
    thread_id = comment(workshop, number, group.observers[0], place=place)
    assert placed(workshop, number, thread_id).passage is not None


def test_a_second_press_of_the_button_finds_the_first_comment(workshop, group, number) -> None:
    first = comment(workshop, number, group.observers[0], token="t1")
    assert comment(workshop, number, group.observers[0], token="t1") == first
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 1


def test_a_second_press_of_reply_finds_the_first_reply(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0])
    for _press in range(2):
        act(workshop, group.members[1], lambda s, by: threads.reply(s, thread_id, Message("Sí", token="r"), by=by))
    with workshop.database.read() as session:
        assert session.get_one(Thread, thread_id).reply_count == 1


def test_a_token_longer_than_its_column_is_cut_alike_both_times(workshop, group, number) -> None:
    token = "x" * 200
    first = comment(workshop, number, group.observers[0], token=token)
    assert comment(workshop, number, group.observers[0], token=token) == first


def test_one_form_sent_twice_at_once_makes_one_comment(workshop, group, number) -> None:
    send = lambda: comment(workshop, number, group.observers[0], token="once")  # noqa: E731
    assert refusals(send, send, send) == [None] * 3
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 1


def test_people_who_comment_at_once_each_get_their_number(workshop, group, number) -> None:
    writers = group.members[1:5]
    refused = refusals(*[lambda by=by: comment(workshop, number, by, place=on_quote()) for by in writers])
    assert refused == [None] * 4
    with workshop.database.read() as session:
        numbers = session.scalars(select(Thread.number).order_by(Thread.number)).all()
        assert numbers == [1, 2, 3, 4]
        assert session.get_one(Proposal, number).open_threads == 4


def test_an_edit_keeps_what_the_comment_said_before(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0], "Antes")
    with workshop.database.read() as session:
        comment_id = threads.get(session, thread_id).comments[0].id
    for seen, text in (("Antes", "Después"), ("Después", "Al final")):
        act(workshop, group.observers[0], lambda s, by, t=text, x=seen: threads.edit(s, comment_id, t, by=by, seen=x))
    with workshop.database.read() as session:
        told = threads.get(session, thread_id).comments[0]
        assert [told.body, *(edit.body for edit in told.edits)] == ["Al final", "Antes", "Después"]
        assert told.edited_at is not None


def test_an_edit_that_changes_nothing_leaves_no_trace(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0], "Igual")
    with workshop.database.read() as session:
        comment_id = threads.get(session, thread_id).comments[0].id
    act(workshop, group.observers[0], lambda s, by: threads.edit(s, comment_id, "Igual", by=by, seen="Igual"))
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(CommentEdit)) == 0


def test_an_edit_of_a_text_that_changed_meanwhile_is_refused(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0], "Uno")
    with workshop.database.read() as session:
        comment_id = threads.get(session, thread_id).comments[0].id
    with pytest.raises(OutOfDate, match="comment-changed"):
        act(workshop, group.observers[0], lambda s, by: threads.edit(s, comment_id, "Dos", by=by, seen="Cero"))


def test_nobody_edits_the_comment_of_another(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0], "Uno")
    with workshop.database.read() as session:
        comment_id = threads.get(session, thread_id).comments[0].id
    with pytest.raises(NotAllowed, match="comment-of-other"):
        act(workshop, group.coordinator, lambda s, by: threads.edit(s, comment_id, "Dos", by=by, seen="Uno"))


def test_a_reply_opens_a_resolved_thread_again(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0])
    act(workshop, group.members[0], lambda s, by: threads.resolve(s, thread_id, by=by))
    with workshop.database.read() as session:
        assert session.get_one(Thread, thread_id).resolved_at is not None
        assert session.get_one(Proposal, number).open_threads == 0
    act(workshop, group.members[1], lambda s, by: threads.reply(s, thread_id, Message("No lo está"), by=by))
    with workshop.database.read() as session:
        assert session.get_one(Thread, thread_id).resolved_at is None
        assert session.get_one(Proposal, number).open_threads == 1


@pytest.mark.parametrize("what", [threads.resolve, threads.reopen])
def test_only_who_began_a_thread_the_author_and_the_coordination_settle_it(workshop, group, number, what) -> None:
    thread_id = comment(workshop, number, group.observers[0])
    if what is threads.reopen:
        act(workshop, group.observers[0], lambda s, by: threads.resolve(s, thread_id, by=by))
    with pytest.raises(NotAllowed, match="thread-not-yours"):
        act(workshop, group.members[4], lambda s, by: what(s, thread_id, by=by))
    act(workshop, group.coordinator, lambda s, by: what(s, thread_id, by=by))


def test_the_thread_of_a_formal_objection_is_not_resolved_by_hand(workshop, group, number) -> None:
    act(workshop, group.members[3], lambda s, by: objections.raise_one(s, number, by=by, reason="No basta."))
    with workshop.database.read() as session:
        thread_id = session.scalars(select(Thread.id)).one()
    with pytest.raises(AlreadyDecided, match="thread-is-objection"):
        act(workshop, group.members[3], lambda s, by: threads.resolve(s, thread_id, by=by))


def test_who_is_named_with_their_full_name_is_told(workshop, group, number) -> None:
    named = group.members[8]
    comment(workshop, number, group.observers[0], f"¿Qué opina, @{named.name}? Y @Nadie")
    with workshop.database.read() as session:
        told = {(notice.person_id, notice.kind) for notice in session.scalars(select(Notice))}
        assert (named.id, "mention") in told
        assert (group.members[0].id, "comment") in told
        assert not any(person_id == group.observers[0].id for person_id, _ in told)


def test_a_suggestion_needs_a_passage(workshop, group, number) -> None:
    with pytest.raises(InvalidInput, match="suggestion-needs-passage"):
        comment(workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS), suggestion="otro texto")


def suggested(workshop, group, number, words="hechos objetivos y medibles") -> int:
    thread_id = comment(workshop, number, group.observers[0], "Mejor así", place=on_quote(), suggestion=words)
    with workshop.database.read() as session:
        return threads.get(session, thread_id).comments[0].id


def test_an_applied_suggestion_makes_its_writer_a_co_author(workshop, group, number) -> None:
    comment_id, author = suggested(workshop, group, number), group.members[0]
    with workshop.database.write() as session:
        draft = suggestions.apply(session, workshop, comment_id, by=people.get(session, author.id))
        again = suggestions.apply(session, workshop, comment_id, by=people.get(session, author.id))
        assert draft.id == again.id
        assert drafts.text_of(workshop, draft.files[0]).count("hechos objetivos y medibles.") == 1
        draft_id = draft.id
    revisions.submit(workshop, draft_id, by_id=author.id)
    with workshop.database.read() as session:
        newest = proposals.revision(session, number, 2)
        assert newest.coauthors == [group.observers[0].id]
        assert suggestions.get(session, comment_id)[0].applied_in == 2
    with pytest.raises(AlreadyDecided, match="suggestion-applied"):
        act(workshop, author, lambda s, by: suggestions.apply(s, workshop, comment_id, by=by))


def test_only_the_author_of_a_proposal_applies_a_suggestion(workshop, group, number) -> None:
    comment_id = suggested(workshop, group, number)
    with pytest.raises(NotAllowed, match="not-your-proposal"):
        act(workshop, group.members[5], lambda s, by: suggestions.apply(s, workshop, comment_id, by=by))


def test_a_suggestion_whose_passage_went_is_not_applied_elsewhere(workshop, group, number) -> None:
    comment_id = suggested(workshop, group, number)
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, NEW, "")
    with pytest.raises(InvalidInput, match="suggestion-lost"):
        act(workshop, group.members[0], lambda s, by: suggestions.apply(s, workshop, comment_id, by=by))


@pytest.mark.parametrize(
    ("old", "new", "applied"),
    [
        ("objetivos y cuant", "objetivos, reales y cuant", "hechos objetivos, reales y medibles."),
        ("objetivos y cuantificables", "objetivos y comprobables", None),
    ],
)
def test_a_suggestion_keeps_what_its_passage_became_since(workshop, group, number, old, new, applied) -> None:
    comment_id, author = suggested(workshop, group, number), group.members[0]
    journey.revise(workshop, author, number, ADJUSTMENTS, old, new)
    with workshop.database.write() as session:
        by = people.get(session, author.id)
        if applied is None:
            with pytest.raises(InvalidInput, match="suggestion-outdated"):
                suggestions.apply(session, workshop, comment_id, by=by)
        else:
            draft = suggestions.apply(session, workshop, comment_id, by=by)
            assert applied in drafts.text_of(workshop, draft.files[0])


def test_several_suggestions_go_into_one_draft_and_what_cannot_is_said(workshop, group, number) -> None:
    author = group.members[0]
    first, second = suggested(workshop, group, number), suggested(workshop, group, number, "pruebas fehacientes")
    with workshop.database.write() as session:
        by = people.get(session, author.id)
        draft, refused = suggestions.apply_chosen(session, workshop, number, [second, first], by=by)
        assert draft.suggestions == [first]
        assert [(each.suggestion.comment_id, each.error.code) for each in refused] == [(second, "suggestion-outdated")]
        assert "hechos objetivos y medibles." in drafts.text_of(workshop, draft.files[0])


def test_a_suggestion_of_another_proposal_is_not_among_the_chosen(workshop, group, number) -> None:
    comment_id = suggested(workshop, group, number)
    other = journey.propose(workshop, group.members[0], ADJUSTMENTS, "Artículo 8", "artículo 8")
    with pytest.raises(InvalidInput, match="no-suggestion-chosen"):
        act(
            workshop,
            group.members[0],
            lambda s, by: suggestions.apply_chosen(s, workshop, other, [comment_id], by=by),
        )


def test_a_declined_suggestion_keeps_its_reason_in_the_conversation(workshop, group, number) -> None:
    comment_id, author = suggested(workshop, group, number), group.members[0]
    say_no = Message("El Acuerdo dice otra cosa.")
    act(workshop, author, lambda s, by: suggestions.decline(s, comment_id, say_no, by=by))
    with workshop.database.read() as session:
        found = suggestions.declined(session, number)[comment_id]
        assert (found.by, found.reason) == (author.name, "El Acuerdo dice otra cosa.")
        assert not [own for own in worklist.of_person(session, workshop, author).own if own.suggestions]
    with pytest.raises(AlreadyDecided, match="suggestion-declined"):
        act(workshop, author, lambda s, by: suggestions.apply(s, workshop, comment_id, by=by))
    with pytest.raises(AlreadyDecided, match="suggestion-declined"):
        act(workshop, author, lambda s, by: suggestions.decline(s, comment_id, say_no, by=by))


@pytest.mark.parametrize(("who", "reason", "code"), [(5, "No.", "not-your-proposal"), (0, " ", "reason-missing")])
def test_a_suggestion_is_declined_by_the_author_with_a_reason(workshop, group, number, who, reason, code) -> None:
    comment_id = suggested(workshop, group, number)
    with pytest.raises((NotAllowed, InvalidInput), match=code):
        act(
            workshop,
            group.members[who],
            lambda s, by: suggestions.decline(s, comment_id, Message(reason), by=by),
        )


def test_a_suggestion_in_the_draft_is_not_declined(workshop, group, number) -> None:
    comment_id, author = suggested(workshop, group, number), group.members[0]
    act(workshop, author, lambda s, by: suggestions.apply(s, workshop, comment_id, by=by))
    with pytest.raises(AlreadyDecided, match="suggestion-in-draft"):
        act(workshop, author, lambda s, by: suggestions.decline(s, comment_id, Message("No."), by=by))


def test_a_member_makes_an_observers_suggestion_their_own_once(workshop, group, number) -> None:
    comment_id = suggested(workshop, group, number)
    act(workshop, group.members[2], lambda s, by: suggestions.adopt(s, comment_id, by=by))
    with pytest.raises(AlreadyDecided, match="suggestion-adopted"):
        act(workshop, group.members[3], lambda s, by: suggestions.adopt(s, comment_id, by=by))
    with pytest.raises(NotAllowed):
        act(workshop, group.observers[1], lambda s, by: suggestions.adopt(s, comment_id, by=by))


def test_a_passage_is_carried_through_the_versions(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0], place=on_quote())
    assert placed(workshop, number, thread_id).state == "same"
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "# Los ajustes", "# Todos los ajustes")
    found = placed(workshop, number, thread_id)
    assert (found.state, found.passage.quote) == ("same", QUOTE)
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y cuant", "objetivos, reales y cuant")
    found = placed(workshop, number, thread_id)
    assert (found.state, found.changed_in) == ("edited", (3,))
    assert found.passage.quote == "datos objetivos, reales y cuantificables"


def test_a_passage_that_changed_and_then_moved_says_each_version_that_changed_it(workshop, group, number) -> None:
    thread_id, author = comment(workshop, number, group.observers[0], place=on_quote()), group.members[0]
    journey.revise(workshop, author, number, ADJUSTMENTS, "objetivos y cuant", "objetivos, reales y cuant")
    journey.revise(workshop, author, number, ADJUSTMENTS, "# Los ajustes", "# Todos los ajustes")
    journey.revise(workshop, author, number, ADJUSTMENTS, "reales y cuant", "reales y muy cuant")
    changed = "Solo se añaden importes que tengan por base datos objetivos, reales y muy cuantificables."
    move(workshop, author, number, changed)
    found = placed(workshop, number, thread_id)
    assert (found.state, found.changed_in) == ("edited", (2, 4))
    assert found.passage.quote == "datos objetivos, reales y muy cuantificables"


def test_a_passage_that_says_again_what_was_commented_is_not_outdated(workshop, group, number) -> None:
    thread_id, author = comment(workshop, number, group.observers[0], place=on_quote()), group.members[0]
    journey.revise(workshop, author, number, ADJUSTMENTS, "objetivos y cuant", "objetivos, reales y cuant")
    journey.revise(workshop, author, number, ADJUSTMENTS, "objetivos, reales y cuant", "objetivos y cuant")
    found = placed(workshop, number, thread_id)
    assert (found.state, found.passage.quote) == ("same", QUOTE)


def move(workshop, author, number, paragraph: str) -> None:
    """Submit a version in which a paragraph stands at the end of its document."""
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, author.id))
        entry = drafts.add_document(workshop, draft, ADJUSTMENTS)
        text = drafts.text_of(workshop, entry)
        assert paragraph in text
        moved = text.replace(paragraph, "").rstrip() + f"\n\n{paragraph}\n"
        drafts.save_text(workshop, draft, entry, moved, saves=entry.saves)
        draft.note, draft_id = "Se traslada", draft.id
    revisions.submit(workshop, draft_id, by_id=author.id)


def test_a_passage_of_a_document_that_a_version_leaves_as_it_was_is_still_there(workshop, group, number) -> None:
    kept = comment(workshop, number, group.observers[0], place=on_quote(quote="objetivos y cuantificables"))
    replaced = comment(workshop, number, group.observers[0], place=on_quote(quote="importes que tengan por"))
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, group.members[0].id))
        journey.edit(workshop, draft, ADJUSTMENTS, NEW, OLD)
        journey.edit(workshop, draft, GLOSSARY, "Maquila", "La maquila")
        draft.note, draft_id = "Solo el glosario", draft.id
    revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    found = placed(workshop, number, kept)
    assert (found.path, found.state, found.passage.quote) == (ADJUSTMENTS, "same", "objetivos y cuantificables")
    found = placed(workshop, number, replaced)
    assert (found.state, found.changed_in, found.passage.quote) == ("edited", (2,), "sobre la")


def test_a_lost_passage_says_which_version_removed_it(workshop, group, number) -> None:
    thread_id = comment(workshop, number, group.observers[0], place=on_quote())
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, NEW, "")
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "# Los ajustes", "# Todos los ajustes")
    found = placed(workshop, number, thread_id)
    assert (found.state, found.changed_in, found.passage) == ("lost", (2,), None)


def test_the_place_of_a_lost_passage_is_carried_on_too(workshop, group, number) -> None:
    thread_id, author = comment(workshop, number, group.observers[0], place=on_quote()), group.members[0]
    journey.revise(workshop, author, number, ADJUSTMENTS, NEW, "")
    lost = placed(workshop, number, thread_id)
    before = "Un párrafo nuevo delante de todo lo demás.\n\n"
    journey.revise(workshop, author, number, ADJUSTMENTS, "# Los ajustes", f"{before}# Los ajustes")
    assert placed(workshop, number, thread_id).near == lost.near + len(before)


def test_a_comment_on_a_document_follows_its_new_name(workshop, group) -> None:
    author = group.members[0]
    number = journey.propose(workshop, author, GLOSSARY, "Maquila", "La maquila")
    thread_id = comment(workshop, number, group.observers[0], place=Place(1, GLOSSARY))
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, author.id))
        drafts.rename(workshop, draft, draft.files[0], "glosario-general.md")
        draft_id = draft.id
    revisions.submit(workshop, draft_id, by_id=author.id)
    assert placed(workshop, number, thread_id).path == "glosario-general.md"


@pytest.fixture
def statements(database) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield said
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_of_threads_costs_the_same_queries_for_few_and_many(workshop, group, number, statements) -> None:
    counts = []
    for more in (2, 20):
        for _ in range(more):
            thread_id = comment(workshop, number, group.observers[0])
            for _again in range(4):
                act(workshop, group.members[1], lambda s, by, t=thread_id: threads.reply(s, t, Message("Sí"), by=by))
        with workshop.database.read() as session:
            statements.clear()
            shown = conversations.first_page(session, number).shown
            counts.append(len(statements))
        assert [len(each.replies) for each in shown] == [conversations.REPLIES_SHOWN] * len(shown)
        assert {each.hidden for each in shown} == {1}
    assert counts[0] == counts[1] <= 6


def test_the_first_page_shows_open_threads_before_resolved_ones(workshop, group, number) -> None:
    ids = [comment(workshop, number, group.observers[0], f"Comentario {n}") for n in range(4)]
    act(workshop, group.observers[0], lambda s, by: threads.resolve(s, ids[0], by=by))
    with workshop.database.read() as session:
        found = conversations.first_page(session, number, size=3)
        assert [each.thread.id for each in found.shown] == ids[1:]
        assert found.more
        assert [each.thread.id for each in conversations.first_page(session, number).shown] == [*ids[1:], ids[0]]


def test_the_list_of_threads_goes_on_where_the_page_before_ended(workshop, group, number) -> None:
    ids = [comment(workshop, number, group.observers[0]) for _ in range(5)]
    with workshop.database.read() as session:
        first = conversations.page(session, number, size=3)
        second = conversations.page(session, number, size=3, after=first.after)
        assert [each.thread.id for each in (*first.shown, *second.shown)] == ids
        assert (first.total, second.after) == (5, None)
