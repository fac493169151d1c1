"""Packing makes the store smaller and changes no answer; nothing is ever pruned."""

from __future__ import annotations

from pathlib import Path

from reviewtool.gitstore import history, maintenance, reading, record, writing
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, git, grow, publish


def packs(store: Store) -> list[Path]:
    return list((store.path / "objects" / "pack").glob("*.pack"))


def test_maintenance_packs_refs_and_objects_and_changes_no_answer(store: Store) -> None:
    tip = publish(store, grow(store, {"a.md": b"1"}))
    for number in range(1, 4):
        record.append(store, record.Entry(f"refs/reviews/{number}", {"p.json": b"%d" % number}, "x", ANA, None))
    refs = reading.refs(store, "refs")
    maintenance.pack(store)
    assert not [path for path in (store.path / "refs").rglob("*") if path.is_file()]
    assert reading.refs(store, "refs") == refs
    assert git(store.path, "count-objects").startswith(b"0 ")
    assert (store.path / "objects/info/commit-graphs").exists() or (store.path / "objects/info/commit-graph").exists()
    assert [entry.commit.id for entry in history.log(store, tip, "a.md", limit=5)] == [tip]
    assert maintenance.check(store) == []


def test_what_no_ref_reaches_is_never_pruned(store: Store) -> None:
    publish(store, grow(store, {"a.md": b"1"}))
    pending = grow(store, {"a.md": b"pendiente"})
    for turn in range(23):
        writing.write_blob(store, b"suelto %d" % turn)
        publish(store, grow(store, {"a.md": b"%d" % turn}), reading.head(store))
        git(store.path, "repack", "-d", "-q")
    assert len(packs(store)) >= 20
    maintenance.pack(store)
    assert len(packs(store)) == 1
    store.forget()
    assert reading.commit(store, pending).id == pending
    assert reading.data(store, reading.files(store, pending)["a.md"].blob) == b"pendiente"
    assert writing.update_ref(store, "refs/proposals/1/1", pending, None)
    git(store.path, "cat-file", "-e", git(store.path, "hash-object", "--stdin", stdin=b"suelto 3").decode().strip())


def test_a_kept_reader_reads_on_while_everything_is_packed(store: Store) -> None:
    blobs = writing.write_blobs(store, [b"%d" % n for n in range(20)])
    publish(store, grow(store, {f"{n}.md": b"%d" % n for n in range(20)}))
    assert reading.data(store, blobs[0]) == b"0"
    maintenance.pack(store)
    before = store.processes
    assert [reading.data(store, blob) for blob in blobs] == [b"%d" % n for n in range(20)]
    assert store.processes == before


def test_a_damaged_store_has_findings(damaged_store: Store) -> None:
    tip = publish(damaged_store, grow(damaged_store, {"a.md": b"1"}))
    entry = reading.files(damaged_store, tip)["a.md"]
    (damaged_store.path / "objects" / entry.blob[:2] / entry.blob[2:]).unlink()
    assert any("missing blob" in finding for finding in maintenance.check(damaged_store))
