"""What every command shares: the settings, and what cannot be done said in one sentence, in English and in Spanish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec

import click

from reviewtool import i18n, loading
from reviewtool.errors import Complaint, ReviewError
from reviewtool.settings import Settings
from reviewtool.web.sentences import SENTENCES

P = ParamSpec("P")


def said(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what an administrator can mend into its sentences and exit status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (Complaint, ReviewError) as error:
            raise click.ClickException(in_words(error)) from error

    return run


def in_words(error: Complaint | ReviewError) -> str:
    """Say what an administrator can mend in English and, on the line below, in Spanish."""
    return str(error) if isinstance(error, Complaint) else _in_words(error)


def _in_words(error: ReviewError) -> str:
    """Say a domain error as pages do, in English and in Spanish; one that no page says, here or by its code."""
    if error.code in _ONLY_HERE:
        return "\n".join(sentence.format(**error.facts) for sentence in _ONLY_HERE[error.code])
    sentence = SENTENCES.get(error.code)
    if sentence is None:
        facts = ", ".join(f"{key} {value}" for key, value in error.facts.items())
        return f"{error.code.replace('-', ' ')} {facts}".strip()
    return "\n".join(i18n.text(language, sentence, **error.facts) for language in ("en", "es"))


_ONLY_HERE: Mapping[str, tuple[str, str]] = {
    "git-missing": (
        "Git is missing. Install it with: sudo apt-get install -y git",
        "Falta Git. Instálelo con: sudo apt-get install -y git",
    ),
    "git-too-old": (
        "Git {wanted} or newer is needed; this is {found}.",
        "Se necesita Git {wanted} o posterior; este es {found}.",
    ),
    "ssh-keygen-missing": (
        "ssh-keygen is missing. Install it with: sudo apt-get install -y openssh-client",
        "Falta ssh-keygen. Instálelo con: sudo apt-get install -y openssh-client",
    ),
    "signing-key": (
        "{path}: this cannot sign ({detail}); an SSH private key without passphrase is needed:"
        " ssh-keygen -t ed25519 -N '' -f {path}",
        "{path}: con esto no se puede firmar ({detail}); hace falta una clave privada SSH sin contraseña:"
        " ssh-keygen -t ed25519 -N '' -f {path}",
    ),
    "signers-file": (
        "{path}: the key that signs cannot be written there ({detail}).",
        "{path}: ahí no se puede anotar la clave que firma ({detail}).",
    ),
}


def person_id(text: str) -> int:
    """Return the number of a person as `person list` shows it, «p17»; 0, which nobody has, for anything else."""
    number = text.removeprefix("p")
    return int(number) if number.isdecimal() else 0


def load_settings() -> Settings:
    """Return the settings of the installation, with the log begun as they say."""
    settings = Settings.load()
    loading.begin_log(settings)
    return settings
