"""Who may read the installation's files: its folder, database, keys, settings and backups."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

from reviewtool.doctor.finding import Finding, ok, warning, wrong
from reviewtool.settings import DEFAULT_PATH, PREFIX, Settings, SettingsError, project_root

SECRET_SETTINGS = ("secret_key", "mail_password", "database_url", "limits_url")


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at files and folders."""
    yield _folder(settings)
    yield _inside(settings)
    yield _secret_key(settings)
    yield _settings_file()
    yield _signing_key(settings)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _folder(settings: Settings) -> Finding:
    folder = settings.var
    if not folder.is_dir():
        return wrong("folder", f"{folder} is not there", "make an installation: reviewtool init")
    if folder.stat().st_uid != os.geteuid():
        seen = f"{folder} belongs to another user than the one who asks"
        return wrong("folder", seen, "run this as the user of the service, and chown -R the folder to it")
    if _mode(folder) & 0o022:
        return wrong("folder", f"others may write in {folder} (mode {_mode(folder):o})", f"chmod 700 {folder}")
    if _mode(folder) & 0o007:
        return warning("folder", f"others may look into {folder} (mode {_mode(folder):o})", f"chmod 700 {folder}")
    return ok("folder", f"{folder}, mode {_mode(folder):o}")


def _inside(settings: Settings) -> Finding:
    """Name what other users may read inside: only if they may enter the folder at all."""
    if not settings.var.is_dir() or not _mode(settings.var) & 0o001:
        return ok("files", "other users cannot enter the folder")
    places = [settings.sqlite_path, settings.repository_path, settings.mail_path, settings.backups_path]
    found = [path.name for path in places if path is not None and path.exists() and _mode(path) & 0o004]
    if found:
        seen = f"every user of this machine may read {', '.join(found)}"
        return wrong("files", seen, f"chmod 700 {settings.var}")
    return ok("files", "other users may read none of them")


def _secret_key(settings: Settings) -> Finding:
    if settings.secret_key:
        if len(set(settings.secret_key)) < 10:
            return wrong("secret-key", "it is no random text", "make one: python3 -c 'import secrets; …token_hex(32)'")
        return ok("secret-key", "set by the environment or the file of settings")
    path = settings.secret_key_path
    if not path.exists():
        return warning("secret-key", "there is none yet", "start the server once")
    if _mode(path) & 0o077:
        return wrong(
            "secret-key", f"others may read {path} (mode {_mode(path):o})", f"chmod 600 {path}; make a new one"
        )
    try:
        settings.ensure_secret_key()
    except SettingsError as error:
        return wrong("secret-key", str(error).splitlines()[0], f"remove {path} and start again")
    return ok("secret-key", f"{path}, mode {_mode(path):o}")


def _settings_file() -> Finding:
    path = project_root() / DEFAULT_PATH
    if not path.is_file():
        return ok("settings-file", "none: all from the environment")
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    secret = [name for name in SECRET_SETTINGS if _holds_secret(name, str(values.get(name, "")))]
    if secret and _mode(path) & 0o077:
        todo = f"put them into the environment file as {PREFIX}…, or chmod 600 {path}"
        return wrong("settings-file", f"others may read {', '.join(secret)} in {path}", todo)
    if _mode(path) & 0o022:
        return wrong("settings-file", f"others may change {path} (mode {_mode(path):o})", f"chmod 644 {path}")
    return ok("settings-file", f"{path} holds no secret that others may read")


def _holds_secret(name: str, value: str) -> bool:
    return "@" in value if name.endswith("_url") else bool(value)


def _signing_key(settings: Settings) -> Finding:
    key = settings.signing_key_file
    if key is None:
        todo = "make one and name it in signing_key_file; docs/operations.md, «Signed commits»"
        return warning("signing-key", "nothing that is decided is signed", todo)
    if key.resolve().is_relative_to(settings.var.resolve()):
        seen = f"{key} lies in the installation's folder: who gets a copy of that gets the key"
        return warning("signing-key", seen, "move it elsewhere")
    if not settings.allowed_signers_path.is_file():
        seen = f"{settings.allowed_signers_path} is not there: no signature counts"
        return wrong("signing-key", seen, "start the server once, or bring the file back from a backup")
    return ok("signing-key", f"{key} signs")
