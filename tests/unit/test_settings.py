"""Settings: defaults, the file, the environment above it, the generated key, and one sentence for a bad value."""

from __future__ import annotations

import re
import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reviewtool.setting_examples import EXAMPLES
from reviewtool.settings import Settings, SettingsError, keys

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    path = folder / "app.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_names_every_key_with_its_default() -> None:
    shipped = tomllib.loads((ROOT / "config" / "app.toml").read_text(encoding="utf-8"))
    assert set(shipped) == set(keys()) == set(EXAMPLES)
    assert Settings.model_validate(shipped) == Settings()


def test_paths_of_the_file_are_relative_to_the_checkout_wherever_it_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load({})
    assert settings.var == ROOT / "var"
    assert settings.group_file == ROOT / "config" / "group.toml"
    assert settings.repository_path == ROOT / "var" / "materials.git"
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'reviewtool.db'}"
    assert settings.sqlite_path == ROOT / "var" / "reviewtool.db"


def test_paths_of_the_environment_are_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.load({"VAR": "other"}).var == tmp_path / "other"
    assert Settings.load({"VAR": str(tmp_path)}).var == tmp_path


def test_the_environment_overrides_the_file_and_the_file_the_defaults(tmp_path: Path) -> None:
    path = write(tmp_path, 'port = 9000\nthreads = 8\nlog_level = "debug"\n')
    settings = Settings.load({"REVIEWTOOL_PORT": "9100", "REVIEWTOOL_CACHE_MB": "48"}, path)
    assert (settings.port, settings.threads, settings.cache_mb, settings.workers) == (9100, 8, 48, 2)
    assert settings.log_level == "DEBUG"


def test_host_port_and_var_are_read_without_the_prefix_and_nothing_else_is() -> None:
    env = {"HOST": "0.0.0.0", "PORT": "8080", "WORKERS": "9", "LOG_LEVEL": "DEBUG"}
    settings = Settings.load(env)
    assert (settings.host, settings.port, settings.workers, settings.log_level) == ("0.0.0.0", 8080, 2, "INFO")
    assert Settings.load({**env, "REVIEWTOOL_PORT": "8081"}).port == 8081


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.load({"PORT": "", "REVIEWTOOL_WORKERS": " "}).port == 8000


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/name", "postgresql+psycopg://u:p@db/name"),
        ("postgres://db/name", "postgresql+psycopg://db/name"),
        ("postgresql+psycopg://db/name", "postgresql+psycopg://db/name"),
    ],
)
def test_postgresql_is_reached_through_psycopg(given: str, used: str) -> None:
    settings = Settings.load({"REVIEWTOOL_DATABASE_URL": given})
    assert settings.database_url == used
    assert settings.sqlite_path is None


def test_a_sqlite_address_names_its_file() -> None:
    settings = Settings.load({"REVIEWTOOL_DATABASE_URL": "sqlite:////srv/data/review.db"})
    assert settings.sqlite_path == Path("/srv/data/review.db")


def test_https_makes_cookies_secure() -> None:
    assert not Settings.load({}).secure
    settings = Settings.load({"REVIEWTOOL_PUBLIC_URL": "https://revision.example.org/"})
    assert settings.secure
    assert settings.public_url == "https://revision.example.org"


def test_neither_key_nor_password_is_printed() -> None:
    env = {"REVIEWTOOL_SECRET_KEY": "k" * 40, "REVIEWTOOL_DATABASE_URL": "postgresql://u:hidden@db/name"}
    shown = repr(Settings.load(env))
    assert "kkk" not in shown
    assert "hidden" not in shown


@pytest.mark.parametrize(
    ("name", "value", "reason", "razon"),
    [
        ("port", "http", "integer", "debe ser un número entero;"),
        ("port", "70000", "less than or equal to 65535", "debe ser 65535 o menos;"),
        ("workers", "0", "greater than or equal to 1", "debe ser 1 o más;"),
        ("database_url", "mysql://db/name", "only sqlite:/// and postgresql://", "solo se conocen"),
        ("database_url", "reviewtool.db", "only sqlite:/// and postgresql://", "solo se conocen"),
        ("public_url", "revision.example.org", "not an http:// or https:// address", "no es una dirección"),
        ("oidc_issuer", "http://sso.example.org", "not an https:// address", "no es una dirección https://"),
        ("oidc_issuer", "https://sso.example.org/?x=1", "not an https:// address", "no es una dirección https://"),
        ("oidc_name", "x" * 61, "at most 60", "pasa de 60 caracteres"),
        ("secret_key", "short", "shorter than 32", "tiene menos de 32 caracteres;"),
        ("default_language", "fr", "'es', 'en' or 'pt'", "debe ser 'es', 'en' o 'pt';"),
        ("session_absolute_hours", "1", "less than session_idle_hours", "es menos que session_idle_hours;"),
        ("log_level", "loud", "'DEBUG'", "debe ser 'DEBUG', "),
        ("max_document_kb", "-5", "greater than or equal to 1", "debe ser 1 o más;"),
    ],
)
def test_a_bad_value_is_refused_with_its_place_key_reason_and_example(
    tmp_path: Path, name: str, value: str, reason: str, razon: str
) -> None:
    path = write(tmp_path, f'{name} = "{value}"\n')
    variable = f"REVIEWTOOL_{name.upper()}"
    for env, place in (({}, str(path)), ({variable: value}, f"environment, {variable}")):
        with pytest.raises(SettingsError) as refusal:
            Settings.load(env, path)
        sentence, spanish = str(refusal.value).split("\n")
        assert sentence.startswith(f'{place}: the key "{name}" is wrong: ')
        assert reason in sentence
        assert sentence.endswith(EXAMPLES[name])
        assert spanish.startswith(f'{place.replace("environment", "entorno")}: la clave "{name}" no sirve: {razon}')
        assert spanish.endswith(f"escriba por ejemplo: {EXAMPLES[name]}")


def test_a_mistyped_key_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r'the key "prot" is not known; the known ones are: .*port'):
        Settings.load({}, write(tmp_path, "prot = 8000\n"))


def test_a_file_that_is_not_toml_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"not TOML.*line 1"):
        Settings.load({}, write(tmp_path, "port 8000\n"))
    with pytest.raises(SettingsError, match="no such file"):
        Settings.load({}, tmp_path / "nowhere.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load({}, tmp_path)


KEY = "signing_key_file"


def refused(folder: Path, value: str) -> str:
    """Return both sentences with which the file and the environment refuse a key, the place left out."""
    path = write(folder, f'{KEY} = "{value}"\n')
    variable = f"REVIEWTOOL_{KEY.upper()}"
    said = []
    for env, place in (({}, str(path)), ({variable: value}, f"environment, {variable}")):
        with pytest.raises(SettingsError) as refusal:
            Settings.load(env, path)
        english, spanish = str(refusal.value).split("\n")
        assert english.startswith(f'{place}: the key "{KEY}" is wrong: ')
        assert english.endswith(f"write for example: {EXAMPLES[KEY]}")
        assert spanish.startswith(f'{place.replace("environment", "entorno")}: la clave "{KEY}" no sirve: ')
        assert spanish.endswith(f"escriba por ejemplo: {EXAMPLES[KEY]}")
        said.append(f"{english.split(' is wrong: ')[1]}\n{spanish.split(' no sirve: ')[1]}")
    assert said[0] == said[1]
    return said[0]


def test_nothing_is_signed_unless_a_key_is_named(tmp_path: Path) -> None:
    assert Settings.load({}).signing_key_file is None
    assert Settings.load({}, write(tmp_path, f'{KEY} = " "\n')).signing_key_file is None


def test_the_key_that_signs_is_a_file_that_its_owner_alone_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/ssh-keygen")
    key = tmp_path / "key"
    assert "cannot be read (No such file or directory)" in refused(tmp_path, str(key))
    assert "no se puede leer" in refused(tmp_path, str(tmp_path))
    key.write_text("a key")
    key.chmod(0o640)
    assert f"others may read {key} (mode 640); give it mode 600" in refused(tmp_path, str(key))
    assert f"otros pueden leer {key} (modo 640); dele el modo 600" in refused(tmp_path, str(key))
    key.chmod(0o600)
    assert Settings.load({}, write(tmp_path, f'{KEY} = "{key}"\n')).signing_key_file == key
    monkeypatch.chdir(tmp_path)
    assert Settings.load({"REVIEWTOOL_SIGNING_KEY_FILE": "key"}).signing_key_file == key
    with pytest.raises(SettingsError, match=re.escape(str(ROOT / "nowhere"))):  # relative to the checkout
        Settings.load({}, write(tmp_path, f'{KEY} = "nowhere"\n'))


def test_a_key_without_the_program_that_signs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "key"
    key.write_text("a key")
    key.chmod(0o600)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = refused(tmp_path, str(key))
    assert "ssh-keygen is missing; install it with: sudo apt-get install -y openssh-client" in said
    assert "falta ssh-keygen; instálelo con: sudo apt-get install -y openssh-client" in said


def settings_in(folder: Path, **values: Any) -> Settings:
    return Settings.load({"VAR": str(folder), **values})


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "var")
    key = settings.ensure_secret_key()
    assert len(key) >= 32
    assert settings_in(tmp_path / "var").ensure_secret_key() == key
    assert stat.S_IMODE(settings.secret_key_path.stat().st_mode) == 0o600
    assert [path.name for path in settings.var.iterdir()] == ["secret_key"]
    assert settings_in(tmp_path / "elsewhere").ensure_secret_key() != key


def test_two_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: settings.ensure_secret_key(), range(16)))
    assert len(made) == 1


def test_a_key_that_was_set_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, REVIEWTOOL_SECRET_KEY="s" * 32)
    assert settings.ensure_secret_key() == "s" * 32
    assert not settings.secret_key_path.exists()


def test_a_damaged_key_file_is_refused_and_not_replaced(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.secret_key_path.write_text("cut", encoding="ascii")
    with pytest.raises(SettingsError, match="shorter than 32"):
        settings.ensure_secret_key()
    settings.secret_key_path.write_bytes(b"\xff" * 40)
    with pytest.raises(SettingsError, match="not text"):
        settings.ensure_secret_key()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(SettingsError, match='the key "secret_key" cannot be kept there'):
        settings_in(tmp_path / "file" / "var").ensure_secret_key()


SIGN_ON = {
    "REVIEWTOOL_PUBLIC_URL": "https://revision.example.org",
    "REVIEWTOOL_OIDC_ISSUER": "https://sso.example.org/realms/aduana",
    "REVIEWTOOL_OIDC_CLIENT_ID": "reviewtool",
    "REVIEWTOOL_OIDC_CLIENT_SECRET": "un secreto",
    "REVIEWTOOL_OIDC_NAME": "la cuenta de la aduana",
}


@pytest.mark.parametrize(
    ("changed", "key", "reason", "razon"),
    [
        ({"OIDC_CLIENT_ID": ""}, "oidc_client_id", "it is empty and oidc_issuer is set", "está vacía y oidc_issuer"),
        ({"OIDC_NAME": ""}, "oidc_name", "it is empty and oidc_issuer is set", "está vacía y oidc_issuer"),
        ({"PUBLIC_URL": ""}, "public_url", "single sign-on (oidc_issuer) needs it", "la necesita, con https://"),
        ({"PUBLIC_URL": "http://revision.example.org"}, "public_url", "needs it, with https://", "la necesita"),
        ({"OIDC_CLIENT_SECRET": ""}, "oidc_client_secret_file", "must come either from", "debe venir o de"),
        ({"OIDC_CLIENT_SECRET_FILE": "x"}, "oidc_client_secret_file", "must come either from", "debe venir o de"),
    ],
)
def test_single_sign_on_lacks_nothing_when_it_is_set(
    changed: dict[str, str], key: str, reason: str, razon: str
) -> None:
    env = SIGN_ON | {f"REVIEWTOOL_{name}": value for name, value in changed.items()}
    with pytest.raises(SettingsError) as refusal:
        Settings.load(env)
    english, spanish = str(refusal.value).split("\n")
    assert f'the key "{key}" is wrong: ' in english
    assert reason in english
    assert f'la clave "{key}" no sirve: ' in spanish
    assert razon in spanish
    assert "un secreto" not in english + spanish


def test_the_secret_of_single_sign_on_comes_from_the_environment_or_a_file_of_ours_alone(tmp_path: Path) -> None:
    assert Settings.load(SIGN_ON).oidc_secret == "un secreto"
    file = tmp_path / "secret"
    file.write_text("otro secreto\n")
    env = SIGN_ON | {"REVIEWTOOL_OIDC_CLIENT_SECRET": "", "REVIEWTOOL_OIDC_CLIENT_SECRET_FILE": str(file)}
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="others may read"):
        Settings.load(env)
    file.chmod(0o600)
    assert Settings.load(env).oidc_secret == "otro secreto"
    with pytest.raises(SettingsError, match='"oidc_client_secret" is wrong: it stands in a file') as refusal:
        Settings.load({}, write(tmp_path, 'oidc_client_secret = "en claro"\n'))
    assert "en claro" not in str(refusal.value)


def test_the_account_is_called_in_each_language_or_as_in_spanish() -> None:
    names = Settings.load(SIGN_ON | {"REVIEWTOOL_OIDC_NAME_EN": "the customs account"}).oidc_names
    assert names == {"es": "la cuenta de la aduana", "en": "the customs account", "pt": "la cuenta de la aduana"}
