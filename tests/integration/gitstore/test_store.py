"""Processes, threads, forks, damage and surroundings of the store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reviewtool.errors import Conflict, InvalidInput, NotFound, Unavailable
from reviewtool.gitstore import history, maintenance, reading, record, writing
from reviewtool.gitstore import store as stores
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, git, grow, publish


def children(of: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(of)], capture_output=True, check=False).stdout.split()
    return [int(pid) for pid in listed]


def cat_files(of: int | None = None) -> set[int]:
    found = set()
    for pid in children(of or os.getpid()):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"cat-file" in words:
            found.add(pid)
    return found


def test_a_new_store_is_bare_with_main_and_settings_that_lose_nothing(store: Store) -> None:
    assert git(store.path, "rev-parse", "--is-bare-repository") == b"true\n"
    assert git(store.path, "symbolic-ref", "HEAD") == b"refs/heads/main\n"
    settings = git(store.path, "config", "--list", "--local").decode().splitlines()
    for wanted in ("core.fsync=all", "core.logallrefupdates=always", "gc.auto=0", "gc.reflogexpire=never"):
        assert wanted in settings
    assert reading.head(store) is None


def test_a_folder_that_holds_something_is_not_made_a_store(tmp_path: Path) -> None:
    (tmp_path / "carta.txt").write_text("mía")
    with pytest.raises(Conflict, match="store-exists"):
        stores.create(tmp_path)


def test_a_missing_store_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="store-missing"):
        Store(tmp_path / "nada.git")
    with pytest.raises(Unavailable, match="store-missing"):
        Store(tmp_path)


def test_a_store_that_vanishes_is_said_to_be_missing(damaged_store: Store) -> None:
    commit = publish(damaged_store, grow(damaged_store, {"a.md": b"a"}))
    damaged_store.path.rename(damaged_store.path.with_name("elsewhere"))
    damaged_store.close()
    with pytest.raises(Unavailable, match="store-missing"):
        reading.head(damaged_store)
    damaged_store.forget()
    with pytest.raises(Unavailable, match="store-missing"):
        reading.commit(damaged_store, commit)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_owner_is_refused_in_one_clear_error(damaged_store: Store) -> None:
    os.chown(damaged_store.path, 12345, 12345)
    with pytest.raises(Unavailable, match="store-owner"):
        Store(damaged_store.path)
    os.chown(damaged_store.path, 0, 0)


def test_the_installed_git_is_new_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stores.check_git() >= (2, 38)
    monkeypatch.setattr(stores, "OLDEST_GIT", (99, 0))
    with pytest.raises(Unavailable, match="git-too-old"):
        stores.check_git()


def test_without_git_there_is_one_clear_error(tmp_path: Path) -> None:
    asked = "from reviewtool.errors import Unavailable\nfrom reviewtool.gitstore import store\n"
    asked += "try:\n    store.check_git()\nexcept Unavailable as error:\n    print(error.code)\n"
    found = subprocess.run(
        [sys.executable, "-c", asked],
        env={"PATH": str(tmp_path), "PYTHONPATH": str(Path(stores.__file__).parents[2])},
        capture_output=True,
        check=True,
    )
    assert found.stdout == b"git-missing\n"


def test_what_a_surrounding_hook_says_of_another_repository_is_not_heeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other" / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "other" / ".git" / "objects"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    store = stores.create(tmp_path / "materials.git")
    commit = publish(store, grow(store, {"a.md": b"a\n"}))
    assert reading.data(store, reading.files(store, commit)["a.md"].blob) == b"a\n"
    assert (store.path / "objects" / commit[:2] / commit[2:]).exists()
    assert not list((tmp_path / "other" / ".git" / "objects").glob("??"))
    store.close()


def test_hooks_never_run(store: Store) -> None:
    hook = store.path / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {store.path}/ran\n")
    hook.chmod(0o755)
    publish(store, grow(store, {"a.md": b"a"}))
    assert not (store.path / "ran").exists()


def test_every_move_of_a_ref_is_in_its_log(store: Store) -> None:
    commit = publish(store, grow(store, {"a.md": b"a"}))
    record.append(store, record.Entry("refs/reviews/1", {"proposal.json": b"{}"}, "Entrada", ANA, None))
    assert commit in (store.path / "logs/refs/heads/main").read_text()
    assert (store.path / "logs/refs/reviews/1").exists()


def test_warm_reads_start_no_process(store: Store) -> None:
    commit = publish(store, grow(store, {f"módulo/{n}.md": b"texto %d\n" % n for n in range(700)}))

    def look() -> None:
        assert reading.head(store) == commit
        entries = reading.files(store, commit)
        assert len(entries) == 700
        assert reading.data(store, entries["módulo/3.md"].blob) == b"texto 3\n"
        assert reading.find(store, commit, "módulo/3.md") == entries["módulo/3.md"]
        assert reading.refs(store, "refs/proposals") == {}

    store.forget()
    look()
    warm = store.processes
    look()
    store.forget()
    look()
    assert store.processes == warm


def test_a_kept_process_that_somebody_ended_is_replaced(store: Store) -> None:
    blob = writing.write_blob(store, b"texto")
    assert reading.data(store, blob) == b"texto"
    for pid in cat_files():
        os.kill(pid, signal.SIGKILL)
    assert reading.data(store, blob) == b"texto"
    assert store.size_of([blob]) == {blob: 5}


def test_an_object_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="no-object"):
        reading.data(store, writing.BlobId("1" * 40))
    assert store.size_of(["1" * 40]) == {}
    blob = writing.write_blob(store, b"texto")
    assert reading.data(store, blob) == b"texto"
    with pytest.raises(NotFound, match="no-commit"):
        reading.commit(store, stores.CommitId(blob))


@pytest.mark.parametrize("damage", [b"", b"no es un objeto", b"x\x9c"])
def test_a_damaged_object_is_said_to_be_damaged(damaged_store: Store, damage: bytes) -> None:
    blob = writing.write_blob(damaged_store, b"texto")
    file = damaged_store.path / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(damage)
    with pytest.raises(Unavailable, match="store-damaged"):
        reading.data(damaged_store, blob)
    assert maintenance.check(damaged_store)


def test_an_object_damaged_in_the_middle_is_never_half_read(damaged_store: Store) -> None:
    blob = writing.write_blob(damaged_store, os.urandom(200_000))
    file = damaged_store.path / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:100_000])
    with pytest.raises(Unavailable, match="store-damaged"):
        reading.data(damaged_store, blob)


def test_only_a_full_hexadecimal_id_is_a_commit_id() -> None:
    assert stores.check_commit("a" * 40)
    for wrong in ("", "a" * 39, "A" * 40, "g" * 40, "--all", "a" * 40 + "\n", "HEAD", "a" * 41):
        with pytest.raises(InvalidInput, match="bad-commit"):
            stores.check_commit(wrong)


def test_a_thread_that_ends_takes_its_processes_with_it(store: Store) -> None:
    blob = writing.write_blob(store, b"texto")
    before = cat_files()
    seen: list[set[int]] = []

    def look() -> None:
        reading.data(store, blob)
        seen.append(cat_files() - before)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert len(seen[0]) == 1
    assert not seen[0] & cat_files()


def test_close_ends_the_processes_and_reading_may_go_on(store: Store) -> None:
    blob = writing.write_blob(store, b"texto")
    reading.data(store, blob)
    assert cat_files()
    store.close()
    assert not cat_files()
    assert reading.data(store, blob) == b"texto"


def in_child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:  # a child must not come back into pytest
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_neither_uses_nor_ends_its_parents_processes(store: Store) -> None:
    blobs = writing.write_blobs(store, [b"texto %d" % n for n in range(50)])
    reading.data(store, blobs[0])
    store.size_of(blobs)
    kept = cat_files()
    assert len(kept) == 2

    def read_all() -> None:
        for n, blob in enumerate(blobs):
            assert reading.data(store, blob) == b"texto %d" % n
        assert len(cat_files()) == 1
        assert not cat_files() & kept
        store.close()

    assert in_child(read_all) == 0
    assert in_child(store.close) == 0
    assert cat_files() == kept
    assert reading.data(store, blobs[7]) == b"texto 7"


def test_eight_threads_read_and_write_different_refs_at_once(store: Store) -> None:
    commit = publish(store, grow(store, {f"{n}.md": b"texto %d" % n for n in range(20)}))

    def work(number: int) -> None:
        tip = None
        for turn in range(6):
            data = b"hilo %d vuelta %d" % (number, turn)
            tip = record.append(
                store, record.Entry(f"refs/reviews/{number}", {f"{turn}.json": data}, "Entrada", ANA, tip)
            )
            assert record.read(store, f"refs/reviews/{number}", f"{turn}.json") == data
            for n in range(20):
                entry = reading.find(store, commit, f"{n}.md")
                assert entry is not None
                assert reading.data(store, entry.blob) == b"texto %d" % n
            if turn == 3:
                assert len(history.log(store, tip, limit=10)) == 4

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, 9)))
    tips = reading.refs(store, "refs/reviews")
    assert len(tips) == 8
    assert all(len(reading.files(store, tip)) == 6 for tip in tips.values())
