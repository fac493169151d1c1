"""A version withdrawn for confidentiality: its text is found nowhere, what stands stays, and `verify` is clean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from reviewtool import installing
from reviewtool.db import Database
from reviewtool.errors import AlreadyDecided
from reviewtool.gitstore import reading, trees
from reviewtool.models import Ballot, Comment, Draft, DraftFile, Event, Revision, Suggestion, Thread
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.services import drafts, people, proposals, rebuilding, recording, revisions, threads, withdrawals
from reviewtool.services.workshop import Workshop
from tests.support import journey
from tests.support.materials import INTRODUCTION, PICTURE
from tests.support.objects import inflated, on_disk, reached

SECRET = "Importadora Quetzal declaró 48.312,75 USD"
PASSAGE = f"el precio que {SECRET} realmente"
IMAGE = b"\x89PNG\r\n\x1a\n the invoice of an importer"
GROUND = "Datos de un importador, artículo 10"


@pytest.fixture
def number(workshop, group):
    """A proposal whose first version says what it must not, in a document and in a picture."""
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=people.get(session, group.members[0].id))
        journey.edit(workshop, draft, INTRODUCTION, "el precio realmente", PASSAGE)
        drafts.add_new(workshop, draft, "valor-de-transaccion/caso.md", f"# Caso\n\n{SECRET}.\n".encode())
        drafts.add_new(workshop, draft, "valor-de-transaccion/figuras/caso.png", IMAGE)
        drafts.put_file(workshop, draft, PICTURE, IMAGE + b"2")
        drafts.save_meta(draft, journey.META)
        draft.note = "Un caso"
        session.flush()
        draft_id = draft.id
    made = revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    recording.record_group(workshop)
    recording.record(workshop, made)
    return made


def withdraw(workshop: Workshop, group, number: int, version: int = 1):
    with workshop.database.read() as session:
        revision = proposals.revision(session, number, version)
    return withdrawals.withdraw(workshop, "version", revision.id, ground=GROUND, by_id=group.coordinator.id)


def comment(workshop, number, by, body, quote="", suggestion=None, version=1):
    with workshop.database.write() as session:
        place = threads.Place(version, INTRODUCTION if quote else None, quote)
        begun = threads.comment(
            session, workshop, number, place, threads.Message(body, suggestion), by=people.get(session, by.id)
        )
        found = begun.id
    recording.record(workshop, number)
    return found


def test_the_text_is_gone_and_its_commit_keeps_author_instant_and_base(workshop, group, number):
    with workshop.database.read() as session:
        before = proposals.revision(session, number, 1)
    old = reading.commit(workshop.store, before.commit)
    assert SECRET.encode() in reached(workshop.store)
    made = withdraw(workshop, group, number)
    assert SECRET.encode() not in reached(workshop.store)
    assert IMAGE not in reached(workshop.store)
    with workshop.database.read() as session:
        after = proposals.revision(session, number, 1)
        said = [(touch.path, touch.status, touch.new_blob == touch.old_blob) for touch in after.touches]
    assert made.renamed[before.commit] == after.commit
    new = reading.commit(workshop.store, after.commit)
    for kept in ("author", "committer", "parents", "subject", "trailers"):
        assert getattr(new, kept) == getattr(old, kept)
    assert new.body.splitlines()[0] == INSTEAD
    assert (after.note, after.seal) == (INSTEAD, before.seal)
    assert said == [
        (INTRODUCTION, "M", True),
        ("valor-de-transaccion/caso.md", "A", False),
        ("valor-de-transaccion/figuras/caso.png", "A", False),
        (PICTURE, "M", True),
    ]
    assert revisions.text_at(workshop, after.commit, "valor-de-transaccion/caso.md").decode() == f"{INSTEAD}\n"
    assert journey.findings(workshop) == ()


def test_what_quotes_it_goes_and_what_is_about_the_text_before_stays(workshop, group, number):
    about = comment(workshop, number, group.members[1], "¿Es público?", SECRET, "el precio que un importador declaró")
    kept = comment(workshop, number, group.members[2], "Esto sí", "valor de transacción")
    general = comment(workshop, number, group.members[3], f"No escribamos «{SECRET}» aquí, y menos 48.312,75")
    withdraw(workshop, group, number)
    with workshop.database.read() as session:
        gone, stays = session.get_one(Thread, about), session.get_one(Thread, kept)
        assert (gone.quote, gone.prefix, gone.suffix, gone.start) == (INSTEAD, "", "", None)
        assert stays.quote == "valor de transacción"
        base = revisions.text_at(workshop, proposals.revision(session, number, 1).base, INTRODUCTION).decode()
        assert base[stays.start : stays.end] == "valor de transacción"
        suggestion = session.scalars(select(Suggestion)).one()
        assert (suggestion.original, suggestion.replacement) == (INSTEAD, INSTEAD)
        said = session.scalars(select(Comment.body).where(Comment.thread_id == general)).one()
        assert said == f"No escribamos «{INSTEAD}» aquí, y menos {INSTEAD}"
    assert SECRET.encode() not in reached(workshop.store)
    assert journey.findings(workshop) == ()


def test_an_open_ballot_on_it_is_suspended_and_the_author_writes_another_version(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    withdraw(workshop, group, number)
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert (proposal.state, proposal.amendment_asked) == ("awaiting_decision", True)
        assert session.scalars(select(Ballot.outcome)).all() == ["suspended"]
    with pytest.raises(AlreadyDecided, match="version-withdrawn"):
        journey.open_ballot(workshop, number, group.coordinator)
    journey.revise(workshop, group.members[0], number, INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    assert SECRET.encode() not in reached(workshop.store)
    assert journey.findings(workshop) == ()


def test_what_the_group_approved_cannot_be_merged_once_its_text_is_gone(workshop, group, number):
    journey.approve(workshop, number, group)
    withdraw(workshop, group, number)
    with workshop.database.read() as session:
        assert proposals.get(session, number).state == "awaiting_decision"
    with pytest.raises(AlreadyDecided, match="state-forbids"):
        journey.merge(workshop, number, group.coordinator)
    assert journey.findings(workshop) == ()


def test_the_minutes_tell_no_more_what_it_changed(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    recording.record(workshop, number)
    ref = f"refs/reviews/{number}"
    first = reading.head(workshop.store, ref)
    before = revisions.text_at(workshop, first, "record.md").decode()
    assert "48.312,75" in before
    made = withdraw(workshop, group, number)
    after = revisions.text_at(workshop, made.renamed[first], "record.md").decode()
    assert f"## Qué cambia\n\n- {INSTEAD}\n\n## Versiones" in after
    assert "48.312,75" not in reached(workshop.store).decode("utf-8", "replace")


def test_one_that_is_published_is_refused_and_an_earlier_one_leaves_what_was_published(workshop, group, number):
    journey.revise(workshop, group.members[0], number, INTRODUCTION, SECRET, "declaró un importador del país")
    said = comment(workshop, number, group.members[1], "«declaró un importador del país» es mejor")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    with pytest.raises(AlreadyDecided, match="withdrawal-published"):
        withdraw(workshop, group, number, 2)
    with workshop.database.write() as session:  # what is about the rest of the first version
        session.get_one(Thread, said)
    withdraw(workshop, group, number, 1)
    assert f"que {SECRET} realmente".encode() not in reached(workshop.store)
    with workshop.database.read() as session:
        bodies = session.scalars(select(Comment.body)).all()
        assert bodies == ["«declaró un importador del país» es mejor"]
        assert proposals.get(session, number).state == "merged"
    assert journey.findings(workshop) == ()


def test_what_two_versions_say_goes_from_the_comments_with_the_second(workshop, group, number):
    journey.revise(workshop, group.members[0], number, INTRODUCTION, "Condiciones", "Las condiciones")
    comment(workshop, number, group.members[1], f"Quiten «{SECRET}»")
    withdraw(workshop, group, number, 1)
    assert SECRET.encode() in reached(workshop.store)
    withdraw(workshop, group, number, 2)
    assert SECRET.encode() not in reached(workshop.store)
    with workshop.database.read() as session:
        assert session.scalars(select(Comment.body)).all() == [f"Quiten «{INSTEAD}»"]
    assert journey.findings(workshop) == ()


def test_the_draft_of_the_next_version_loses_it_too(workshop, group, number):
    with workshop.database.write() as session:
        drafts.start_revision(session, workshop, number, by=people.get(session, group.members[0].id))
    withdraw(workshop, group, number)
    with workshop.database.read() as session:
        assert len(session.scalars(select(Draft)).all()) == 1
        left = session.execute(select(DraftFile.text, DraftFile.data)).all()
    assert left
    assert SECRET not in "".join(text or "" for text, _data in left)
    assert all(IMAGE not in (data or b"") for _text, data in left)


def test_a_note_of_another_version_that_quotes_it_is_written_anew_with_its_commit(workshop, group, number):
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, group.members[0].id))
        journey.edit(workshop, draft, INTRODUCTION, SECRET, "declaró un importador")
        drafts.drop(draft, next(each for each in draft.files if each.path.endswith("caso.md")))
        draft.note, draft_id = f"Quité «{SECRET}»", draft.id
    revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    withdraw(workshop, group, number)
    assert SECRET.encode() not in reached(workshop.store)
    with workshop.database.read() as session:
        second = proposals.revision(session, number, 2)
        noted = session.scalars(select(Event.facts).where(Event.kind == "revised")).one()
    assert (second.note, noted["note"]) == (f"Quité «{INSTEAD}»", f"Quité «{INSTEAD}»")
    assert journey.findings(workshop) == ()


def test_it_comes_back_as_withdrawn_when_the_database_is_rebuilt(workshop, group, number, sqlite_template, tmp_path):
    comment(workshop, number, group.members[1], "¿Es público?", SECRET)
    withdraw(workshop, group, number)
    path = tmp_path / "empty.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    with again.database.read() as session:
        assert proposals.withdrawn_versions(session, number) == {1}
        assert session.scalars(select(Thread.quote)).all() == [INSTEAD]
    assert journey.findings(again) == ()
    again.database.dispose()


def test_after_the_maintenance_that_drops_it_the_text_is_in_no_file(workshop, group, number, settings):
    comment(workshop, number, group.members[1], "¿Es público?", SECRET, "el precio")
    withdraw(workshop, group, number)
    installing.drop_withdrawn(settings, workshop)
    assert SECRET.encode() not in on_disk(workshop.store)
    files = [file for file in workshop.store.path.rglob("*") if file.is_file()]
    if settings.sqlite_path is not None:
        files += settings.sqlite_path.parent.glob(f"{settings.sqlite_path.name}*")
    for file in files:
        data = file.read_bytes()
        assert SECRET.encode() not in data, file.name
        assert SECRET.encode() not in inflated(data), file.name
    assert journey.findings(workshop) == ()


@pytest.mark.parametrize("step", ["before-row", "before-versions", "before-ref", "after-ref", "after-blank"])
def test_one_that_is_killed_at_any_step_is_finished_by_asking_again(workshop, group, number, monkeypatch, step):
    comment(workshop, number, group.members[1], "¿Es público?", SECRET)
    journey.open_ballot(workshop, number, group.coordinator)

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    moves = []

    def die_at_a_version(store, ref, new, old):
        if ref.startswith("refs/proposals/"):
            raise Killed
        moves.append(ref)
        return update_ref(store, ref, new, old)

    update_ref = withdrawals.writing.update_ref
    module, name, instead = {
        "before-row": (withdrawals, "_intend", die),
        "before-versions": (withdrawals, "_versions_anew", die),
        "before-ref": (withdrawals.writing, "update_ref", die_at_a_version),
        "after-ref": (withdrawals, "_blank", die),
        "after-blank": (withdrawals, "_forget_written_ahead", die),
    }[step]
    with monkeypatch.context() as patched:
        patched.setattr(module, name, instead)
        with pytest.raises(Killed):
            withdraw(workshop, group, number)
    with workshop.database.read() as session:
        halted = proposals.get(session, number).state
    assert halted == ("voting" if step == "before-row" else "awaiting_decision")
    if step != "after-blank":
        withdraw(workshop, group, number)
    assert SECRET.encode() not in reached(workshop.store)
    recording.record_group(workshop)
    recording.catch_up(workshop)
    with workshop.database.read() as session:
        assert [kind for kind in session.scalars(select(Event.kind)) if kind == "content_withdrawn"] == [
            "content_withdrawn"
        ]
    assert journey.findings(workshop) == ()


def test_asking_twice_is_refused(workshop, group, number):
    withdraw(workshop, group, number)
    with pytest.raises(AlreadyDecided, match="withdrawn-already"):
        withdraw(workshop, group, number)
    with workshop.database.read() as session:
        tree = reading.tree_of(workshop.store, session.scalars(select(Revision.commit)).one())
    assert "valor-de-transaccion/caso.md" in dict(trees.walk(workshop.store, tree))


def test_names_of_documents_and_dates_are_no_words_and_stay_as_they_are(workshop, group):
    path = "valor-de-transaccion/Caso Importadora Quetzal 2026.md"
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=people.get(session, group.members[0].id))
        text = "# Caso Importadora Quetzal 2026\n\nDeclarado el 2026-01-15 por Importadora Quetzal 2026.\n"
        drafts.add_new(workshop, draft, path, text.encode())
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    number = revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        place = threads.Place(1, path)
        said = threads.comment(session, workshop, number, place, threads.Message("De acuerdo"), by=by)
        first = session.scalars(select(Comment).where(Comment.thread_id == said.id)).one()
        first.channel, first.channel_on, first.registered_by_id = "note", date(2026, 1, 15), group.coordinator.id
    recording.record_group(workshop)
    recording.record(workshop, number)
    withdraw(workshop, group, number)
    with workshop.database.read() as session:
        assert session.scalars(select(Thread.path)).one() == path
        assert [touch.path for touch in proposals.revision(session, number, 1).touches] == [path]
        assert session.scalars(select(Comment.channel_on)).one() == date(2026, 1, 15)
    assert "Declarado el 2026-01-15" not in reached(workshop.store).decode("utf-8", "replace")
    assert journey.findings(workshop) == ()
