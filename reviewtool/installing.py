"""Making, checking and removing an installation: its folder, database, store and first rule set.

Called by the command line only. Making one again after a kill goes on where it stopped: the row in the database comes
last.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from reviewtool import migrate
from reviewtool.app import make_workshop
from reviewtool.clock import now
from reviewtool.db import Database, vacuum
from reviewtool.errors import Conflict, InstallationError, ReviewError
from reviewtool.gitstore import importing, maintenance, reading
from reviewtool.gitstore import store as stores
from reviewtool.gitstore.signer import open_signer
from reviewtool.group import Group
from reviewtool.models import RuleSet, Withdrawal
from reviewtool.rules import presets
from reviewtool.services import installations, rebuilding, record_files, refmoves, rulesets, signatures
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings, project_root

STARTER = "materials"


def starter_materials() -> Path:
    """Return the folder of the materials that come with the product."""
    return project_root() / STARTER


def exists(settings: Settings) -> bool:
    """Say whether the installation was made to its end."""
    with _database(settings) as database:
        if migrate.current(settings.database_url) is None:
            return False
        with database.read() as session:
            return installations.find(session) is not None


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """Open the database for the block; raises InstallationError when it cannot be reached."""
    path = settings.sqlite_path
    if path is not None and not path.parent.is_dir():
        ensure_folder(path.parent)
    database = Database(settings.database_url)
    try:
        database.engine.connect().close()
        yield database
    except OperationalError as error:
        said = _first_line(error)
        raise InstallationError(
            f"The database cannot be used: {said}", f"No se puede usar la base de datos: {said}"
        ) from error
    finally:
        database.dispose()


def _first_line(error: OperationalError) -> str:
    return str(error.orig).strip().splitlines()[0]


def ensure_folder(folder: Path) -> None:
    """Make the installation's folder; raises InstallationError when it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InstallationError(
            f"The folder {folder} cannot be written ({error.strerror}).",
            f"No se puede escribir en la carpeta {folder} ({error.strerror}).",
        ) from error


def create(settings: Settings, *, source: str = "", demonstration: bool = False) -> Workshop:
    """Make an installation with the materials of a folder or Git repository and return it open."""
    stores.check_git()
    ensure_folder(settings.var)
    settings.ensure_secret_key()
    with _database(settings):
        migrate.upgrade(settings.database_url)
    workshop_store(settings, source)
    workshop = make_workshop(settings)
    with workshop.database.write() as session:
        if installations.find(session) is None:
            rules = presets.from_group(workshop.group)
            session.add(RuleSet(effective_on=rulesets.today(workshop.group), rules=rules.to_json(), created_at=now()))
            installations.create(session, demonstration=demonstration, start=reading.head(workshop.store) or "")
    return workshop


def workshop_store(settings: Settings, source: str) -> None:
    """Make the store and import the materials, unless both are there."""
    path = settings.repository_path
    if path.exists() and reading.head(stores.Store(path)) is not None:
        return
    making = path.with_name(path.name + ".making")
    for leftover in (making, path):
        shutil.rmtree(leftover, ignore_errors=True)
    signer = open_signer(settings.signing_key_file) if settings.signing_key_file else None
    store = stores.create(making, signer)
    try:
        _import(settings, store, source)
    except ReviewError as error:
        store.close()
        shutil.rmtree(making, ignore_errors=True)
        raise _not_imported(source, error) from error
    maintenance.pack(store)
    store.close()
    making.rename(path)


def _not_imported(source: str, error: ReviewError) -> InstallationError:
    detail = " ".join(str(error.facts.get("detail", "")).split())
    english, spanish = _NOT_IMPORTED.get(error.code, (f"{error.code} {detail}".strip(),) * 2)
    said = {"source": source, "detail": detail}
    return InstallationError(english.format(**said), spanish.format(**said))


_NOT_IMPORTED: Mapping[str, tuple[str, str]] = {  # code of `gitstore.importing`
    "bad-source": (
        "{source} is neither a folder nor the address of a Git repository.",
        "{source} no es una carpeta ni la dirección de un repositorio Git.",
    ),
    "empty-folder": ("The folder {source} holds no file.", "La carpeta {source} no contiene ningún archivo."),
    "no-branch": (
        "The repository {source} has nothing to take in.",
        "El repositorio {source} no tiene nada que tomar.",
    ),
    "no-import": (
        "The repository {source} cannot be read: {detail}",
        "No se puede leer el repositorio {source}: {detail}",
    ),
}


def _import(settings: Settings, store: stores.Store, source: str) -> None:
    folder = Path(source) if source else starter_materials()
    is_folder = folder.is_dir()
    is_repository = is_folder and ((folder / ".git").exists() or (folder / "objects").is_dir())
    if is_folder and not is_repository:
        author = signatures.of_engine(Group.load(settings.group_file), now())
        importing.import_folder(store, folder, author, "Materiales iniciales")
    else:
        importing.import_repository(store, source)


def open_existing(settings: Settings) -> Workshop:
    """Return the installation, its database brought to the present step; raises InstallationError without one."""
    stores.check_git()
    if not settings.repository_path.is_dir():
        raise _no_installation(settings)
    with _database(settings):
        migrate.upgrade(settings.database_url)
    workshop = make_workshop(settings)
    with workshop.database.read() as session:
        if installations.find(session) is None:
            raise _no_installation(settings)
    return workshop


def rebuild(settings: Settings) -> dict[str, int]:
    """Fill the empty database of an installation from its repository; return how many rows of each table came back.

    Raises InstallationError without a repository or with a database that holds something.
    """
    stores.check_git()
    if not settings.repository_path.is_dir():
        raise InstallationError(
            f"There is no repository in {settings.repository_path}. Put it there first.",
            f"No hay ningún repositorio en {settings.repository_path}. Póngalo ahí primero.",
        )
    settings.ensure_secret_key()
    with _database(settings):
        migrate.upgrade(settings.database_url)
    workshop = make_workshop(settings)
    try:
        return rebuilding.rebuild(workshop)
    except Conflict as error:
        english, spanish = _NOT_REBUILT[error.code]
        raise InstallationError(english.format(**error.facts), spanish.format(**error.facts)) from error
    finally:
        workshop.database.dispose()
        workshop.store.close()


_NOT_REBUILT: Mapping[str, tuple[str, str]] = {
    "database-not-empty": (
        "The database holds people or proposals already. Only an empty one is filled; nothing was done.",
        "La base de datos ya tiene personas o propuestas. Solo se llena una vacía; no se hizo nada.",
    ),
    "no-group-record": (
        "The repository has no record of a group ({ref}). It cannot be rebuilt from.",
        "El repositorio no tiene el registro de un grupo ({ref}). No sirve para reconstruir.",
    ),
    "record-format": (
        "In {ref}, {path} has format {found}; this program knows {known}. Nothing was done.",
        "En {ref}, {path} tiene el formato {found}; este programa conoce el {known}. No se hizo nada.",
    ),
}


def drop_withdrawn(settings: Settings, workshop: Workshop) -> None:
    """Drop what withdrawals left in the repository and in the database's files; the program must be stopped."""
    with (settings.var / "recorder.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InstallationError(
                "The program is running. Stop it first; nothing was done.",
                "El programa está en marcha. Deténgalo primero; no se hizo nada.",
            ) from error
        with workshop.database.read() as session:
            withdrawn = set(session.scalars(select(Withdrawal.proposal_number)))
            if refmoves.pending(session):
                raise InstallationError(
                    "Something waits to be finished: run reviewtool reconcile first. Nothing was done.",
                    "Algo espera para terminarse: ejecute antes reviewtool reconcile. No se hizo nada.",
                )
        records = [record_files.ref_of(number) for number in sorted(withdrawn)]
        versions = [ref for number in withdrawn for ref in reading.refs(workshop.store, f"refs/proposals/{number}/")]
        maintenance.drop_unreachable(workshop.store, records + versions)
        vacuum(workshop.database)


def _no_installation(settings: Settings) -> InstallationError:
    return InstallationError(
        f"There is no installation in {settings.var}. Make one: reviewtool init",
        f"No hay ninguna instalación en {settings.var}. Haga una con: reviewtool init",
    )


def remove(settings: Settings) -> None:
    """Remove a demonstration from its folder; refuses to touch an installation that is none."""
    if settings.sqlite_path is None or not settings.sqlite_path.is_relative_to(settings.var):
        raise InstallationError(
            "Only a demonstration in its own folder can be started over, not one on PostgreSQL.",
            "Solo se puede empezar de nuevo una demostración que está en su propia carpeta, no una en PostgreSQL.",
        )
    if settings.sqlite_path.exists() and exists(settings):
        with _database(settings) as database, database.read() as session:
            if not installations.is_demonstration(session):
                raise InstallationError(
                    f"{settings.var} holds a real installation. It was not touched.",
                    f"{settings.var} contiene una instalación real. No se tocó nada.",
                )
    names = [settings.sqlite_path.name + end for end in ("", "-wal", "-shm")]
    for name in names:
        (settings.var / name).unlink(missing_ok=True)
    for folder in (settings.repository_path, settings.repository_path.with_name("materials.git.making")):
        shutil.rmtree(folder, ignore_errors=True)
