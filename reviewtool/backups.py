"""Backup and restore of an installation, while it runs (git-record, «Backup and restore»).

A backup is a folder with the database, the repository as one bundle, configuration, secrets (mode 600) and a manifest
of checksums. It is made under another name, restored into a temporary folder and verified there, and only then gets
its own: a folder with a final name is whole and was proved.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import make_url

from reviewtool import installing, migrate
from reviewtool.app import make_workshop
from reviewtool.clock import now
from reviewtool.errors import InstallationError, ReviewError
from reviewtool.gitstore import bundles, record
from reviewtool.gitstore import store as stores
from reviewtool.models import Proposal
from reviewtool.services import rebuilding, recording, refmoves, unrecorded, verifying
from reviewtool.services.findings import Report
from reviewtool.services.record_files import ref_of
from reviewtool.services.verifying_records import recorded_version
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SQLITE, POSTGRESQL, BUNDLE = "database.sqlite", "database.dump", "materials.bundle"
_MAKING: Final = ".making"
_SECRETS: Final = ("secret_key", "signing_key")


@dataclass(frozen=True)
class Backup:
    """A finished backup: where it is, how long it took, what verifying its restored copy found, how it was proved."""

    path: Path
    seconds: float
    size: int
    report: Report
    proof: str


def backup(settings: Settings, folder: Path, *, before_naming: Callable[[], None] = lambda: None) -> Backup:
    """Make a proved backup in a folder of its own below `folder`; the group may work meanwhile.

    Raises InstallationError when it cannot be made or does not prove itself: then nothing stands under a final name.
    """
    began = time.monotonic()
    workshop = installing.open_existing(settings)
    final = folder / now().strftime("%Y-%m-%dT%H%M%SZ")
    making = final.with_name(final.name + _MAKING)
    try:
        with _writable(folder):
            for leftover in folder.glob(f"*{_MAKING}"):
                shutil.rmtree(leftover)
            making.mkdir(mode=0o700, parents=True)
            _settle(workshop)
            _dump(settings, making)
            _settle(workshop)
            refs = bundles.write(workshop.store, making / BUNDLE)
            _copy_files(settings, making)
            manifest = _manifest(settings, making, refs)
            (making / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            report, proof = _prove(settings, making)
            if not report.clean:
                said = "; ".join(each.said("en") for each in report.findings[:3])
                raise InstallationError(
                    f"The backup was restored for proof and is not clean: {said}",
                    f"La copia se restauró como prueba y no está limpia: {said}",
                )
            _flush(making)
            before_naming()
            making.rename(final)
            _flush_folder(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    finally:
        workshop.database.dispose()
        workshop.store.close()
    size = sum(file.stat().st_size for file in final.rglob("*") if file.is_file())
    return Backup(final, time.monotonic() - began, size, report, proof)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InstallationError(
            f"The backup cannot be written in {folder} ({error.strerror}). Nothing was left there.",
            f"No se puede escribir la copia en {folder} ({error.strerror}). No quedó nada ahí.",
        ) from error


def _settle(workshop: Workshop) -> None:
    """Finish pending moves and bring every record up, so that database and repository say the same."""
    refmoves.reconcile(workshop)
    recording.record_group(workshop)
    recording.catch_up(workshop)


def _dump(settings: Settings, folder: Path) -> None:
    """Write one consistent state of the database."""
    if settings.sqlite_path is not None:
        with (
            closing(sqlite3.connect(settings.sqlite_path)) as source,
            closing(sqlite3.connect(folder / SQLITE)) as copy,
        ):
            source.backup(copy)
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={folder / POSTGRESQL}", _address(settings.database_url))


def _address(url: str) -> str:
    """Return a PostgreSQL address as its own tools read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise InstallationError(
            f"{command[0]} is missing. Install it with: sudo apt-get install -y postgresql-client",
            f"Falta {command[0]}. Instálelo con: sudo apt-get install -y postgresql-client",
        ) from error
    if done.returncode != 0:
        said = done.stderr.strip()[-500:]
        raise InstallationError(f"{command[0]} failed: {said}", f"{command[0]} falló: {said}")


def _copy_files(settings: Settings, folder: Path) -> None:
    """Copy configuration and secrets; what the environment says is written as it holds."""
    config = folder / "config"
    config.mkdir()
    shutil.copyfile(settings.group_file, config / "group.toml")
    plain = settings.model_dump(mode="json", by_alias=True, exclude={"secret_key", "database"})
    (config / "settings.json").write_text(json.dumps(plain, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for name, source in (
        ("secret_key", settings.secret_key_path),
        ("signing_key", settings.signing_key_file),
        ("allowed_signers", settings.allowed_signers_path),
    ):
        if source is not None and source.is_file():
            shutil.copyfile(source, folder / name)
            (folder / name).chmod(0o600)


def _manifest(settings: Settings, folder: Path, refs: dict[str, str]) -> dict[str, Any]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {
        "format": FORMAT,
        "made_at": now().isoformat().replace("+00:00", "Z"),
        "database": "sqlite" if settings.sqlite_path is not None else "postgresql",
        "step": migrate.current(settings.database_url),
        "refs": len(refs),
        "main": refs.get("refs/heads/main", ""),
        "sha256": {str(file.relative_to(folder)): _sum(file) for file in files},
    }


def _sum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as opened:
                os.fsync(opened.fileno())
        else:
            _flush_folder(file)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _prove(settings: Settings, made: Path) -> tuple[Report, str]:
    """Restore the backup into a temporary folder and verify what came of it."""
    with tempfile.TemporaryDirectory(prefix="reviewtool-proof-") as place:
        changes = {"var": Path(place) / "var", "secret_key": "", "signing_key_file": None}
        if settings.sqlite_path is not None:
            proof, how = settings.model_copy(update=changes | {"database": ""}), "restored"
            return restore(proof, made), how
        with _another_database(settings) as url:
            if url:
                return restore(settings.model_copy(update=changes | {"database": url}), made), "restored"
        # Without the right to make a database: what the dump holds is listed, what the records hold is restored.
        _run("pg_restore", "--list", str(made / POSTGRESQL))
        proof = settings.model_copy(update=changes | {"database": ""})
        _take_repository(proof, made)
        installing.rebuild(proof)
        return _verified(proof), "rebuilt from its repository; the dump of the database was only listed"


@contextmanager
def _another_database(settings: Settings) -> Iterator[str]:
    """Make a database beside the installation's for the block; empty where its role may not."""
    url = make_url(settings.database_url)
    name = f"reviewtool_proof_{os.getpid()}"
    try:
        _run("createdb", f"--maintenance-db={_address(settings.database_url)}", "--template=template0", name)
    except InstallationError:
        yield ""
        return
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _run("dropdb", "--if-exists", f"--maintenance-db={_address(settings.database_url)}", name)


def restore(settings: Settings, source: Path) -> Report:
    """Make the installation that a backup holds, with what the repository in place knows more; return its verification.

    The database must be empty or not there. A repository that is in place stays and gets what it lacks. Raises
    InstallationError when the backup is not whole or something is in the way.
    """
    stores.check_git()
    manifest = check(source)
    if manifest["database"] != ("sqlite" if settings.sqlite_path is not None else "postgresql"):
        raise InstallationError(
            f"The backup holds a database of {manifest['database']}; the settings name another kind.",
            f"La copia contiene una base de datos de {manifest['database']}; la configuración nombra otra clase.",
        )
    installing.ensure_folder(settings.var)
    _ensure_empty(settings)
    _take_repository(settings, source)
    _load(settings, source)
    for name in ("secret_key", "allowed_signers"):
        if (source / name).is_file() and not (settings.var / name).exists():
            shutil.copyfile(source / name, settings.var / name)
            (settings.var / name).chmod(0o600)
    migrate.upgrade(settings.database_url)
    workshop = make_workshop(settings)
    try:
        import_newer(workshop)
        _settle(workshop)
        return verifying.verify(workshop)
    finally:
        workshop.database.dispose()
        workshop.store.close()


def check(source: Path) -> dict[str, Any]:
    """Return the manifest of a backup whose files are what it says; raises InstallationError."""
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        wrong = [name for name, known in manifest["sha256"].items() if _sum(source / name) != known]
        if manifest["format"] != FORMAT:
            wrong = [MANIFEST]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InstallationError(
            f"{source} is no backup of this program, or it is not whole ({error}).",
            f"{source} no es una copia de este programa, o no está completa ({error}).",
        ) from error
    if wrong:
        raise InstallationError(
            f"The backup is damaged: {', '.join(wrong)} is not what was written. Nothing was done.",
            f"La copia está dañada: {', '.join(wrong)} no es lo que se escribió. No se hizo nada.",
        )
    return manifest


def _ensure_empty(settings: Settings) -> None:
    path = settings.sqlite_path
    taken = path.exists() if path is not None else installing.exists(settings)
    if taken:
        raise InstallationError(
            "There is a database in place. Move it away first; nothing was done.",
            "Hay una base de datos en su lugar. Apártela primero; no se hizo nada.",
        )


def _take_repository(settings: Settings, source: Path) -> None:
    path = settings.repository_path
    making = path.with_name(f"{path.name}{_MAKING}")
    if path.is_dir():
        with closing(stores.Store(path)) as store:
            bundles.take_in(store, source / BUNDLE)
        return
    shutil.rmtree(making, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(stores.create(making)) as store:
        try:
            bundles.take_in(store, source / BUNDLE)
        except ReviewError as error:
            shutil.rmtree(making, ignore_errors=True)
            said = error.facts.get("detail", error.code)
            raise InstallationError(
                f"The repository of the backup cannot be read: {said}",
                f"No se puede leer el repositorio de la copia: {said}",
            ) from error
    making.rename(path)


def _load(settings: Settings, source: Path) -> None:
    path = settings.sqlite_path
    if path is None:
        address = _address(settings.database_url)
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={address}",
             str(source / POSTGRESQL))  # fmt: skip
        return
    making = path.with_name(f"{path.name}{_MAKING}")
    shutil.copyfile(source / SQLITE, making)
    with making.open("rb") as file:
        os.fsync(file.fileno())
    making.rename(path)


def import_newer(workshop: Workshop) -> list[int]:
    """Take in every proposal that the repository has recorded further than the database knows it, and the group."""
    found = []
    with workshop.database.write() as session:
        rebuilding.import_group(session, workshop)
        for number in rebuilding.recorded_numbers(workshop):
            tip = record.tip(workshop.store, ref_of(number))
            known = session.get(Proposal, number)
            if tip is not None and recorded_version(workshop, tip) > (known.version if known else 0):
                rebuilding.import_proposal(session, workshop, number)
                found.append(number)
        rebuilding.import_withdrawals(session, workshop)
        unrecorded.take_up(session, workshop)
        rebuilding.set_sequences(session)
    return found


def _verified(settings: Settings) -> Report:
    workshop = make_workshop(settings)
    try:
        return verifying.verify(workshop)
    finally:
        workshop.database.dispose()
        workshop.store.close()
