"""Materials come in byte for byte and id for id; nothing else comes in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewtool.errors import Conflict, InvalidInput, Unavailable
from reviewtool.gitstore import importing, reading
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, contents, git, grow, publish

FILES: dict[str, bytes] = {
    "normal.md": b"# Hola\n",
    "crlf.md": b"uno\r\ndos\r\n",
    "bom.md": b"\xef\xbb\xbfhola\n",
    "latin.md": "año".encode("latin-1"),
    "sin final.md": b"x",
    "vacío.md": b"",
    "imagen.png": bytes(range(256)) * 10,
    "carpeta honda/á/ñ.md": b"n",
    "le\u0301.md": b"descompuesto",
    'con\nsalto y "comillas".md': b"raro",
    "-guion.md": b"g",
    ".gitignore": b"*.md\n",
    "x" * 200 + ".md": b"largo",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "materiales"
    for name, data in FILES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(data)
    (made / "vacía").mkdir()
    (made / ".git").mkdir()
    (made / ".git" / "config").write_text("no")
    (made / "carpeta honda" / ".git").write_text("gitdir: fuera")
    (made / "programa.sh").write_bytes(b"#!/bin/sh\n")
    (made / "programa.sh").chmod(0o755)
    (made / "enlace").symlink_to("normal.md")
    (made / "enlace a carpeta").symlink_to("carpeta honda")
    (made / "enlace fuera").symlink_to("/etc/passwd")
    return made


def test_a_folder_comes_in_byte_for_byte_as_one_commit(store: Store, folder: Path) -> None:
    commit = importing.import_folder(store, folder, ANA, "Materiales iniciales")
    links = {"enlace": b"normal.md", "enlace a carpeta": b"carpeta honda", "enlace fuera": b"/etc/passwd"}
    assert contents(store, commit) == FILES | links | {"programa.sh": b"#!/bin/sh\n"}
    kinds = {path: (entry.kind, entry.mode) for path, entry in reading.files(store, commit).items()}
    assert {path for path, kind in kinds.items() if kind[0] == "symlink"} == set(links)
    assert kinds["programa.sh"] == ("file", "100755")
    found = reading.commit(store, commit)
    assert (found.author, found.parents, found.subject) == (ANA, (), "Materiales iniciales")
    assert reading.head(store) == commit


def test_names_that_are_not_utf8_come_in_and_out_again(store: Store, tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xf1o.md")
    (tmp_path / "m").mkdir()
    try:
        (tmp_path / "m" / name).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system keeps UTF-8 names only")
    commit = importing.import_folder(store, tmp_path / "m", ANA, "x")
    assert git(store.path, "ls-tree", "-z", "--name-only", commit) == b"a\xf1o.md\0"
    entry = reading.find(store, commit, name)
    assert entry is not None
    assert reading.data(store, entry.blob) == b"x"


def test_hundreds_of_files_come_in_as_one_pack(store: Store, tmp_path: Path) -> None:
    for n in range(300):
        (tmp_path / "m" / f"{n % 9}").mkdir(parents=True, exist_ok=True)
        (tmp_path / "m" / f"{n % 9}" / f"{n}.md").write_bytes(b"%d" % n)
    before = store.processes
    commit = importing.import_folder(store, tmp_path / "m", ANA, "x")
    assert store.processes == before + 2
    assert len(reading.files(store, commit)) == 300
    assert git(store.path, "count-objects").startswith(b"0 ")


def test_nothing_is_imported_into_a_store_that_holds_something(store: Store, folder: Path, tmp_path: Path) -> None:
    publish(store, grow(store, {"a.md": b"a"}))
    with pytest.raises(Conflict, match="store-not-empty"):
        importing.import_folder(store, folder, ANA, "x")
    with pytest.raises(Conflict, match="store-not-empty"):
        importing.import_repository(store, tmp_path)


def test_an_empty_or_missing_folder_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no-folder"):
        importing.import_folder(store, tmp_path / "nada", ANA, "x")
    (tmp_path / "m" / "dentro").mkdir(parents=True)
    with pytest.raises(InvalidInput, match="empty-folder"):
        importing.import_folder(store, tmp_path / "m", ANA, "x")
    assert reading.head(store) is None


@pytest.fixture
def source(tmp_path: Path) -> Path:
    made = tmp_path / "origen"
    git(tmp_path, "init", "-q", "-b", "trunk", str(made))
    for number in range(3):
        (made / "a ñ.md").write_bytes(b"texto %d\r\n" % number)
        git(made, "add", "-A")
        git(made, "commit", "-q", "-m", f"Paso {number}")
    git(made, "tag", "ligera", "HEAD~1")
    git(made, "tag", "-a", "-m", "Nota", "v1.0", "HEAD~2")
    git(made, "checkout", "-q", "-b", "otra")
    (made / "otra.md").write_bytes(b"o")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "Otra")
    git(made, "checkout", "-q", "trunk")
    git(made, "update-ref", "refs/proposals/1/1", "HEAD")
    return made


@pytest.mark.parametrize("as_url", [False, True])
def test_a_repository_comes_in_with_its_history_every_id_as_it_was(store: Store, source: Path, as_url: bool) -> None:
    tip = importing.import_repository(store, source.as_uri() if as_url else source)
    assert tip == git(source, "rev-parse", "trunk").decode().strip() == reading.head(store)
    assert git(store.path, "rev-list", tip) == git(source, "rev-list", "trunk")
    kept = git(source, "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags")
    assert git(store.path, "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags") == kept
    assert set(reading.refs(store, "refs")) == {"refs/heads/main", "refs/tags/ligera", "refs/tags/v1.0"}


def test_a_branch_may_be_named_and_must_exist(store: Store, source: Path) -> None:
    with pytest.raises(InvalidInput, match="no-branch"):
        importing.import_repository(store, source, "nada")
    for wrong in ("--upload-pack=x", "a:b", "a b", "", "*"):
        with pytest.raises(InvalidInput, match="bad-branch"):
            importing.import_repository(store, source, wrong)
    assert reading.refs(store, "refs") == {}
    assert importing.import_repository(store, source, "otra") == git(source, "rev-parse", "otra").decode().strip()


@pytest.mark.parametrize(
    "wrong",
    [
        "--upload-pack=touch x",
        "-x",
        "ext::sh -c touch% x",
        "http://example.org/x.git",
        "git@example.org:x.git",
        "https://-oProxyCommand=x/y",
        "ssh:// x",
        "/no/hay/tal/carpeta",
        "",
    ],
)
def test_a_source_that_is_no_folder_and_no_permitted_address_is_refused(store: Store, wrong: str) -> None:
    with pytest.raises(InvalidInput, match="bad-source"):
        importing.import_repository(store, wrong)


def test_a_folder_that_is_no_repository_or_an_empty_one_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    with pytest.raises(InvalidInput, match="no-import"):
        importing.import_repository(store, tmp_path / "m")
    git(tmp_path, "init", "-q", "vacio")
    with pytest.raises(InvalidInput, match="no-branch"):
        importing.import_repository(store, tmp_path / "vacio")


def test_objects_that_git_would_blame_are_not_taken_in(store: Store, source: Path) -> None:
    blob = git(source, "hash-object", "-w", "--stdin", stdin=b"x").strip()
    raw = b"100644 .git\0" + bytes.fromhex(blob.decode())
    tree = git(source, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw).decode().strip()
    git(source, "update-ref", "refs/heads/mala", git(source, "commit-tree", tree, "-m", "mala").decode().strip())
    with pytest.raises(InvalidInput, match="no-import"):
        importing.import_repository(store, source, "mala")
    assert reading.head(store) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_source_of_another_owner_is_one_clear_error(store: Store, source: Path) -> None:
    for path in (source, source / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(Unavailable, match="store-owner"):
        importing.import_repository(store, source)
