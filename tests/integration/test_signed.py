"""What the services write with the installation's key is signed: versions, merges, records, editions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewtool.app import make_workshop
from reviewtool.errors import Unavailable
from reviewtool.gitstore import reading, signing
from reviewtool.gitstore import store as stores
from reviewtool.services import editions, merging, proposals, record_files, recording, revisions, verifying
from tests import factories
from tests.support import journey, keys
from tests.support.materials import INTRODUCTION


@pytest.fixture
def signing_settings(settings, tmp_path):
    return settings.model_copy(update={"signing_key_file": keys.make(tmp_path / "signing_key")})


@pytest.fixture
def workshop(signing_settings, database, store):
    made = make_workshop(signing_settings)
    assert made.store.path == store.path
    yield replace(made, database=database)
    made.store.close()
    made.database.dispose()


@pytest.fixture
def group(database):
    with database.write() as session:
        return factories.make_group(session)


def test_a_version_a_merge_a_record_and_an_edition_are_good(workshop, group, signing_settings, tmp_path):
    imported = reading.head(workshop.store)
    coordinator, store = group.coordinator, workshop.store
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.revise(workshop, group.members[0], number, INTRODUCTION, "precio efectivamente", "precio pagado")
    recording.catch_up(workshop)
    early = reading.head(store, record_files.ref_of(number))
    journey.approve(workshop, number, group)
    merged = journey.merge(workshop, number, coordinator)
    editions.publish(workshop, "Edición uno", by_id=coordinator.id, note="Con una nota.")
    written = [
        *(reading.head(store, revisions.ref_of(number, each)) for each in (1, 2)),
        merged,
        early,
        reading.head(store, record_files.ref_of(number)),
        reading.head(store, "refs/tags/edicion/edicion-uno"),
    ]
    allowed = signing_settings.allowed_signers_path
    found = signing.check(store, [*written, imported], allowed)
    assert found == dict.fromkeys(written, "good") | {imported: "unsigned"}
    with workshop.database.read() as session:
        assert editions.get(session, "edicion-uno").note == "Con una nota."
    trailers = dict(reading.commit(store, merged).trailers)
    assert trailers["Review-record"]
    assert trailers["Proposal"] == str(number)

    other = replace_key(signing_settings, tmp_path)
    assert allowed.read_text().count("\n") == 2
    assert allowed.read_text().startswith(f"reviewtool@{workshop.group.record_domain} ")
    make_workshop(other).store.close()
    assert allowed.read_text().count("\n") == 2, "a key is added once"
    assert set(signing.check(store, [merged, early], allowed).values()) == {"good"}


def replace_key(settings, tmp_path):
    other = settings.model_copy(update={"signing_key_file": keys.make(tmp_path / "another_key", "rsa")})
    make_workshop(other).store.close()
    return other


def test_without_its_key_the_tool_writes_nothing_and_goes_on_when_it_is_back(workshop, group, signing_settings):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    recording.catch_up(workshop)
    tip = reading.head(workshop.store)
    key = signing_settings.signing_key_file
    away = key.rename(key.with_name("away"))
    with pytest.raises(Unavailable, match="store-failed"):
        journey.merge(workshop, number, group.coordinator)
    assert reading.head(workshop.store) == tip
    with workshop.database.read() as session:
        assert proposals.get(session, number).state == "approved"
        latest = proposals.get(session, number).latest
    away.rename(key)
    merged = merging.merge(workshop, number, by_id=group.coordinator.id, revision=latest)
    assert reading.head(workshop.store) == merged


def test_verify_finds_what_is_signed_by_another_key_and_names_what_is_unsigned(workshop, group, tmp_path):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    recording.catch_up(workshop)
    assert not {each.code for each in verifying.verify(workshop, wait=lambda _seconds: None).findings} & SIGNED
    workshop.allowed_signers.write_text("", encoding="utf-8")  # as if another key had signed
    found = {dict(each.facts)["what"] for each in said(workshop) if each.code == "wrongly-signed"}
    assert found >= {f"refs/proposals/{number}/1", f"refs/reviews/{number}"}
    unsigned = replace(workshop, store=stores.Store(workshop.store.path))
    other = journey.propose(unsigned, group.members[1], INTRODUCTION, "precio realmente", "precio pagado")
    unsigned.store.close()
    assert f"refs/proposals/{other}/1" in {
        dict(each.facts)["what"] for each in said(workshop) if each.code == "unsigned"
    }


SIGNED = {"unsigned", "wrongly-signed"}


def said(workshop):
    report = verifying.verify(workshop, wait=lambda _seconds: None)
    return [*report.findings, *report.notes]
