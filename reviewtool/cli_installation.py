"""The commands of an installation: init, serve, the demonstration, people, reconcile.

What cannot be done is one sentence, in English and in Spanish, and exit status 1.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import NoReturn, ParamSpec

import click

from reviewtool import demonstration, i18n, installing, loading, serving
from reviewtool.errors import Complaint, InstallationError, ReviewError
from reviewtool.rules.permissions import Role
from reviewtool.services import installations, people, recording, refmoves
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings
from reviewtool.web.sentences import SENTENCES

P = ParamSpec("P")
log = logging.getLogger(__name__)


def _said(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what an administrator can mend into its sentences and exit status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Complaint as error:
            raise click.ClickException(str(error)) from error
        except ReviewError as error:
            raise click.ClickException(_in_words(error)) from error

    return run


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


def _settings() -> Settings:
    settings = Settings.load()
    loading.begin_log(settings)
    return settings


@click.command()
@click.option("--demo", is_flag=True, help="With the demonstration group and its known passwords.")
@click.option("--import", "source", default="", help="A folder, or a Git repository with its history.")
@_said
def init(demo: bool, source: str) -> None:
    """Make an installation: folder, database, store with the materials."""
    settings = _settings()
    if settings.repository_path.is_dir() and installing.exists(settings):
        raise InstallationError(
            f"There is an installation in {settings.var} already.", f"Ya hay una instalación en {settings.var}."
        )
    if demo and source:
        raise InstallationError(
            "The demonstration comes with its own materials: leave --import out.",
            "La demostración trae sus propios materiales: no use --import.",
        )
    if demo:
        demonstration.create(settings)
    else:
        installing.create(settings, source=source)
    click.echo(f"The installation is ready in {settings.var}.")
    if not demo:
        click.echo("Add the first person: reviewtool person add NAME E-MAIL ADMINISTRATION --role coordination")


@click.command()
@_said
def serve() -> None:
    """Serve the installation until stopped."""
    settings = _settings()
    serving.ensure_port_free(settings)
    workshop = installing.open_existing(settings)
    click.echo(f"Serving on http://{settings.host}:{settings.port}")
    _serve(settings, workshop)


@click.command("run-demo")
@_said
def run_demo() -> None:
    """Serve the demonstration, made first where there is none."""
    settings = _settings()
    serving.ensure_port_free(settings)
    workshop = demonstration.ensure(settings, click.echo)
    with workshop.database.read() as session:
        known = installations.is_demonstration(session)
    click.echo("")
    click.echo(f"  http://{settings.host}:{settings.port}")
    if known:
        for line in demonstration.account_lines():
            click.echo(f"  {line}")
    click.echo("")
    _serve(settings, workshop)


def _serve(settings: Settings, workshop: Workshop) -> NoReturn:
    """Finish what a killed process left pending, then become the server."""
    try:
        finished = refmoves.reconcile(workshop)
        if finished:
            log.info("finished %s pending moves", finished)
    except ReviewError as error:
        log.warning("pending moves cannot be finished now: %s", error.code)
    workshop.store.close()
    serving.become_server(settings)


@click.group()
def demo() -> None:
    """Manage the demonstration group."""


@demo.command()
@_said
def reset() -> None:
    """Throw the demonstration's data away; the next start makes it again."""
    settings = _settings()
    installing.remove(settings)
    click.echo(f"The demonstration in {settings.var} is gone; `make run` makes a new one.")


@click.group()
def person() -> None:
    """Add and list people."""


@person.command()
@click.argument("name")
@click.argument("email")
@click.argument("administration")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.option("--language", default="es", type=click.Choice(["es", "en", "pt"]))
@click.password_option(help="Asked for when it is not given.")
@_said
def add(name: str, email: str, administration: str, roles: tuple[str, ...], language: str, password: str) -> None:
    """Add a person with roles from today; a member gets a seat."""
    workshop = installing.open_existing(_settings())
    with workshop.database.write() as session:
        added = people.add(
            session,
            workshop.group,
            name=name,
            email=email,
            administration=administration,
            roles=[Role(role) for role in roles],
            language=language,
        )
        people.set_password(added, password)
        click.echo(f"Added p{added.id} {added.name}")


@person.command("list")
@_said
def list_people() -> None:
    """List people with their roles and seats."""
    workshop = installing.open_existing(_settings())
    with workshop.database.read() as session:
        for one in people.everybody(session):
            seat = people.seat_of(one)
            held = ", ".join(sorted(people.roles(one))) or "no role"
            click.echo(f"p{one.id}\t{one.name}\t{one.email}\t{held}\t{seat.key if seat else '-'}")


@person.command()
@click.argument("email")
@click.password_option()
@_said
def password(email: str, password: str) -> None:
    """Set a person's password and sign them out everywhere."""
    workshop = installing.open_existing(_settings())
    with workshop.database.write() as session:
        found = people.find_by_email(session, email)
        if found is None:
            raise InstallationError(f"Nobody has the address {email}.", f"Nadie tiene la dirección {email}.")
        people.set_password(found, password)
        click.echo(f"The password of p{found.id} {found.name} is set.")


@click.command()
@_said
def reconcile() -> None:
    """Finish the moves of refs that a killed process left pending, and bring every record up."""
    workshop = installing.open_existing(_settings())
    moves = refmoves.reconcile(workshop)
    records = recording.catch_up(workshop)
    click.echo(f"{moves} moves finished, {records} records brought up.")
