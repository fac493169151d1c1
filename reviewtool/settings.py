"""Every setting of an installation: from `config/app.toml`, each overridden by the environment as REVIEWTOOL_<NAME>.

Read once at start by the command line and `wsgi.py`; the rest of the product receives values. A bad one is refused with
one sentence for the administrator, in English and in Spanish: file or variable, key, reason, example.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from reviewtool import single_sign_on
from reviewtool.complaints import Wrong, not_toml, reason
from reviewtool.errors import Complaint
from reviewtool.key_files import no_signing, write_once
from reviewtool.setting_examples import EXAMPLES

DEFAULT_PATH = "config/app.toml"
PREFIX = "REVIEWTOOL_"
UNPREFIXED = ("VAR", "HOST", "PORT")  # what `make run` documents; the prefixed name wins
SECRET_BYTES = 32
PATHS = ("var", "group_file", "templates_folder", "signing_key_file", "oidc_client_secret_file", "backup_folder")
LONGEST_REPLY_NAME = 23  # with a plus sign and a token of 40 characters it fills the 64 octets that mail servers keep
LISTENS = re.compile(r"(lmtp|smtp)://([\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})")


class SettingsError(Complaint):
    """A setting cannot be used; its sentence has the place, the key, the reason and an example."""


def project_root() -> Path:
    """Return the folder that holds `config/`: the checkout the code runs from, else the working folder."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()


class Settings(BaseModel):
    """The settings; units are in the names. Paths are absolute once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    var: Path = Path("var")
    database: str = Field(default="", alias="database_url", repr=False)  # it may carry a password
    group_file: Path = Path("config/group.toml")
    templates_folder: Path = Path("config/templates")
    signing_key_file: Path | None = None
    backup_folder: Path | None = None  # None: a folder of its own in `var`
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=2, ge=1, le=64)
    threads: int = Field(default=4, ge=1, le=64)
    public_url: str = ""
    extra_hosts: str = ""
    proxy_count: int = Field(default=0, ge=0, le=10)
    secret_key: str = Field(default="", repr=False)
    session_idle_hours: int = Field(default=12, ge=1, le=24 * 90)
    session_absolute_hours: int = Field(default=24 * 14, ge=1, le=24 * 366)
    default_language: Literal["es", "en", "pt"] = "es"
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_client_secret_file: Path | None = None
    oidc_name: str = Field(default="", max_length=60)
    oidc_name_en: str = Field(default="", max_length=60)
    oidc_name_pt: str = Field(default="", max_length=60)
    max_upload_mb: int = Field(default=10, ge=1, le=1000)
    max_image_edge_px: int = Field(default=1600, ge=200, le=10_000)
    max_attachments: int = Field(default=20, ge=1, le=1000)
    max_document_kb: int = Field(default=1024, ge=1, le=100_000)
    max_comment_chars: int = Field(default=20_000, ge=100, le=1_000_000)
    cache_mb: int = Field(default=24, ge=1, le=10_000)
    resets_per_hour: int = Field(default=5, ge=1, le=1000)
    comments_per_minute: int = Field(default=20, ge=1, le=10_000)
    uploads_per_minute: int = Field(default=30, ge=1, le=10_000)
    searches_per_minute: int = Field(default=60, ge=1, le=10_000)
    saves_per_minute: int = Field(default=240, ge=1, le=10_000)
    limits_url: str = Field(default="", pattern=r"^$|^rediss?://", repr=False)  # it may carry a password
    mail_server: str = ""
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_user: str = ""
    mail_password: str = Field(default="", repr=False)
    mail_from: str = "avisos@localhost"
    mail_replies: str = ""
    mail_replies_source: str = "lmtp://127.0.0.1:8024"
    mail_replies_checked_by: str = ""
    mail_vote_without_sign_in: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def load(cls, env: Mapping[str, str] = os.environ, path: Path | str = DEFAULT_PATH) -> Settings:
        """Return the settings of a file, overridden by the environment.

        A relative path of the file is relative to the project's root, one of the environment to the working folder.
        Raises SettingsError: a sentence with place, key and example.
        """
        root = project_root()
        file = root / path
        values = _read_file(file, required=str(path) != DEFAULT_PATH)
        overrides = _overrides(env)
        values |= {key: text for key, (_variable, text) in overrides.items()}
        try:
            loaded = cls.model_validate(values)
        except ValidationError as error:
            raise _refusal(error.errors()[0], overrides, file) from error
        paths = {
            key: (Path.cwd() if key in overrides else root) / value
            for key in PATHS
            if (value := getattr(loaded, key)) is not None
        }
        found = _unusable(loaded, paths, overrides)
        if found is not None:
            key, wrong = found
            problem = {"loc": (key,), "type": "value_error", "msg": str(wrong), "ctx": {"error": wrong}}
            raise _refusal(problem, overrides, file)
        return loaded.model_copy(update=paths)

    @field_validator("signing_key_file", "oidc_client_secret_file", "backup_folder", mode="before")
    @classmethod
    def _none_if_empty(cls, value: Any) -> Any:
        return (value.strip() if isinstance(value, str) else value) or None

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.partition(":")[0].partition("+")[0]
        if value and (scheme not in {"sqlite", "postgresql", "postgres"} or "://" not in value):
            raise Wrong(
                "only sqlite:/// and postgresql:// addresses are known",
                "solo se conocen direcciones sqlite:/// y postgresql://",
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise Wrong("it is not an http:// or https:// address", "no es una dirección http:// o https://")
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _provider(cls, value: str) -> str:
        wrong = single_sign_on.wrong_issuer(value) if value else None
        if wrong is not None:
            raise wrong
        return value

    @field_validator("mail_from", "mail_replies")
    @classmethod
    def _mail_address(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name == "mail_replies":
            return value
        if not re.fullmatch(r"[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", value, re.ASCII):
            raise Wrong("it is not a mail address", "no es una dirección de correo")
        return value

    @field_validator("mail_replies")
    @classmethod
    def _room_for_a_token(cls, value: str) -> str:
        local = value.partition("@")[0]
        if "+" in local or len(local) > LONGEST_REPLY_NAME:
            raise Wrong(
                f"before the @ it has a plus sign or more than {LONGEST_REPLY_NAME} characters",
                f"antes de la @ tiene un signo más o pasa de {LONGEST_REPLY_NAME} caracteres",
            )
        return value

    @field_validator("mail_replies_source")
    @classmethod
    def _known_source(cls, value: str) -> str:
        if not (LISTENS.fullmatch(value) or Path(value).is_absolute()):
            raise Wrong(
                "it is neither lmtp://address:port, smtp://address:port nor the full path of a Maildir",
                "no es lmtp://dirección:puerto ni smtp://dirección:puerto ni la ruta completa de un Maildir",
            )
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < SECRET_BYTES:
            raise Wrong(f"it is shorter than {SECRET_BYTES} characters", f"tiene menos de {SECRET_BYTES} caracteres")
        return value

    @field_validator("session_absolute_hours")
    @classmethod
    def _not_below_idle(cls, value: int, info: ValidationInfo) -> int:
        if value < info.data.get("session_idle_hours", 0):
            raise Wrong("it is less than session_idle_hours", "es menos que session_idle_hours")
        return value

    @property
    def database_url(self) -> str:
        """Return the database's address for SQLAlchemy; without one, of a SQLite file in the installation's folder."""
        if not self.database:
            return f"sqlite:///{self.var / 'reviewtool.db'}"
        scheme, _, rest = self.database.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme.startswith("postgres") else self.database

    @property
    def sqlite_path(self) -> Path | None:
        """Return the file of the SQLite database, or None for PostgreSQL."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme.startswith("sqlite") and path else None

    @property
    def repository_path(self) -> Path:
        """Return the folder of the bare Git store of the materials."""
        return self.var / "materials.git"

    @property
    def backups_path(self) -> Path:
        """Return the folder that backups go to when none is named."""
        return self.backup_folder or self.var / "backups"

    @property
    def allowed_signers_path(self) -> Path:
        """Return the file that keeps the public keys whose signatures count, the present one and former ones."""
        return self.var / "allowed_signers"

    @property
    def secret_key_path(self) -> Path:
        """Return the file that keeps the generated secret key."""
        return self.var / "secret_key"

    @property
    def mail_path(self) -> Path:
        """Return the folder that mails are written to where there is no mail server."""
        return self.var / "mail"

    @property
    def replies_listen_at(self) -> tuple[str, str, int] | None:
        """Return protocol, address and port at which answers by mail come in; None: they are files of a Maildir."""
        found = LISTENS.fullmatch(self.mail_replies_source)
        return (found[1], found[2].strip("[]"), int(found[3])) if found else None

    @property
    def address(self) -> str:
        """Return the address that mails name, without a final slash."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def oidc_secret(self) -> str:
        """Return the secret that the identity provider has given the installation."""
        file = self.oidc_client_secret_file
        return file.read_text(encoding="utf-8").strip() if file else self.oidc_client_secret

    @property
    def oidc_names(self) -> dict[str, str]:
        """Return how people call the account that they have at the provider, by language."""
        other = {"en": self.oidc_name_en, "pt": self.oidc_name_pt}
        return {"es": self.oidc_name} | {language: name or self.oidc_name for language, name in other.items()}

    @property
    def secure(self) -> bool:
        """Say whether people reach the product over HTTPS."""
        return self.public_url.startswith("https://")

    @property
    def rates(self) -> dict[str, int]:
        """Return how often one account may do what is limited, by the name of the setting."""
        return {name: getattr(self, name) for name in type(self).model_fields if "s_per_" in name}

    def ensure_secret_key(self) -> str:
        """Return the key that signs sessions: the one set, else the one in the installation's folder, made once.

        Raises SettingsError when the folder cannot be written or the file is not a key.
        """
        if self.secret_key:
            return self.secret_key
        path = self.secret_key_path
        try:
            if not path.exists():
                write_once(path, secrets.token_hex(SECRET_BYTES))
            key = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            said = getattr(error, "strerror", None)
            raise SettingsError(
                f'{path}: the key "secret_key" cannot be kept there ({said or "it is not text"});'
                " make the folder writable for this user, or set REVIEWTOOL_SECRET_KEY",
                f'{path}: la clave "secret_key" no se puede guardar ahí ({said or "no es texto"});'
                " permita a este usuario escribir en la carpeta, o fije REVIEWTOOL_SECRET_KEY",
            ) from error
        if len(key) < SECRET_BYTES:
            raise SettingsError(
                f'{path}: the key "secret_key" is shorter than {SECRET_BYTES} characters;'
                " remove the file to have a new one made, and everybody signs in again",
                f'{path}: la clave "secret_key" tiene menos de {SECRET_BYTES} caracteres;'
                " borre el archivo para que se haga otra, y todos vuelven a entrar",
            )
        return key


def _unusable(
    loaded: Settings, paths: Mapping[str, Path], overrides: Mapping[str, tuple[str, str]]
) -> tuple[str, Wrong] | None:
    """Return the first key that cannot be used together with the machine or with the others, and why."""
    wrong = no_signing(paths["signing_key_file"]) if "signing_key_file" in paths else None
    if wrong is not None:
        return "signing_key_file", wrong
    if loaded.oidc_client_secret and "oidc_client_secret" not in overrides:
        said = ("it stands in a file that others may read", "está en un archivo que otros pueden leer")
        return "oidc_client_secret", Wrong(*said)
    return single_sign_on.unusable(loaded, paths.get("oidc_client_secret_file"))


def keys() -> tuple[str, ...]:
    """Return the names of all settings as they stand in the file."""
    return tuple(field.alias or name for name, field in Settings.model_fields.items())


def _read_file(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not required:
            return {}
        raise SettingsError(
            f"{file}: there is no such file; the one that comes with the product is {DEFAULT_PATH}",
            f"{file}: no existe ese archivo; el que viene con el producto es {DEFAULT_PATH}",
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{file}: the file cannot be read ({error.strerror})",
            f"{file}: el archivo no se puede leer ({error.strerror})",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        english, spanish = not_toml(error)
        raise SettingsError(
            f"{file}: this is not TOML: {english}; a line looks like: port = 8000",
            f"{file}: esto no es TOML: {spanish}; una línea es como: port = 8000",
        ) from error


def _overrides(env: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return key -> (variable, text) of the variables that are set; an empty one counts as not set."""
    found = {}
    for key in keys():
        name = key.upper()
        for variable in (PREFIX + name, *((name,) if name in UNPREFIXED else ())):
            if env.get(variable, "").strip():
                found[key] = (variable, env[variable])
                break
    return found


def _refusal(problem: Mapping[str, Any], overrides: Mapping[str, tuple[str, str]], file: Path) -> SettingsError:
    key = str(problem["loc"][0])
    where = (str(file), str(file))
    if key in overrides:
        variable = overrides[key][0]
        where = (f"environment, {variable}", f"entorno, {variable}")
    if problem["type"] == "extra_forbidden":
        known = ", ".join(keys())
        return SettingsError(
            f'{where[0]}: the key "{key}" is not known; the known ones are: {known}',
            f'{where[1]}: la clave "{key}" no se conoce; se conocen: {known}',
        )
    english, spanish = reason(problem)
    return SettingsError(
        f'{where[0]}: the key "{key}" is wrong: {english}; write for example: {EXAMPLES[key]}',
        f'{where[1]}: la clave "{key}" no sirve: {spanish}; escriba por ejemplo: {EXAMPLES[key]}',
    )
