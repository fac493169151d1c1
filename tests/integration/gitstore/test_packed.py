"""Refs are found in packed-refs as git itself tells them, sorted or not, with tags, beside names that look alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewtool.gitstore import packed
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import git, grow, publish

NAMES = [f"refs/proposals/{number}/{revision}" for number in (1, 2, 10, 100) for revision in (1, 2)]
ALIKE = ["refs/proposals-old/1", "refs/proposals0", "refs/reviews/1", "refs/tags/edición/é"]


@pytest.fixture
def file(store: Store) -> Path:
    """Return the packed-refs of a store with refs on two commits and tags of both kinds."""
    one = publish(store, grow(store, {"a.md": b"1"}))
    two = grow(store, {"a.md": b"2"})
    for count, name in enumerate(NAMES + ALIKE):
        git(store.path, "update-ref", name, one if count % 2 else two)
    git(store.path, "tag", "-a", "-m", "x", "annotated", one)
    git(store.path, "tag", "light", two)
    git(store.path, "pack-refs", "--all")
    return store.path / "packed-refs"


def told_by_git(store: Store, *below: str) -> dict[str, str]:
    lines = git(store.path, "for-each-ref", "--format=%(refname) %(objectname)", *below).decode().splitlines()
    return {name: at for name, _, at in (line.rpartition(" ") for line in lines)}


def test_every_ref_is_found_as_git_tells_it(store: Store, file: Path) -> None:
    told = told_by_git(store)
    assert len(told) == len(NAMES + ALIKE) + 3
    assert {name: packed.find(file, name) for name in told} == told


@pytest.mark.parametrize("absent", ["refs/a", "refs/proposals", "refs/proposals/1", "refs/proposals/11/1", "refs/zz"])
def test_what_is_not_there_is_not_found(file: Path, absent: str) -> None:
    assert packed.find(file, absent) is None


@pytest.mark.parametrize("prefix", ["refs/proposals", "refs/proposals/1", "refs/tags", "refs/heads/main", "refs/none"])
def test_refs_below_a_name_are_those_that_git_lists(store: Store, file: Path, prefix: str) -> None:
    assert packed.below(file, prefix) == told_by_git(store, prefix)


def test_a_file_that_is_not_sorted_is_read_to_its_end(store: Store, file: Path) -> None:
    told = told_by_git(store)
    lines = [f"{at} {name}\n" for name, at in reversed(told.items())]
    file.write_text("".join(lines), encoding="utf-8")
    assert {name: packed.find(file, name) for name in told} == told
    assert packed.below(file, "refs/proposals") == told_by_git(store, "refs/proposals")


@pytest.mark.parametrize("content", [b"", b"# pack-refs with: peeled fully-peeled sorted \n"])
def test_an_empty_file_has_no_refs(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "packed-refs"
    assert packed.find(file, "refs/heads/main") is None
    file.write_bytes(content)
    assert packed.find(file, "refs/heads/main") is None
    assert packed.below(file, "refs") == {}


def test_a_last_line_without_its_end_is_read(tmp_path: Path) -> None:
    file = tmp_path / "packed-refs"
    file.write_bytes(b"# pack-refs with: peeled fully-peeled sorted \n" + b"a" * 40 + b" refs/heads/main")
    assert packed.find(file, "refs/heads/main") == "a" * 40
