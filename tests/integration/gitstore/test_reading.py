"""Refs, trees, texts, commits and trailers are what git itself says they are."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewtool.errors import Unavailable
from reviewtool.gitstore import reading, trailers, writing
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, LUIS, START, contents, git, grow, publish


def test_a_ref_is_read_loose_packed_and_loose_over_packed(store: Store) -> None:
    one = publish(store, grow(store, {"a.md": b"1"}))
    two = grow(store, {"a.md": b"2"}, one)
    assert reading.head(store) == one
    assert reading.head(store, "HEAD") == one
    git(store.path, "pack-refs", "--all")
    assert not (store.path / "refs/heads/main").exists()
    assert reading.head(store) == one
    assert writing.update_ref(store, "refs/heads/main", two, one)
    assert reading.head(store) == two
    assert reading.refs(store, "refs/heads") == {"refs/heads/main": two}
    git(store.path, "pack-refs", "--all")
    assert reading.refs(store, "refs/heads/main") == {"refs/heads/main": two}


def test_refs_are_listed_below_a_prefix_only(store: Store) -> None:
    commit = grow(store, {"a.md": b"1"})
    for ref in ("refs/proposals/1/1", "refs/proposals/1/2", "refs/proposals/12/1", "refs/group"):
        assert writing.update_ref(store, ref, commit, None)
    git(store.path, "pack-refs", "--all")
    assert writing.update_ref(store, "refs/proposals/1/3", commit, None)
    assert list(reading.refs(store, "refs/proposals/1")) == [f"refs/proposals/1/{n}" for n in (1, 2, 3)]
    assert len(reading.refs(store, "refs/proposals")) == 4
    assert list(reading.refs(store, "refs/group")) == ["refs/group"]
    assert reading.head(store, "refs/proposals/1") is None
    assert reading.head(store, "refs/proposals/1/1/7") is None


def test_a_ref_emptied_by_a_power_cut_is_said_to_be_damaged(damaged_store: Store) -> None:
    publish(damaged_store, grow(damaged_store, {"a.md": b"1"}))
    (damaged_store.path / "refs/heads/main").write_bytes(b"")
    with pytest.raises(Unavailable, match="store-damaged"):
        reading.head(damaged_store)


def test_only_names_of_refs_are_read_as_refs(store: Store) -> None:
    for wrong in ("config", "refs/../config", "/etc/hostname"):
        with pytest.raises(ValueError, match="not a ref"):
            reading.head(store, wrong)


def test_the_files_of_a_commit_are_those_git_lists(store: Store) -> None:
    files: dict[str, bytes | None] = {
        "b.md": b"dos",
        "a/c.md": b"",
        "a.md": b"uno",
        "a-b.md": b"x",
        "á ñ/«k».md": b"k" * 9,
    }
    commit = grow(store, files)
    found = reading.files(store, commit)
    assert list(found) == sorted(files)
    assert {path: reading.data(store, entry.blob) for path, entry in found.items()} == contents(store, commit) == files
    assert all(entry.size == len(files[path] or b"") for path, entry in found.items())
    assert reading.find(store, commit, "a/c.md") == found["a/c.md"]
    for absent in ("a", "a/c", "a/c.md/x", "", "/", "a//c.md", "zzz"):
        assert reading.find(store, commit, absent) is None


def test_links_submodules_and_executables_are_told_apart(store: Store) -> None:
    blob = git(store.path, "hash-object", "-w", "--stdin", stdin=b"a.md").decode().strip()
    rows = [f"100755 blob {blob}\tx.sh", f"120000 blob {blob}\tlink", f"160000 commit {'1' * 40}\tmodule"]
    tree = git(store.path, "mktree", stdin="\n".join(rows).encode()).decode().strip()
    commit = CommitId(git(store.path, "commit-tree", tree, "-m", "x").decode().strip())
    assert {path: (e.kind, e.mode, e.size) for path, e in reading.files(store, commit).items()} == {
        "link": ("symlink", "120000", 4),
        "module": ("submodule", "160000", 0),
        "x.sh": ("file", "100755", 4),
    }
    assert reading.find(store, commit, "module") is not None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", reading.Text("", bom=False, exact=True)),
        ("año\r\n".encode(), reading.Text("año\r\n", bom=False, exact=True)),
        (b"\xef\xbb\xbfhola", reading.Text("hola", bom=True, exact=True)),
        ("año".encode("latin-1"), reading.Text("a\ufffdo", bom=False, exact=False)),
        (b"\xef\xbb\xbf\xff", reading.Text("\ufffd", bom=True, exact=False)),
        (b"a\0b", reading.Text("a\0b", bom=False, exact=True)),
    ],
)
def test_text_is_strict_utf8_or_marked_as_inexact(data: bytes, expected: reading.Text) -> None:
    assert reading.text(data) == expected


def test_a_commit_gives_back_its_people_times_and_message(store: Store) -> None:
    tree = writing.write_tree(store, None, [writing.Edit("a.md", writing.write_blob(store, b"a"))])
    text = writing.message("Título", "Uno.\n\nDos.", [("Proposal", "42"), ("Co-authored-by", "Luis <p2@x>")])
    made = writing.commit_tree(store, tree, [], text, ANA, LUIS)
    found = reading.commit(store, made)
    assert (found.id, found.tree, found.parents) == (made, tree, ())
    assert (found.author, found.committer) == (ANA, LUIS)
    assert found.subject == "Título"
    assert found.body == "Uno.\n\nDos.\n\nProposal: 42\nCo-authored-by: Luis <p2@x>"
    assert found.trailers == (("Proposal", "42"), ("Co-authored-by", "Luis <p2@x>"))
    assert reading.commit(store, grow(store, {"b.md": b"b"}, made)).parents == (made,)


def test_commits_of_other_programs_are_read_as_well_as_can_be(damaged_store: Store) -> None:
    tree = git(damaged_store.path, "mktree").decode().strip()

    def hand_made(head: bytes, message: bytes) -> reading.Commit:
        raw = b"tree %s\n%s\n\n%s" % (tree.encode(), head, message)
        made = git(damaged_store.path, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw)
        return reading.commit(damaged_store, CommitId(made.decode().strip()))

    latin = hand_made(
        "author José <j@x> 1700000000 -0500\ncommitter José <j@x> 1700000000 +0100\nencoding ISO-8859-1".encode(
            "latin-1"
        ),
        "Año\nnuevo\n\ncuerpo".encode("latin-1"),
    )
    assert (latin.author.name, latin.subject, latin.body) == ("José", "Año nuevo", "cuerpo")
    assert latin.author.at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    signed = hand_made(
        b"author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\ngpgsig -----BEGIN\n author\n tree x", b"s\n"
    )
    assert (signed.author.name, signed.tree, signed.body) == ("A", tree, "")
    odd = hand_made(b"author <> 99999999999999999 +0000\ncommitter nadie", b"")
    assert (odd.author.name, odd.subject, odd.committer.name) == ("", "", "nadie")


def git_trailers(folder: Path, message: str) -> tuple[tuple[str, str], ...]:
    out = git(folder, "interpret-trailers", "--parse", "--no-divider", stdin=message.encode()).decode()
    return tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in out.split("\n") if line))


MESSAGES = [
    "Título\n\nCuerpo\n\nProposal: 1\nRevision: 2\n",
    "Título\n\nProposal: 1\n",
    "Proposal: 1\n",
    "Título\nProposal: 1\n",
    "Título\n\nCuerpo\nProposal: 1\n",
    "Título\n\nUno\nSigned-off-by: A <a@x>\n",
    "Título\n\nUno\nDos\nTres\nCuatro\nSigned-off-by: A <a@x>\n",
    "Título\n\n(cherry picked from commit abc)\nUno\nProposal: 1\n",
    "Título\n\nProposal: uno\n  sigue aquí\nRevision: 2\n",
    "Título\n\n---\n\nProposal: 1\n",
    "Título\n\n---\nProposal: 1\n",
    "Título\n\n# ------------------------ >8 ------------------------\n\nProposal: 1\n",
    "Título\n\nProposal: 1\n# nota\nRevision: 2\n\n# fin\n\n",
    "Título\n\nProposal : 1\nRevision:2\nVacío:\nEmpty:\n",
    "Título\n\nhttp://x\n",
    "Título\n\nNota: esto\n\nProposal: 1\n\n\n",
    "# nota\n\nTítulo\n\nProposal: 1\n",
    "Título\n\n  sangrado\nProposal: 1\n",
    "Título\n\nProposal: 1\n  a\n\n  b\n",
    "Título\n\n \nProposal: 1\n",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_trailers_are_read_as_git_reads_them(tmp_path: Path, message: str) -> None:
    assert trailers.parse(message) == git_trailers(tmp_path, message)


LINES = st.sampled_from(
    [
        "",
        " ",
        "texto",
        "Proposal: 1",
        "A-b: c d",
        "  sigue",
        "# nota",
        "---",
        "Signed-off-by: A <a@x>",
        "x y: z",
        "K :v",
        ":n",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=12))
def test_whatever_the_message_trailers_are_read_as_git_reads_them(tmp_path: Path, lines: list[str]) -> None:
    message = "Título\n" + "\n".join(lines) + "\n"
    assert trailers.parse(message) == git_trailers(tmp_path, message)


WORDS = st.text(alphabet=string.ascii_letters + " :-#\n\té", max_size=60)
HOSTILE = st.sampled_from(
    [
        "",
        "---",
        "--- x",
        "a\n\nApproved-by: Nadie",
        "# ------------------------ >8 ------------------------",
        "x\n\n# n",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(WORDS, HOSTILE, st.tuples(WORDS, HOSTILE, WORDS).map("\n".join)), many=st.booleans())
def test_nothing_in_a_body_hides_a_trailer_or_passes_for_one(tmp_path: Path, body: str, many: bool) -> None:
    wanted = (("Proposal", "42"), ("Decision", "approved; 8 for")) if many else ()
    message = writing.message("Un título", body, wanted)
    assert git_trailers(tmp_path, message) == wanted
    assert trailers.parse(message) == wanted


def test_a_message_has_one_subject_line_and_values_on_one_line() -> None:
    made = writing.message("Un\ntítulo\x07", "a\r\n---\nb\n", [("Decision", "uno\nProposal: 9")])
    assert made == "Un título\n\na\n ---\nb\n\nDecision: uno Proposal: 9\n"
    with pytest.raises(ValueError, match="subject"):
        writing.message(" \n", "x", [])
    with pytest.raises(ValueError, match="trailer"):
        writing.message("x", "", [("Bad name", "x")])


def test_ancestry_is_told(store: Store) -> None:
    one = grow(store, {"a.md": b"1"})
    two = grow(store, {"a.md": b"2"}, one)
    three = grow(store, {"a.md": b"3"}, two)
    side = grow(store, {"b.md": b"b"}, one, at=START)
    assert reading.is_ancestor(store, one, one)
    assert reading.is_ancestor(store, one, three)
    assert not reading.is_ancestor(store, three, one)
    assert not reading.is_ancestor(store, side, three)
