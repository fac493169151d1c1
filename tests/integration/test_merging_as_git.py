"""The merge of prose beside git-merge-file(1): where git merges cleanly its text is taken, but for moved blocks."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from reviewtool.prose import align, blocks, merge3
from tests.unit.prose import strategies


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("merge")


def by_git(folder: Path, base: str, ours: str, theirs: str) -> str | None:
    """Return what git makes of three texts, None where it stops."""
    names = ("ours", "base", "theirs")
    for name, text in zip(names, (ours, base, theirs), strict=True):
        (folder / name).write_bytes(text.encode())
    done = subprocess.run(["git", "merge-file", "-p", *names], cwd=folder, capture_output=True, check=False)
    return done.stdout.decode() if done.returncode == 0 else None


def moves(base: str, text: str) -> bool:
    """Say whether a block stands at another place than before."""
    sides = []
    for each in (base, text):
        found = blocks.split(each)
        keys = [" ".join(each[b.start : b.end].split()) for b in found]
        sides.append(align.Side(keys, [b.kind for b in found]))
    return any(pair.moved for pair in align.align(*sides).values())


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(strategies.triples())
def test_where_git_merges_cleanly_its_text_is_taken(folder, texts):
    clean = by_git(folder, *texts)
    merged = merge3.merge(*texts)
    if clean is not None and merged.text != clean:
        assert moves(texts[0], texts[1]) or moves(texts[0], texts[2])
