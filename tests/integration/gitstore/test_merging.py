"""What git makes of two sides, and the three texts of what both touched."""

from __future__ import annotations

from reviewtool.gitstore import merging, reading, writing
from reviewtool.gitstore.ids import BlobId, CommitId, TreeId
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, contents, grow

LINES = [f"Línea {n} con bastante texto para ser reconocida.\n" for n in range(20)]
TEXT = "".join(LINES).encode()


def with_line(number: int, text: str) -> bytes:
    return "".join([*LINES[:number], text + "\n", *LINES[number + 1 :]]).encode()


def of(store: Store, commit: CommitId, path: str) -> BlobId | None:
    entry = reading.find(store, commit, path)
    return entry.blob if entry is not None else None


def merged(store: Store, tree: TreeId | None) -> dict[str, bytes]:
    assert tree is not None
    return contents(store, tree)


def test_sides_that_touch_different_documents_merge_clean_and_share_no_path(store: Store) -> None:
    base = grow(store, {"a.md": TEXT, "b.md": TEXT})
    ours, theirs = grow(store, {"a.md": b"A"}, base), grow(store, {"b.md": b"B", "c.md": b"C"}, base)
    before = store.processes
    found = merging.stages(store, base, ours, theirs)
    assert store.processes <= before + 2
    assert found.paths == {}
    assert merged(store, found.tree) == {"a.md": b"A", "b.md": b"B", "c.md": b"C"}


def test_a_document_both_sides_touched_comes_with_its_three_blobs_even_when_git_merges_it(store: Store) -> None:
    base = grow(store, {"ñ/a b.md": TEXT})
    ours, theirs = (
        grow(store, {"ñ/a b.md": with_line(1, "x")}, base),
        grow(store, {"ñ/a b.md": with_line(18, "y")}, base),
    )
    found = merging.stages(store, base, ours, theirs)
    assert found.tree is not None
    blobs = (of(store, commit, "ñ/a b.md") for commit in (base, ours, theirs))
    assert found.paths == {"ñ/a b.md": merging.Sides(*blobs)}


def test_a_conflict_has_no_tree_and_the_caller_writes_one(store: Store) -> None:
    base = grow(store, {"a.md": TEXT, "b.md": b"b"})
    ours, theirs = (
        grow(store, {"a.md": with_line(1, "x")}, base),
        grow(store, {"a.md": with_line(1, "y"), "b.md": b"B"}, base),
    )
    found = merging.stages(store, base, ours, theirs)
    assert found.tree is None
    assert list(found.paths) == ["a.md"]
    blob = writing.write_blob(store, with_line(1, "x y"))
    tree = writing.write_tree(
        store, ours, [writing.Edit("a.md", blob), writing.Edit("b.md", of(store, theirs, "b.md"))]
    )
    made = writing.commit_tree(store, tree, [ours], "x", ANA, ANA)
    assert contents(store, made) == {"a.md": with_line(1, "x y"), "b.md": b"B"}


def test_additions_removals_and_renames_on_both_sides_can_be_told(store: Store) -> None:
    base = grow(store, {"quitado.md": TEXT, "movido.md": TEXT.upper(), "los dos.md": b"z"})
    ours = grow(
        store,
        {"quitado.md": None, "movido.md": None, "otra/movido.md": TEXT.upper(), "nuevo.md": b"n", "los dos.md": None},
        base,
    )
    changed = TEXT.upper() + b"mas\n"
    theirs = grow(
        store, {"quitado.md": with_line(1, "x"), "movido.md": changed, "nuevo.md": b"m", "los dos.md": None}, base
    )
    found = merging.stages(store, base, ours, theirs)
    assert found.tree is None
    at = {
        name: (lambda path, commit=commit: of(store, commit, path))
        for name, commit in [("b", base), ("o", ours), ("t", theirs)]
    }
    assert found.paths == {
        "quitado.md": merging.Sides(at["b"]("quitado.md"), None, at["t"]("quitado.md")),
        "movido.md": merging.Sides(at["b"]("movido.md"), None, at["t"]("movido.md"), ours_path="otra/movido.md"),
        "nuevo.md": merging.Sides(None, at["o"]("nuevo.md"), at["t"]("nuevo.md")),
        "los dos.md": merging.Sides(at["b"]("los dos.md"), None, None),
    }


def test_a_rename_on_one_side_takes_the_words_of_the_other_along(store: Store) -> None:
    base = grow(store, {"a.md": TEXT})
    ours, theirs = grow(store, {"a.md": None, "b.md": TEXT}, base), grow(store, {"a.md": with_line(3, "x")}, base)
    found = merging.stages(store, base, ours, theirs)
    assert merged(store, found.tree) == {"b.md": with_line(3, "x")}
    assert found.paths["a.md"].ours_path == "b.md"
    turned = merging.stages(store, base, theirs, ours)
    assert turned.tree == found.tree
    assert turned.paths["a.md"].theirs_path == "b.md"


def test_a_new_document_stays_in_the_folder_its_author_chose(store: Store) -> None:
    base = grow(store, {f"viejo/{n}.md": TEXT + b"%d" % n for n in range(4)})
    move = {f"viejo/{n}.md": None for n in range(4)} | {f"nuevo/{n}.md": TEXT + b"%d" % n for n in range(4)}
    ours, theirs = grow(store, move, base), grow(store, {"viejo/5.md": b"cinco"}, base)
    found = merging.stages(store, base, ours, theirs)
    assert merged(store, found.tree)["viejo/5.md"] == b"cinco"


def test_bytes_that_are_no_text_are_a_conflict_and_stay_whole(store: Store) -> None:
    base = grow(store, {"x.png": b"\x89PNG\0" + bytes(100)})
    ours, theirs = grow(store, {"x.png": b"\x89PNG\0a"}, base), grow(store, {"x.png": b"\x89PNG\0b"}, base)
    found = merging.stages(store, base, ours, theirs)
    assert found.tree is None
    assert found.paths["x.png"].theirs is not None
    assert reading.data(store, found.paths["x.png"].theirs) == b"\x89PNG\0b"
