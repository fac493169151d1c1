"""`verify`: clean on what the services did, and a precise finding for each thing that somebody put out of order."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from reviewtool import clock
from reviewtool.gitstore import reading, record, writing
from reviewtool.gitstore.objects import Batch
from reviewtool.models import Comment, Edition, Merge, Proposal, RefMove, Revision, Vote
from reviewtool.services import (
    editions,
    people,
    record_files,
    recording,
    refmoves,
    signatures,
    threads,
    verifying,
    verifying_records,
)
from tests import factories
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, INTRODUCTION


@pytest.fixture
def merged(workshop, group):
    """A proposal with a comment that became part of the text, and an edition."""
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    comment(workshop, group, number)
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    editions.publish(workshop, "Edición 1", by_id=group.coordinator.id)
    record_all(workshop)
    return number


def record_all(workshop):
    recording.record_group(workshop)
    recording.catch_up(workshop)


def comment(workshop, group, number):
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        threads.comment(session, workshop, number, threads.Place(1), threads.Message("De acuerdo"), by=by)


def verify(workshop):
    return verifying.verify(workshop, wait=lambda _seconds: None)


def codes(workshop):
    return {found.code for found in verify(workshop).findings}


def change(workshop, statement):
    with workshop.database.write() as session:
        session.execute(statement)


def test_what_the_services_did_is_clean_and_counted(workshop, merged):
    report = verify(workshop)
    assert report.findings == ()
    assert report.notes == ()
    assert {name: report.looked_at[name] for name in ("proposals", "merges", "votes", "commits", "editions")} == {
        "proposals": 1,
        "merges": 1,
        "votes": 8,
        "commits": 1,
        "editions": 1,
    }
    assert report.to_json()["clean"] is True


def test_an_older_merge_is_still_the_approved_text_after_another_one_beside_it(workshop, group, merged):
    other = journey.propose(workshop, group.members[1], ADJUSTMENTS, "625,00", "600,00")
    first = journey.propose(workshop, group.members[2], ADJUSTMENTS, "objetivos", "ciertos")
    for number in (other, first):
        journey.approve(workshop, number, group)
        journey.merge(workshop, number, group.coordinator)
    record_all(workshop)
    with workshop.database.read() as session:
        assert set(session.scalars(select(Merge.kind))) == {"exact", "apart"}
    assert codes(workshop) == set()


def test_a_merge_that_the_published_text_lacks_is_found(workshop, merged):
    change(workshop, update(Merge).values(commit="1" * 40))
    assert {"merge-elsewhere", "record-differs"} <= codes(workshop)


def test_a_commit_that_names_a_proposal_which_is_not_merged_is_found(workshop, merged):
    change(workshop, delete(Merge))
    assert {"merge-unknown", "state-merged"} <= codes(workshop)


def test_a_commit_from_outside_is_a_note_and_no_finding(workshop, group, merged):
    commit_outside(workshop, "Corrección directa", [])
    report = verify(workshop)
    assert report.findings == ()
    assert [note.code for note in report.notes] == ["commit-unexplained"]
    assert "Corrección directa" in report.notes[0].said("es")


def commit_outside(workshop, subject, trailers, tree=None, move=True):
    tip = reading.head(workshop.store)
    by = signatures.of_engine(workshop.group, clock.now())
    if tree is None:
        blob = writing.write_blob(workshop.store, b"# Glosario\n")
        tree = writing.write_tree(workshop.store, tip, [writing.Edit("glosario.md", blob)])
    made = writing.commit_tree(workshop.store, tree, [tip], writing.message(subject, "", trailers), by, by)
    if move:
        assert writing.update_ref(workshop.store, reading.MAIN, made, tip)
    return made


def test_a_proposal_that_two_commits_name_is_found(workshop, merged):
    commit_outside(workshop, "Otra vez", [("Proposal", str(merged))])
    assert codes(workshop) == {"merge-twice"}


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        (update(Merge).values(kind="apart"), "Merge-kind"),
        (update(Merge).values(tree="1" * 40), "tree"),
        (update(Merge).values(tip="1" * 40), "parent"),
        (update(Vote).where(Vote.id == 1).values(position="against"), "Opposed-by"),
        (update(Proposal).values(author_id=3), "author"),
        (update(Proposal).values(title="Otro título"), "message"),
        (update(Merge).values(note="Otra nota"), "message"),
        (update(Revision).values(coauthors=[5]), "Co-authored-by"),
    ],
)
def test_what_the_database_says_otherwise_than_the_commit_is_named(workshop, merged, statement, field):
    change(workshop, statement)
    found = {dict(each.facts)["field"] for each in verify(workshop).findings if each.code == "commit-differs"}
    assert field in found


def test_a_text_that_nobody_approved_is_found(workshop, group, merged):
    with workshop.database.read() as session:
        merge = session.get_one(Merge, merged)
    sound = reading.commit(workshop.store, merge.commit)
    blob = writing.write_blob(workshop.store, b"# Nadie lo vio\n")
    other = writing.write_tree(workshop.store, sound.id, [writing.Edit(ADJUSTMENTS, blob)])
    batch = Batch(workshop.store)
    text = writing.message(sound.subject, sound.body.rpartition("\n\n")[0], sound.trailers)
    forged = writing.plan_commit(batch, (other, sound.parents), text, sound.author, sound.committer)
    batch.write()
    workshop.store.run("update-ref", reading.MAIN, forged)
    change(workshop, update(Merge).values(commit=forged, tree=other))
    found = [each for each in verify(workshop).findings if each.code == "text-differs"]
    assert [dict(each.facts)["path"] for each in found] == [ADJUSTMENTS]


def test_a_seal_that_is_not_of_the_text_is_found(workshop, merged):
    change(workshop, update(Revision).values(seal="0" * 64))
    assert "seal-differs" in codes(workshop)


def test_a_missing_a_moved_and_an_unknown_version_are_found(workshop, merged):
    ref = f"refs/proposals/{merged}/1"
    commit = reading.head(workshop.store, ref)
    workshop.store.run("update-ref", f"refs/proposals/{merged}/7", commit)
    assert codes(workshop) == {"version-unknown"}
    workshop.store.run("update-ref", ref, reading.head(workshop.store))
    assert codes(workshop) == {"version-unknown", "version-differs"}
    workshop.store.run("update-ref", "-d", ref)
    assert codes(workshop) == {"version-unknown", "version-missing"}


def test_a_changed_comment_a_removed_one_and_a_smuggled_file_are_found(workshop, merged):
    change(workshop, update(Comment).values(body="Nunca lo dije"))
    assert codes(workshop) == {"record-differs"}
    ref = record_files.ref_of(merged)
    tip = record.tip(workshop.store, ref)
    engine = signatures.of_engine(workshop.group, clock.now())
    files = {"comments/0/1.json": None, "comments/0/99.json": b"{}"}
    record.append(workshop.store, record.Entry(ref, files, "Por fuera", engine, tip))
    assert codes(workshop) == {"record-lacks", "record-extra", "record-invalid"}


def test_a_record_that_is_missing_or_behind_is_found_and_one_that_was_rewritten(workshop, merged):
    ref = record_files.ref_of(merged)
    tip = record.tip(workshop.store, ref)
    earlier = reading.commit(workshop.store, tip).parents[0]
    workshop.store.run("update-ref", ref, earlier)
    assert codes(workshop) == {"record-behind"}
    engine = signatures.of_engine(workshop.group, clock.now())
    files = {path: reading.data(workshop.store, blob) for path, blob in record.files(workshop.store, tip).items()}
    workshop.store.run("update-ref", "-d", ref)
    assert codes(workshop) == {"record-missing"}
    record.append(workshop.store, record.Entry(ref, files, "Desde cero", engine, None))
    assert codes(workshop) == {"record-rewritten"}


def test_a_record_ahead_of_the_database_and_one_without_a_proposal_are_found(workshop, merged):
    change(workshop, update(Proposal).values(version=Proposal.version - 1))
    assert "record-ahead" in codes(workshop)
    workshop.store.run("update-ref", "refs/reviews/77", record.tip(workshop.store, record_files.ref_of(merged)))
    assert "record-unknown" in codes(workshop)


def test_people_that_the_group_s_record_tells_otherwise_are_found(workshop, group, merged):
    with workshop.database.write() as session:
        session.execute(update(factories.Person).where(factories.Person.id == 1).values(name="Otra persona"))
    found = verify(workshop).findings
    assert [dict(each.facts)["path"] for each in found if each.code == "record-differs"] == ["people/1.json"]


def test_an_edition_without_its_tag_or_on_another_text_is_found(workshop, merged):
    change(workshop, update(Edition).values(commit="1" * 40))
    assert "edition-differs" in codes(workshop)
    workshop.store.run("update-ref", "-d", "refs/tags/edicion/edicion-1")
    assert "edition-missing" in codes(workshop)


def test_a_move_that_nobody_finishes_is_found_after_a_minute(workshop, merged):
    with workshop.database.write() as session:
        refmoves.plan(session, "refs/tags/edicion/x", old=None, new="1" * 40, purpose="edition")
    assert codes(workshop) == set()
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert codes(workshop) == {"move-pending"}
    change(workshop, delete(RefMove))


def test_a_damaged_object_is_a_finding_and_no_crash(workshop, merged):
    tip = reading.commit(workshop.store, record.tip(workshop.store, record_files.ref_of(merged)))
    path = workshop.store.path / "objects" / tip.id[:2] / tip.id[2:]
    path.chmod(0o644)
    path.write_bytes(b"nothing that git wrote")
    workshop.store.forget()
    workshop.store.close()
    found = verify(workshop).findings
    assert {each.code for each in found} >= {"store-unreadable", "store-unsound"}
    assert any(tip.id in each.said("es") for each in found)


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("comments/0/1.json", b"{", "not JSON"),
        ("comments/0/1.json", b"{}", "required"),
        ("proposal.json", json.dumps({"format": 1}).encode(), "2 was expected"),
        ("notes/1.json", b"{}", "no schema"),
    ],
)
def test_a_file_that_does_not_fit_its_schema_says_why(path, content, says):
    assert says in verifying_records.misfit(path, content)


def test_what_moves_between_two_looks_is_looked_at_again(workshop, group, merged):
    """A comment whose record follows a moment later is no finding; one that it never follows is."""
    number = journey.propose(workshop, group.members[0], ADJUSTMENTS, "625,00", "600,00")
    comment(workshop, group, number)
    assert codes(workshop) == {"record-missing"}
    report = verifying.verify(workshop, wait=lambda _seconds: record_all(workshop))
    assert report.findings == ()
