"""A record only grows, entry upon entry, on the tip that was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviewtool.errors import OutOfDate
from reviewtool.gitstore import reading, record
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.reading import Signature
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, LUIS, START, contents, git

REF = "refs/reviews/7"


def test_entries_follow_one_another_and_keep_what_they_do_not_touch(store: Store) -> None:
    assert record.tip(store, REF) is None
    assert record.read(store, REF, "proposal.json") is None
    one = record.append(store, record.Entry(REF, {"proposal.json": b"{}", "comments/0/1.json": b"1"}, "Uno", ANA, None))
    changes = {"comments/0/1.json": None, "comments/0/2.json": b"2", "nada.json": None}
    two = record.append(store, record.Entry(REF, changes, "Dos", LUIS, one))
    assert record.tip(store, REF) == two
    assert contents(store, two) == {"proposal.json": b"{}", "comments/0/2.json": b"2"}
    found = reading.commit(store, two)
    assert (found.parents, found.author, found.committer, found.subject) == ((one,), LUIS, LUIS, "Dos")
    assert reading.commit(store, one).committer == ANA
    assert record.read(store, REF, "proposal.json") == b"{}"
    assert record.read(store, REF, "comments/0/1.json") is None


def test_an_entry_on_a_tip_that_moved_is_refused_and_writes_nothing(store: Store) -> None:
    one = record.append(store, record.Entry(REF, {"a.json": b"1"}, "Uno", ANA, None))
    two = record.append(store, record.Entry(REF, {"a.json": b"2"}, "Dos", ANA, one))
    for stale in (None, one):
        with pytest.raises(OutOfDate, match="record-moved"):
            record.append(store, record.Entry(REF, {"a.json": b"3"}, "Tres", ANA, stale))
    assert record.tip(store, REF) == two
    assert git(store.path, "count-objects").split()[0] == b"6"


def test_the_same_entry_repeated_is_one_entry(store: Store) -> None:
    one = record.append(store, record.Entry(REF, {"a.json": b"1"}, "Uno", ANA, None))
    assert record.append(store, record.Entry(REF, {"a.json": b"1"}, "Uno", ANA, None)) == one
    later = Signature(ANA.name, ANA.email, START + timedelta(seconds=1))
    with pytest.raises(OutOfDate):
        record.append(store, record.Entry(REF, {"a.json": b"1"}, "Uno", later, None))


def test_an_entry_costs_two_processes_and_only_what_changed(store: Store) -> None:
    files: dict[str, bytes | None] = {f"comments/{n // 100}/{n}.json": b"%d" % n for n in range(1000)}
    one = record.append(store, record.Entry(REF, files | {"threads/0/1.json": b"t"}, "Uno", ANA, None))
    record.read(store, REF, "comments/3/301.json")
    before = store.processes
    objects = int(git(store.path, "count-objects").split()[0])
    two = record.append(store, record.Entry(REF, {"comments/3/301.json": b"otro"}, "Dos", ANA, one))
    assert store.processes == before + 2
    assert int(git(store.path, "count-objects").split()[0]) == objects + 5, "a blob, three trees, a commit"
    assert len(reading.files(store, two)) == 1001


def entries(count: int, tips: dict[int, CommitId] | None = None) -> list[record.Entry]:
    return [
        record.Entry(f"refs/reviews/{n}", {"a.json": b"%d" % n}, "Otra", ANA, (tips or {}).get(n))
        for n in range(1, count + 1)
    ]


def test_many_records_grow_with_two_processes(store: Store) -> None:
    before = store.processes
    assert record.append_all(store, entries(30)) == frozenset()
    assert store.processes == before + 2
    assert record.read(store, "refs/reviews/30", "a.json") == b"30"
    assert record.append_all(store, []) == frozenset()


def test_where_one_of_many_records_moved_the_others_grow_all_the_same(store: Store) -> None:
    ahead = record.append(store, record.Entry("refs/reviews/2", {"b.json": b"b"}, "Antes", ANA, None))
    assert record.append_all(store, entries(3)) == {"refs/reviews/2"}
    assert record.tip(store, "refs/reviews/2") == ahead
    assert record.read(store, "refs/reviews/3", "a.json") == b"3"
    assert record.append_all(store, entries(3, {2: ahead})) == frozenset(), "those that stand there already are done"


def test_a_locked_ref_holds_no_other_back(store: Store) -> None:
    lock = store.path / "refs" / "reviews" / "1.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    assert record.append_all(store, entries(2)) == {"refs/reviews/1"}
    assert record.read(store, "refs/reviews/2", "a.json") == b"2"


def test_a_record_lives_under_our_own_refs_only(store: Store) -> None:
    with pytest.raises(ValueError, match="not a ref of ours"):
        record.append(store, record.Entry("refs/heads/otra", {"a": b"1"}, "x", ANA, None))
