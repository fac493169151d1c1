"""Locks that a killed git process left: the old ones go, the young ones stay, and nobody removes another's new one."""

from __future__ import annotations

import os
import threading
import time

from reviewtool.gitstore import locks


def lock(store, name, age):
    path = store.path / f"{name}.lock"
    path.touch()
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_an_old_lock_is_removed_and_the_log_names_it(store, caplog):
    left = lock(store, "refs/heads/main", 61)
    assert locks.release(store, ["refs/heads/main", *locks.SHARED])
    assert not left.exists()
    assert str(left) in caplog.text


def test_a_lock_that_may_be_alive_stays(store):
    left = lock(store, "refs/heads/main", 30)
    assert not locks.release(store, ["refs/heads/main"])
    assert left.exists()


def test_only_the_locks_that_are_asked_for_are_removed(store):
    left = lock(store, "packed-refs", 3600)
    assert not locks.release(store, ["refs/heads/main", "refs/reviews/1"])
    assert left.exists()


def test_a_lock_of_the_future_stays_as_the_clock_may_have_been_set_back(store):
    left = lock(store, "HEAD", -3600)
    assert not locks.release(store, ["HEAD"])
    assert left.exists()


def test_of_many_that_release_at_once_one_removes_and_the_new_lock_of_git_stays(store):
    path, ready, removed = lock(store, "HEAD", 3600), threading.Barrier(8), []

    def release():
        ready.wait()
        if locks.release(store, ["HEAD"]):
            removed.append(True)
            path.touch()  # as git does at once

    threads = [threading.Thread(target=release) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert removed == [True]
    assert path.exists()
