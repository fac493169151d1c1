"""Blobs, trees, commits, tags and refs are what git itself would have written."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Mapping
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from queue import Queue

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewtool.errors import Conflict, InvalidInput, Unavailable
from reviewtool.gitstore import reading, writing
from reviewtool.gitstore.ids import CommitId, TreeId
from reviewtool.gitstore.objects import Batch
from reviewtool.gitstore.reading import Signature
from reviewtool.gitstore.store import Store
from reviewtool.gitstore.writing import Edit
from tests.integration.gitstore.support import ANA, LUIS, START, contents, git, grow, publish

LONG = "ñ" * 98 + ".md"  # 199 bytes in 101 letters


def odd_commit(store: Store) -> CommitId:
    """Make what only an imported repository can hold: names no person may type, a link, a submodule, a program."""
    blob = git(store.path, "hash-object", "-w", "--stdin", stdin=b"texto\n").decode().strip()
    rows = [
        f"100644 blob {blob}\tcon\nsalto.md",
        f'100644 blob {blob}\tcon "comillas".md',
        f"100644 blob {blob}\t-guion.md",
        f"100755 blob {blob}\tprograma.sh",
        f"120000 blob {blob}\tenlace",
        f"160000 commit {'1' * 40}\tmodulo",
        f"100644 blob {blob}\tle\u0301.md",
        f"100644 blob {blob}\t{LONG}",
    ]
    raw = b"\0".join([row.encode() for row in rows] + [b"100644 blob %s\tlatin\xf1.md" % blob.encode()]) + b"\0"
    tree = git(store.path, "mktree", "-z", stdin=raw).decode().strip()
    outer = git(store.path, "mktree", stdin=f"040000 tree {tree}\traro".encode()).decode().strip()
    return CommitId(git(store.path, "commit-tree", outer, "-m", "raro").decode().strip())


@pytest.mark.parametrize("data", [b"", b"a\r\nb", b"\xef\xbb\xbfx\n", b"\xff\0\x1a", b"sin final", b"x" * 300_000])
def test_bytes_are_stored_exactly_under_the_id_git_gives_them(store: Store, data: bytes) -> None:
    blob = writing.write_blob(store, data)
    assert git(store.path, "hash-object", "--stdin", "--no-filters", stdin=data).decode().strip() == blob
    assert git(store.path, "cat-file", "blob", blob) == data
    assert reading.data(store, blob) == data


def test_many_blobs_cost_one_process(store: Store) -> None:
    before = store.processes
    ids = writing.write_blobs(store, [b"%d" % (n // 2) for n in range(50)])
    assert store.processes == before + 1
    assert [reading.data(store, each) for each in ids] == [b"%d" % (n // 2) for n in range(50)]
    assert writing.write_blobs(store, []) == []


def changed(store: Store, base: CommitId, files: Mapping[str, bytes | None]) -> dict[str, bytes]:
    return contents(store, grow(store, files, base))


def test_edits_make_folders_and_leave_no_empty_ones(store: Store) -> None:
    base = grow(store, {"a/b/c.md": b"c", "d.md": b"d"})
    assert changed(store, base, {"x/y/z/w.md": b"w"}) == {"a/b/c.md": b"c", "d.md": b"d", "x/y/z/w.md": b"w"}
    assert changed(store, base, {"a/b/c.md": None}) == {"d.md": b"d"}
    assert changed(store, base, {"a/b/c.md": None, "a/e.md": b"c"}) == {"a/e.md": b"c", "d.md": b"d"}
    assert changed(store, base, {"no/hay.md": None, "d.md/x": None}) == {"a/b/c.md": b"c", "d.md": b"d"}
    assert changed(store, base, {"a/b/c.md": None, "d.md": None}) == {}
    assert grow(store, {"no/hay.md": None}, base) != base
    assert reading.commit(store, grow(store, {"no/hay.md": None}, base)).tree == reading.commit(store, base).tree


def test_a_file_and_a_folder_may_take_each_others_place(store: Store) -> None:
    base = grow(store, {"a/b.md": b"b", "c": b"c"})
    assert changed(store, base, {"a/b.md": None, "a": b"ahora un texto"}) == {"a": b"ahora un texto", "c": b"c"}
    assert changed(store, base, {"c": None, "c/d.md": b"d"}) == {"a/b.md": b"b", "c/d.md": b"d"}
    for taken in ({"a": b"x"}, {"c/d.md": b"x"}, {"c": b"x", "c/d.md": b"y"}, {"n": b"x", "n/m": b"y"}):
        with pytest.raises(Conflict, match="path-taken"):
            grow(store, taken, base)


def test_an_edit_keeps_the_mode_unless_it_says_another(store: Store) -> None:
    blob = writing.write_blob(store, b"x")

    def modes(base: CommitId | None, *edits: Edit) -> tuple[CommitId, dict[str, str]]:
        tree = writing.write_tree(store, base, edits)
        made = writing.commit_tree(store, tree, [], "x", ANA, ANA)
        return made, {path: entry.mode for path, entry in reading.files(store, made).items()}

    base, found = modes(None, Edit("a.sh", blob, "100755"), Edit("b.md", blob))
    assert found == {"a.sh": "100755", "b.md": "100644"}
    other = writing.write_blob(store, b"y")
    assert modes(base, Edit("a.sh", other))[1] == found
    assert modes(base, Edit("a.sh", None, "100644"), Edit("a.sh", other, "100644"))[1]["a.sh"] == "100644"
    with pytest.raises(ValueError, match="mode"):
        writing.write_tree(store, base, [Edit("b.md", blob, "40000")])
    with pytest.raises(ValueError, match="two edits"):
        writing.write_tree(store, base, [Edit("b.md", blob), Edit("b.md", other)])


def test_what_only_an_import_may_hold_is_carried_untouched_and_may_be_edited_or_removed(store: Store) -> None:
    base = odd_commit(store)
    before = git(store.path, "ls-tree", "-r", "-z", base).split(b"\0")
    after = git(store.path, "ls-tree", "-r", "-z", grow(store, {"raro/nuevo.md": b"n"}, base)).split(b"\0")
    assert [row for row in after if b"nuevo.md" not in row] == before
    paths = sorted(reading.files(store, base))
    assert "raro/latin\udcf1.md" in paths
    edited = contents(store, grow(store, {"raro/con\nsalto.md": b"otro", "raro/latin\udcf1.md": "ñ".encode()}, base))
    assert (edited["raro/con\nsalto.md"], edited["raro/latin\udcf1.md"]) == (b"otro", b"\xc3\xb1")
    assert contents(store, grow(store, dict.fromkeys(paths), base)) == {}


def test_a_new_path_must_be_one_that_people_may_use(store: Store) -> None:
    blob = writing.write_blob(store, b"x")
    for wrong in ("../x", "a/.git/x", "-x", "a\nb", "le\u0301.md", "", "a//b"):
        with pytest.raises(InvalidInput, match="bad-path"):
            writing.write_tree(store, None, [Edit(wrong, blob)])


NAMES = st.sampled_from(["a", "a.b", "a-b", "b", "c", "ñ", "x y"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.dictionaries(PATHS, st.binary(max_size=3), max_size=6), then=st.dictionaries(PATHS, st.just(b"n")))
def test_a_tree_is_what_gits_own_index_makes_of_the_same_edits(
    store: Store, start: dict[str, bytes], then: dict[str, bytes]
) -> None:
    def prefix_free(files: dict[str, bytes]) -> dict[str, bytes]:
        return {path: data for path, data in files.items() if not any(o.startswith(path + "/") for o in files)}

    start, then = prefix_free(start), prefix_free(then)
    base = grow(store, start)
    gone = {path for path in start if path not in then and len(path) % 2}
    kept = {p: d for p, d in start.items() if p not in gone and p not in then}
    clash = [p for p in kept if any(p.startswith(n + "/") or n.startswith(p + "/") for n in then)]
    edits: dict[str, bytes | None] = dict.fromkeys([*gone, *clash]) | then
    made = grow(store, edits, base)
    index = {"GIT_INDEX_FILE": str(store.path / "test-index")}
    git(store.path, "read-tree", "--empty", env=index)
    wanted = {p: d for p, d in kept.items() if p not in clash} | then
    lines = [f"100644 {writing.write_blob(store, data)}\t{path}" for path, data in wanted.items()]
    git(store.path, "update-index", "--index-info", stdin="\n".join(lines).encode(), env=index)
    assert git(store.path, "write-tree", env=index).decode().strip() == reading.commit(store, made).tree


def test_a_tree_of_many_edits_costs_one_process(store: Store) -> None:
    base = grow(store, {f"m{n % 7}/{n}.md": b"%d" % n for n in range(100)})
    blob = writing.write_blob(store, b"nuevo")
    reading.files(store, base)
    before = store.processes
    writing.write_tree(store, base, [Edit(f"m{n % 7}/{n}.md", blob) for n in range(50)])
    assert store.processes == before + 1


def test_git_itself_refuses_a_tree_that_fsck_would_blame(store: Store) -> None:
    batch = Batch(store)
    blob = batch.add("blob", b"x")
    batch.add("tree", b"100644 .git\0" + bytes.fromhex(blob))
    with pytest.raises(Unavailable):
        batch.write()
    lonely = Batch(store)
    lonely.add("tree", b"100644 a\0" + b"\x11" * 20)
    with pytest.raises(Unavailable):
        lonely.write()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Ana <ana@x> Núñez\n", "Ana ana@x Núñez"),
        ("  J. R. Ewing, Jr.  ", "J. R. Ewing, Jr"),
        ('"Pedro"\tdel\x00 Río', 'Pedro" del Río'),
        ("a\u0085b", "a b"),
    ],
)
def test_a_name_in_a_commit_is_one_line_without_marks_and_as_git_itself_would_write_it(
    store: Store, given_name: str, kept: str
) -> None:
    who = Signature(given_name, "p1@\nx <>", START)
    tree = writing.write_tree(store, None, [])
    found = reading.commit(store, writing.commit_tree(store, tree, [], "x", who, LUIS))
    assert (found.author.name, found.author.email, found.committer) == (kept, "p1@x", LUIS)
    assert writing.clean_name(given_name) == kept
    assert gits_own_commit(store, tree, [], "x\n", Signature(kept, "p1@x", START), LUIS) == found.id


def gits_own_commit(
    store: Store, tree: str, parents: list[CommitId], message: str, author: Signature, committer: Signature
) -> str:
    env = {}
    for role, who in (("AUTHOR", author), ("COMMITTER", committer)):
        env |= {f"GIT_{role}_NAME": who.name, f"GIT_{role}_EMAIL": who.email}
        env[f"GIT_{role}_DATE"] = f"@{int(who.at.timestamp())} +0000"
    parts = [argument for parent in parents for argument in ("-p", parent)]
    made = git(store.path, "commit-tree", tree, *parts, "-F", "-", stdin=message.encode(), env=env)
    return made.decode().strip()


@pytest.mark.parametrize("message", ["Uno\n", "Uno", "Año\n\nDos.\n\n  tres\n\n\n", "\n\nvacío arriba\n", ""])
def test_a_commit_is_the_one_that_git_commit_tree_would_make(store: Store, message: str) -> None:
    one, two = grow(store, {"a.md": b"1"}), grow(store, {"a.md": b"2"})
    tree = reading.commit(store, two).tree
    for parents in ([], [one], [two, one]):
        made = writing.commit_tree(store, tree, parents, message, ANA, LUIS)
        asked = message.rstrip("\n") + "\n"
        assert gits_own_commit(store, tree, parents, asked, ANA, LUIS) == made


def test_a_commit_of_what_is_not_there_is_refused(damaged_store: Store) -> None:
    one = grow(damaged_store, {"a.md": b"1"})
    tree = reading.commit(damaged_store, one).tree
    with pytest.raises(Unavailable):
        writing.commit_tree(damaged_store, tree, [CommitId("1" * 40)], "x", ANA, ANA)
    with pytest.raises(Unavailable):
        writing.commit_tree(damaged_store, TreeId("1" * 40), [one], "x", ANA, ANA)


def test_a_signature_needs_a_name_an_address_and_an_aware_instant(store: Store) -> None:
    tree = writing.write_tree(store, None, [])
    naive = datetime(2024, 1, 1)  # noqa: DTZ001 - what is refused
    for wrong in (Signature("<>", "a@x", START), Signature("A", " ", START), Signature("A", "a@x", naive)):
        with pytest.raises(ValueError, match="signature"):
            writing.commit_tree(store, tree, [], "x", wrong, ANA)


def test_a_ref_is_made_moved_and_kept_by_compare_and_swap(store: Store) -> None:
    one, two, three = (grow(store, {"a.md": b"%d" % n}) for n in range(3))
    ref = "refs/proposals/7/2"
    assert writing.update_ref(store, ref, one, None)
    assert not writing.update_ref(store, ref, two, None)
    assert not writing.update_ref(store, ref, three, two)
    assert reading.head(store, ref) == one
    assert writing.update_ref(store, ref, two, one)
    assert writing.update_ref(store, ref, two, one), "the same once more, after its own success"
    assert reading.head(store, ref) == two


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/other",
        "refs/tags/v1",
        "refs/proposals/0/1",
        "refs/proposals/1",
        "refs/proposals/1/1/1",
        "refs/proposals/١/1",
        "refs/reviews/-1",
        "refs/reviews/1\n",
        "refs/group/x",
        "refs/tags/edicion/",
        "refs/tags/edicion/a b",
        "refs/tags/edicion/a..b",
        "refs/tags/edicion/a/b",
        "refs/tags/edicion/a.lock",
        "refs/tags/edicion/.a",
        "HEAD",
        "--stdin",
    ],
)
def test_no_ref_but_our_own_is_ever_moved(store: Store, ref: str) -> None:
    with pytest.raises(ValueError, match="not a ref of ours"):
        writing.update_ref(store, ref, grow(store, {"a.md": b"a"}), None)


def test_a_ref_that_is_locked_raises_and_nothing_has_happened(store: Store) -> None:
    one = publish(store, grow(store, {"a.md": b"1"}))
    two = grow(store, {"a.md": b"2"}, one)
    lock = store.path / "refs/heads/main.lock"
    lock.touch()
    with pytest.raises(Unavailable, match="store-busy"):
        writing.update_ref(store, "refs/heads/main", two, one)
    assert writing.update_ref(store, "refs/heads/main", one, two), "it stands at new, whatever became of the command"
    assert not writing.update_ref(store, "refs/heads/main", two, two)
    lock.unlink()
    assert writing.update_ref(store, "refs/heads/main", two, one)


def compete(path: Path, mine: CommitId, old: CommitId, start: Barrier, said: Queue[tuple[str, bool]]) -> None:
    store = Store(path)
    start.wait()
    try:
        said.put((mine, writing.update_ref(store, "refs/heads/main", mine, old)))
    except Unavailable:
        said.put((mine, False))
    store.close()


def test_of_two_processes_that_move_one_ref_exactly_one_wins(store: Store) -> None:
    tip = publish(store, grow(store, {"a.md": b"0"}))
    context = multiprocessing.get_context("spawn")
    for turn in range(3):
        rivals = [grow(store, {"a.md": b"%d de %d" % (n, turn)}, tip) for n in range(2)]
        start, said = context.Barrier(2), context.Queue()
        racing = [context.Process(target=compete, args=(store.path, each, tip, start, said)) for each in rivals]
        for process in racing:
            process.start()
        results = dict(said.get(timeout=60) for _ in racing)
        for process in racing:
            process.join()
        assert sorted(results.values()) == [False, True]
        tip = reading.head(store) or tip
        assert results[tip]


def test_an_edition_is_an_annotated_tag(store: Store) -> None:
    commit = publish(store, grow(store, {"a.md": b"a"}))
    tag = writing.create_tag(store, "2024-primera-edición", commit, "Nota\n", LUIS)
    assert writing.update_ref(store, "refs/tags/edicion/2024-primera-edición", tag, None)
    shown = git(store.path, "for-each-ref", "--format=%(*objectname) %(taggername) %(contents)", "refs/tags").decode()
    assert shown.startswith(f"{commit} Luis Ortega Nota")
    assert reading.refs(store, "refs/tags/edicion") == {"refs/tags/edicion/2024-primera-edición": tag}
    assert reading.is_ancestor(store, commit, CommitId(tag))
    with pytest.raises(ValueError, match="not a ref"):
        writing.create_tag(store, "con espacio", commit, "x", ANA)


def test_a_seal_is_the_hash_of_what_git_says_changed(store: Store) -> None:
    base = grow(store, {"a.md": b"1", "b.md": b"2"})
    version = grow(store, {"a.md": None, "c.md": b"1", "b.md": b"3"}, base, at=START + timedelta(days=1))
    said = git(store.path, "diff-tree", "-r", "-z", "--no-renames", base, version)
    assert writing.seal(store, base, version) == hashlib.sha256(said).hexdigest()
    assert writing.seal(store, base, reading.commit(store, version).tree) == hashlib.sha256(said).hexdigest()
    assert writing.seal(store, base, base) != writing.seal(store, base, version)
