"""A record only grows, entry upon entry, on the tip that was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviewtool.errors import OutOfDate
from reviewtool.gitstore import reading, record
from reviewtool.gitstore.reading import Signature
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, LUIS, START, contents, git

REF = "refs/reviews/7"


def test_entries_follow_one_another_and_keep_what_they_do_not_touch(store: Store) -> None:
    assert record.tip(store, REF) is None
    assert record.read(store, REF, "proposal.json") is None
    one = record.append(store, REF, {"proposal.json": b"{}", "comments/0/1.json": b"1"}, "Uno", ANA, None)
    two = record.append(
        store,
        REF,
        {"comments/0/1.json": None, "comments/0/2.json": b"2", "nada.json": None},
        "Dos",
        ANA,
        one,
        committer=LUIS,
    )
    assert record.tip(store, REF) == two
    assert contents(store, two) == {"proposal.json": b"{}", "comments/0/2.json": b"2"}
    found = reading.commit(store, two)
    assert (found.parents, found.author, found.committer, found.subject) == ((one,), ANA, LUIS, "Dos")
    assert reading.commit(store, one).committer == ANA
    assert record.read(store, REF, "proposal.json") == b"{}"
    assert record.read(store, REF, "comments/0/1.json") is None


def test_an_entry_on_a_tip_that_moved_is_refused_and_writes_nothing(store: Store) -> None:
    one = record.append(store, REF, {"a.json": b"1"}, "Uno", ANA, None)
    two = record.append(store, REF, {"a.json": b"2"}, "Dos", ANA, one)
    for stale in (None, one):
        with pytest.raises(OutOfDate, match="record-moved"):
            record.append(store, REF, {"a.json": b"3"}, "Tres", ANA, stale)
    assert record.tip(store, REF) == two
    assert git(store.path, "count-objects").split()[0] == b"6"


def test_the_same_entry_repeated_is_one_entry(store: Store) -> None:
    one = record.append(store, REF, {"a.json": b"1"}, "Uno", ANA, None)
    assert record.append(store, REF, {"a.json": b"1"}, "Uno", ANA, None) == one
    later = Signature(ANA.name, ANA.email, START + timedelta(seconds=1))
    with pytest.raises(OutOfDate):
        record.append(store, REF, {"a.json": b"1"}, "Uno", later, None)


def test_an_entry_costs_two_processes_and_only_what_changed(store: Store) -> None:
    files: dict[str, bytes | None] = {f"comments/{n // 100}/{n}.json": b"%d" % n for n in range(1000)}
    one = record.append(store, REF, files | {"threads/0/1.json": b"t"}, "Uno", ANA, None)
    record.read(store, REF, "comments/3/301.json")
    before = store.processes
    objects = int(git(store.path, "count-objects").split()[0])
    two = record.append(store, REF, {"comments/3/301.json": b"otro"}, "Dos", ANA, one)
    assert store.processes == before + 2
    assert int(git(store.path, "count-objects").split()[0]) == objects + 5, "a blob, three trees, a commit"
    assert len(reading.files(store, two)) == 1001


def test_a_record_lives_under_our_own_refs_only(store: Store) -> None:
    with pytest.raises(ValueError, match="not a ref of ours"):
        record.append(store, "refs/heads/otra", {"a": b"1"}, "x", ANA, None)
