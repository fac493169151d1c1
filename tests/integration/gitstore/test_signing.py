"""Commits and tags are signed as git signs them, and found good, unsigned or wrong as git finds them."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reviewtool.errors import NotFound, Unavailable
from reviewtool.gitstore import history, importing, reading, record, signing, writing
from reviewtool.gitstore import store as stores
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.signer import Signer, open_signer
from reviewtool.gitstore.store import Store
from tests.integration.gitstore.support import ANA, ENV, LUIS, START, fsck, git, grow, publish
from tests.support import keys

WHO = "reviewtool@record.example"
LONG = writing.message(
    "Aclarar «año»",
    "Uno.\n\n-----BEGIN SSH SIGNATURE-----\nno es una firma\n-----END SSH SIGNATURE-----\n\n  sangría\n\ngpgsig nada",
    [("Proposal", "42"), ("Co-authored-by", "Luis <p2@x>")],
)


@pytest.fixture(params=["ed25519", "rsa"])
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Signer:
    return open_signer(keys.make(tmp_path / "key", request.param))


@pytest.fixture
def allowed(signer: Signer, tmp_path: Path) -> Path:
    path = tmp_path / "allowed_signers"
    signing.remember(path, WHO, signer.public)
    return path


@pytest.fixture
def signed(signer: Signer, tmp_path: Path) -> Iterator[Store]:
    """Lend a store with a key and ask `git fsck --strict` about it afterwards."""
    made = stores.create(tmp_path / "signed.git", signer)
    yield made
    made.close()
    assert not [line for line in fsck(made).splitlines() if not line.startswith("notice:")]


def git_says(store: Store, allowed: Path, command: str, name: str) -> tuple[int, str]:
    """Return what `git verify-commit` or `verify-tag` ends with and says."""
    option = f"gpg.ssh.allowedSignersFile={allowed}"
    done = subprocess.run(
        ["git", "-c", option, command, name], cwd=store.path, env=ENV, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def by_hand(store: Store, kind: str, raw: bytes) -> CommitId:
    return CommitId(git(store.path, "hash-object", "-t", kind, "-w", "--stdin", stdin=raw).decode().strip())


@pytest.mark.parametrize("message", ["x", LONG])
def test_a_signed_commit_is_good_for_us_and_for_git(signed: Store, allowed: Path, message: str) -> None:
    base = grow(signed, {"a.md": b"1"})
    tree = reading.commit(signed, grow(signed, {"a.md": b"2"}, base)).tree
    made = writing.commit_tree(signed, tree, [base], message, ANA, LUIS)
    assert signing.check(signed, [made, base], allowed) == {made: "good", base: "good"}
    status, said = git_says(signed, allowed, "verify-commit", made)
    assert status == 0
    assert f'Good "git" signature for {WHO}' in said


def test_a_signed_commit_is_read_as_if_it_were_not(signed: Store, store: Store) -> None:
    found = []
    for each in (signed, store):
        tree = writing.write_tree(each, None, [writing.Edit("a.md", writing.write_blob(each, b"a"))])
        commit = reading.commit(each, writing.commit_tree(each, tree, [], LONG, ANA, LUIS))
        found.append((commit.tree, commit.author, commit.committer, commit.subject, commit.body, commit.trailers))
    assert found[0] == found[1]
    assert found[0][5] == (("Proposal", "42"), ("Co-authored-by", "Luis <p2@x>"))


def test_the_history_of_a_signed_document_is_told_without_signatures(signed: Store) -> None:
    one = grow(signed, {"a.md": b"uno\n"}, message="Uno\n\nCuerpo\n")
    two = grow(signed, {"a.md": b"dos\n"}, one, message="Dos\n")
    assert [reading.commit(signed, each).subject for each in (two, one)] == ["Dos", "Uno"]
    assert reading.commit(signed, one).body == "Cuerpo"
    assert [entry.commit.id for entry in history.log(signed, two, "a.md", limit=5)] == [two, one]


def test_git_signs_the_same_text_with_the_same_bytes(signed: Store, signer: Signer) -> None:
    made = grow(signed, {"a.md": b"1"})
    env = {}
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": ANA.name, f"GIT_{role}_EMAIL": ANA.email}
        env[f"GIT_{role}_DATE"] = f"@{int(START.timestamp())} +0000"
    options = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={signer.key}"]
    tree = reading.commit(signed, made).tree
    assert git(signed.path, *options, "commit-tree", "-S", tree, "-m", "Un cambio", env=env).decode().strip() == made


def test_without_a_key_nothing_is_signed_and_asking_starts_no_process(store: Store, allowed: Path) -> None:
    commit = publish(store, grow(store, {"a.md": b"1"}, message=LONG))
    tag = writing.create_tag(store, "uno", commit, "Nota\n", LUIS)
    store.object(commit)
    before = store.processes
    assert signing.check(store, [commit, tag], allowed) == {commit: "unsigned", tag: "unsigned"}
    assert signing.check(store, [], allowed) == {}
    assert store.processes == before
    assert git_says(store, allowed, "verify-commit", commit)[0] == 1


def test_another_key_is_wrong(signed: Store, signer: Signer, tmp_path: Path) -> None:
    commit = grow(signed, {"a.md": b"1"})
    tag = writing.create_tag(signed, "uno", commit, "Nota\n", LUIS)
    other = tmp_path / "others"
    signing.remember(other, WHO, open_signer(keys.make(tmp_path / "other")).public)
    assert signing.check(signed, [commit, tag], other) == {commit: "wrong", tag: "wrong"}
    assert git_says(signed, other, "verify-commit", commit)[0] != 0
    assert signing.check(signed, [commit, tag], tmp_path / "nowhere") == {commit: "wrong", tag: "wrong"}
    signing.remember(other, WHO, signer.public)
    assert signing.check(signed, [commit, tag], other) == {commit: "good", tag: "good"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Un cambio", b"Un canje"),
        ("Ana Núñez".encode(), "Eva Núñez".encode()),
        (b"\nauthor", b"\nparent " + b"1" * 40 + b"\nauthor"),
        (b"gpgsig -----BEGIN SSH SIGNATURE-----", b"gpgsig -----BEGIN PGP SIGNATURE-----"),
        (b"gpgsig -----BEGIN", b"gpgsig -----"),  # git would end, and say nothing of the others
    ],
)
def test_a_signature_holds_for_one_text_only(
    damaged_store: Store, signer: Signer, allowed: Path, old: bytes, new: bytes
) -> None:
    store = Store(damaged_store.path, signer)
    commit = grow(store, {"a.md": b"1"})
    raw = store.object(commit)[1]
    assert raw.count(old) >= 1
    changed = by_hand(store, "commit", raw.replace(old, new))
    assert signing.check(store, [commit, changed], allowed) == {commit: "good", changed: "wrong"}
    assert git_says(store, allowed, "verify-commit", changed)[0] != 0
    store.close()


@pytest.mark.parametrize(
    "header", [b"gpgsig-sha256 x", b"gpgsig -----BEGIN SSH SIGNATURE-----\n x\n -----END SSH SIGNATURE-----"]
)
def test_a_second_signature_that_git_does_not_look_at_is_wrong(signed: Store, allowed: Path, header: bytes) -> None:
    raw = signed.object(grow(signed, {"a.md": b"1"}))[1]
    changed = by_hand(signed, "commit", raw.replace(b"\n\n", b"\n" + header + b"\n\n", 1))
    assert signing.check(signed, [changed], allowed) == {changed: "wrong"}
    assert git_says(signed, allowed, "verify-commit", changed)[0] == 0


def test_a_signature_of_one_commit_is_wrong_on_another_and_absent_is_unsigned(signed: Store, allowed: Path) -> None:
    one = grow(signed, {"a.md": b"1"})
    two = grow(signed, {"a.md": b"2"}, one)
    raws = {each: signed.object(each)[1] for each in (one, two)}
    start, end = b"\ngpgsig", b"-----END SSH SIGNATURE-----"
    parts = {each: (raw[: raw.index(start)], raw[raw.index(end) + len(end) :]) for each, raw in raws.items()}
    ours = raws[one][raws[one].index(start) : raws[one].index(end) + len(end)]
    moved = by_hand(signed, "commit", parts[two][0] + ours + parts[two][1])
    bare = by_hand(signed, "commit", b"".join(parts[two]))
    assert signing.check(signed, [moved, bare, two], allowed) == {moved: "wrong", bare: "unsigned", two: "good"}


def test_an_object_that_is_not_what_its_id_says_is_wrong_though_its_signature_holds(
    damaged_store: Store, signer: Signer, allowed: Path
) -> None:
    store = Store(damaged_store.path, signer)
    one, two = (grow(store, {"a.md": b"%d" % n}) for n in range(2))
    files = [store.path / "objects" / each[:2] / each[2:] for each in (one, two)]
    files[1].chmod(0o644)
    files[1].write_bytes(files[0].read_bytes())
    found = signing.check(store, [one, two], allowed)
    store.close()
    assert found == {one: "good", two: "wrong"}


@pytest.mark.parametrize("note", ["", "Nota\n\nDos párrafos.", "-----BEGIN SSH SIGNATURE-----\nno es una firma"])
def test_a_signed_edition_is_good_and_its_note_does_not_show_the_signature(
    signed: Store, allowed: Path, note: str
) -> None:
    commit = publish(signed, grow(signed, {"a.md": b"a"}))
    message = writing.message("Edición uno", note, [])
    tag = writing.create_tag(signed, "uno", commit, message, LUIS)
    assert writing.update_ref(signed, "refs/tags/edicion/uno", tag, None)
    assert signing.check(signed, [tag, commit], allowed) == {tag: "good", commit: "good"}
    status, said = git_says(signed, allowed, "verify-tag", "edicion/uno")
    assert status == 0
    assert f'Good "git" signature for {WHO}' in said
    shown = git(signed.path, "for-each-ref", "--format=%(contents:subject)%0a%0a%(contents:body)", "refs/tags")
    assert shown.decode().strip() == message.strip()
    raw = signed.object(tag)[1]
    changed = by_hand(signed, "tag", raw.replace(b"tagger Luis", b"tagger Ana "))
    bare = by_hand(signed, "tag", raw[: raw.rindex(b"-----BEGIN")])
    expected = {tag: "good", changed: "wrong", bare: "unsigned"}  # `---` of a note is never at a line's beginning
    assert signing.check(signed, [tag, changed, bare], allowed) == expected


def test_entries_of_records_and_imported_folders_are_signed(signed: Store, allowed: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.md").write_text("a")
    first = importing.import_folder(signed, tmp_path / "folder", ANA, "Materiales")
    entries = [record.Entry(f"refs/reviews/{n}", {"a.json": b"%d" % n}, "Uno", ANA, None) for n in range(1, 6)]
    before = signed.processes
    assert record.append_all(signed, entries) == frozenset()
    assert signed.processes == before + 7, "one a signature, one for the objects, one for the refs"
    tips = [record.tip(signed, entry.ref) or "" for entry in entries]
    again = record.append(signed, entries[0])
    assert again == tips[0], "the same entry repeated is one, signature included"
    before = signed.processes
    assert set(signing.check(signed, [first, *tips], allowed).values()) == {"good"}
    assert signed.processes <= before + 2, "one log, and the kept cat-file if it was not there"
    with pytest.raises(NotFound, match="no-commit"):
        signing.check(signed, [reading.commit(signed, first).tree], allowed)
    with pytest.raises(NotFound, match="no-object"):
        signing.check(signed, ["1" * 40], allowed)


def test_many_threads_sign_at_once(signed: Store, allowed: Path) -> None:
    made: list[CommitId] = []

    def work(number: int) -> None:
        made.append(grow(signed, {"a.md": b"%d" % number}, at=START + timedelta(seconds=number)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert signing.check(signed, made, allowed) == dict.fromkeys(made, "good")
    assert len(made) == 6


def test_a_key_that_is_gone_stops_the_writing(damaged_store: Store, tmp_path: Path) -> None:
    signer = open_signer(keys.make(tmp_path / "key"))
    store = Store(damaged_store.path, signer)
    signer.key.unlink()
    with pytest.raises(Unavailable, match="store-failed"):
        grow(store, {"a.md": b"1"})
    store.close()


def test_a_key_that_cannot_sign_is_refused_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = keys.make(tmp_path / "locked", passphrase="secreto")
    garbage = tmp_path / "garbage"
    garbage.write_text("no es una llave\n")
    garbage.chmod(0o600)
    for path in (locked, garbage, tmp_path / "nowhere"):
        with pytest.raises(Unavailable, match="signing-key") as refusal:
            open_signer(path)
        assert refusal.value.facts["path"] == str(path)
        assert refusal.value.facts["detail"]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="ssh-keygen-missing"):
        open_signer(locked)


def test_allowed_keys_are_remembered_once_and_what_people_wrote_beside_them_stays(tmp_path: Path) -> None:
    path = tmp_path / "allowed_signers"
    one, two = (open_signer(keys.make(tmp_path / name)).public for name in ("one", "two"))
    signing.remember(path, WHO, one)
    assert path.read_text() == f'{WHO} namespaces="git" {one}\n'
    limited = f'# perdida\n{WHO} namespaces="git",valid-before="20200101" {one} comentario'
    path.write_text(limited)
    for _ in range(2):
        signing.remember(path, WHO, one)
        signing.remember(path, WHO, two)
    assert path.read_text() == f'{limited}\n{WHO} namespaces="git" {two}\n'
    path.write_text(f"# {two}\n")
    signing.remember(path, WHO, two)
    assert path.read_text().count(two) == 2
    with pytest.raises(Unavailable, match="signers-file"):
        signing.remember(tmp_path / "nowhere" / "file", WHO, one)


def test_a_key_that_was_limited_holds_for_what_it_signed_before(signed: Store, signer: Signer, tmp_path: Path) -> None:
    commit = grow(signed, {"a.md": b"1"})
    for limit, verdict in (("20240401", "good"), ("20240201", "wrong")):
        path = tmp_path / limit
        path.write_text(f'{WHO} namespaces="git",valid-before="{limit}" {signer.public}\n')
        assert signing.check(signed, [commit], path) == {commit: verdict}
