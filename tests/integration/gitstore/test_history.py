"""What changed when and who wrote which line: through renames and merges, in pages, with one process an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviewtool.errors import NotFound
from reviewtool.gitstore import history, maintenance, reading
from reviewtool.gitstore.history import BlameRun
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import START, git, grow, publish

TEXT = "".join(f"Párrafo número {n}, bastante largo para ser reconocido.\n" for n in range(12)).encode()


def chain(store: Store, *states: dict[str, bytes | None]) -> list[CommitId]:
    """Make a line of commits, an hour apart, and the last of them main."""
    made: list[CommitId] = []
    for number, files in enumerate(states):
        made.append(grow(store, files, *made[-1:], message=f"Paso {number}", at=START + timedelta(hours=number)))
    return [*made[:-1], publish(store, made[-1])]


def test_the_log_of_everything_is_paged_newest_first(store: Store) -> None:
    made = chain(store, *({"a.md": b"%d" % n} for n in range(5)))
    assert [entry.commit.id for entry in history.log(store, made[-1], limit=2)] == [made[4], made[3]]
    assert [entry.commit.id for entry in history.log(store, made[-1], limit=9, skip=3)] == [made[1], made[0]]
    assert [entry.commit.subject for entry in history.log(store, made[1], limit=9)] == ["Paso 1", "Paso 0"]


@pytest.mark.parametrize("packed", [False, True])
def test_the_log_of_a_path_follows_its_names_and_is_paged(store: Store, packed: bool) -> None:
    made = chain(
        store,
        {"uno.md": TEXT, "otro.md": b"o"},
        {"uno.md": TEXT + b"x\n"},
        {"otro.md": b"p"},
        {"uno.md": None, "carpeta/dos.md": TEXT + b"x\n"},
        {"carpeta/dos.md": TEXT + b"y\n"},
        {"carpeta/dos.md": None, "tres ñ.md": TEXT + b"z\n"},
        {"uno.md": b"otro texto con el nombre de antes"},
    )
    if packed:
        maintenance.pack(store)
    wanted = [
        (made[5], "tres ñ.md", "carpeta/dos.md"),
        (made[4], "carpeta/dos.md", None),
        (made[3], "carpeta/dos.md", "uno.md"),
        (made[1], "uno.md", None),
        (made[0], "uno.md", None),
    ]

    def log(limit: int, skip: int = 0) -> list[tuple[CommitId, str | None, str | None]]:
        return [
            (e.commit.id, e.path, e.old_path) for e in history.log(store, made[-1], "tres ñ.md", limit=limit, skip=skip)
        ]

    assert log(50) == wanted
    assert [entry for page in range(0, 6, 2) for entry in log(2, page)] == wanted
    assert history.log(store, made[-1], "no hay.md", limit=5) == []
    assert [e.commit.id for e in history.log(store, made[-1], "uno.md", limit=5)] == [
        made[6],
        made[3],
        made[1],
        made[0],
    ]


def test_a_name_that_looks_like_a_pattern_or_an_option_is_only_a_name(store: Store) -> None:
    made = chain(store, {"*.md": b"a", "b.md": b"b"}, {"b.md": b"c"}, {":(top)x": b"x"}, {"[b].md": b"x"})
    assert [entry.commit.id for entry in history.log(store, made[-1], "*.md", limit=9)] == [made[0]]
    assert [entry.commit.id for entry in history.log(store, made[-1], ":(top)x", limit=9)] == [made[2]]
    assert len(history.blame(store, made[-1], "[b].md")) == 1


def test_last_changes_names_the_newest_commit_of_each_path_in_one_process(store: Store) -> None:
    made = chain(
        store,
        {"a.md": b"1", "b/c.md": b"1", "fuera.md": b"1", "con\u00f1 espacio.md": b"1"},
        {"a.md": b"2"},
        {"fuera.md": None, "b/c.md": b"2"},
        {"b/d.md": b"2", "M": b"un nombre como un estado"},
    )
    before = store.processes
    found = history.last_changes(store, made[-1])
    assert {path: commit.id for path, commit in found.items()} == {
        "a.md": made[1],
        "b/c.md": made[2],
        "b/d.md": made[3],
        "M": made[3],
        "con\u00f1 espacio.md": made[0],
    }
    assert store.processes <= before + 2, "one log, and the kept cat-file if it was not there"
    assert history.last_changes(store, made[0])["a.md"].id == made[0]


def test_last_changes_of_a_newer_commit_reads_only_what_is_new(store: Store) -> None:
    made = chain(store, {"a.md": b"1", "b.md": b"1"}, {"a.md": b"2"}, {"b.md": None, "c.md": b"1"}, {"a.md": b"3"})
    for later in made[1:]:
        store.touched.clear()
        wanted = history.last_changes(store, later)
        store.touched.clear()
        history.last_changes(store, made[0])
        assert history.last_changes(store, later) == wanted
    stranger = grow(store, {"a.md": b"1", "z.md": b"z"})
    assert {path: commit.id for path, commit in history.last_changes(store, stranger).items()} == {
        "a.md": stranger,
        "z.md": stranger,
    }


def test_history_with_merges_names_the_commit_of_either_side_or_the_merge_itself(store: Store) -> None:
    base = grow(store, {"a.md": b"0", "b.md": b"0", "c.md": b"0"})
    ours = grow(store, {"a.md": b"1", "c.md": b"1"}, base, at=START + timedelta(hours=1))
    theirs = grow(store, {"b.md": b"2", "c.md": b"2"}, base, at=START + timedelta(hours=2))
    merge = grow(store, {"b.md": b"2", "c.md": b"de los dos"}, ours, theirs, at=START + timedelta(hours=3))
    last = {path: commit.id for path, commit in history.last_changes(store, merge).items()}
    assert last == {"a.md": ours, "b.md": theirs, "c.md": merge}
    assert [entry.commit.id for entry in history.log(store, merge, "c.md", limit=9)] == [merge, theirs, ours, base]
    assert [entry.commit.id for entry in history.log(store, merge, "b.md", limit=9)] == [theirs, base]


def test_blame_gives_runs_of_lines_in_the_order_of_the_file_through_renames(store: Store) -> None:
    lines = TEXT.splitlines(keepends=True)
    second = [*lines[:3], b"nuevo\n", *lines[3:]]
    third = [*second[:5], b"mas\n", b"y mas\n", *second[5:]]
    made = chain(
        store,
        {"a.md": TEXT},
        {"a.md": b"".join(second)},
        {"a.md": None, "b ñ.md": b"".join(second)},
        {"b ñ.md": b"".join(third)},
    )
    assert history.blame(store, made[-1], "b ñ.md") == [
        BlameRun(made[0], 1, 3),
        BlameRun(made[1], 4, 1),
        BlameRun(made[0], 5, 1),
        BlameRun(made[3], 6, 2),
        BlameRun(made[0], 8, 8),
    ]
    with pytest.raises(NotFound, match="no-path"):
        history.blame(store, made[-1], "a.md")


def test_blame_passes_over_white_space_and_joins_neighbouring_runs(store: Store) -> None:
    made = chain(store, {"a.md": b"uno\ndos\ntres"}, {"a.md": b"uno\r\n  dos\ntres\n"}, {"vacio.md": b""})
    assert history.blame(store, made[-1], "a.md") == [BlameRun(made[0], 1, 3)]
    assert history.blame(store, made[-1], "vacio.md") == []


def test_the_paths_that_differ_come_with_blobs_modes_and_old_names(store: Store) -> None:
    base = grow(store, {"a.md": TEXT, "b.md": b"b", "c.md": b"c"})
    other = grow(
        store, {"a.md": None, "á/nuevo nombre.md": TEXT + b"x", "b.md": b"B", "c.md": None, "d\u00f1.md": b"d"}, base
    )
    before = store.processes
    found = {change.path: change for change in history.diff_paths(store, base, other)}
    assert store.processes == before + 1
    assert {path: (c.status, c.old_path) for path, c in found.items()} == {
        "á/nuevo nombre.md": ("R", "a.md"),
        "b.md": ("M", "b.md"),
        "c.md": ("D", "c.md"),
        "d\u00f1.md": ("A", None),
    }
    files = reading.files(store, other)
    for path, change in found.items():
        assert change.new_blob == (files[path].blob if path in files else None)
        assert (change.old_blob is None) == (change.old_mode is None) == (change.status == "A")
        assert (change.new_mode is None) == (change.status == "D")
    assert [c.status for c in history.diff_paths(store, None, base)] == ["A", "A", "A"]
    assert history.diff_paths(store, base, base) == []


def test_a_log_that_git_cannot_give_is_an_error_and_no_empty_history(store: Store) -> None:
    publish(store, grow(store, {"a.md": b"a"}))
    with pytest.raises(Exception, match=r"store-(failed|damaged)"):
        history.log(store, CommitId("1" * 40), limit=5)
    with pytest.raises(Exception, match=r"store-(failed|damaged)"):
        history.log(store, CommitId("1" * 40), "a.md", limit=5)


def test_a_long_history_stops_being_read_when_enough_is_known(store: Store) -> None:
    lines = [
        "commit refs/heads/main",
        "committer A <a@x> 1 +0000",
        "data 1",
        "x",
        "M 100644 inline a.md",
        "data 1",
        "a",
        "",
    ]
    stream = "".join("\n".join(lines).replace("data 1\na", f"data 5\n{n:05}") for n in range(4000))
    git(store.path, "fast-import", "--quiet", stdin=stream.encode())
    tip = reading.head(store)
    assert tip is not None
    assert [entry.commit.id for entry in history.log(store, tip, "a.md", limit=1)] == [tip]
    assert history.last_changes(store, tip)["a.md"].id == tip
