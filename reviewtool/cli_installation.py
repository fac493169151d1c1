"""The commands of an installation: init, serve, the demonstration, people, reconcile."""

from __future__ import annotations

import logging
from typing import NoReturn

import click

from reviewtool import demonstration, installing, serving
from reviewtool.cli_common import load_settings, person_id, said
from reviewtool.errors import InstallationError, ReviewError
from reviewtool.rules.permissions import Role
from reviewtool.services import account_notices, accounts, factors, installations, people, recording, refmoves
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

log = logging.getLogger(__name__)


@click.command()
@click.option("--demo", is_flag=True, help="With the demonstration group and its known passwords.")
@click.option("--import", "source", default="", help="A folder, or a Git repository with its history.")
@said
def init(demo: bool, source: str) -> None:
    """Make an installation: folder, database, store with the materials."""
    settings = load_settings()
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
@said
def serve() -> None:
    """Serve the installation until stopped."""
    settings = load_settings()
    serving.ensure_port_free(settings)
    workshop = installing.open_existing(settings)
    click.echo(f"Serving on http://{settings.host}:{settings.port}")
    _serve(settings, workshop)


@click.command("run-demo")
@said
def run_demo() -> None:
    """Serve the demonstration, made first where there is none, with a worker beside the server."""
    settings = load_settings()
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
    serving.start_worker()
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
@said
def reset() -> None:
    """Throw the demonstration's data away; the next start makes it again."""
    settings = load_settings()
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
@said
def add(name: str, email: str, administration: str, roles: tuple[str, ...], language: str, password: str) -> None:
    """Add a person with roles from today; a member gets a seat."""
    workshop = installing.open_existing(load_settings())
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
@said
def list_people() -> None:
    """List people with their roles and seats."""
    workshop = installing.open_existing(load_settings())
    with workshop.database.read() as session:
        for one in people.everybody(session):
            seat = people.seat_of(one)
            held = ", ".join(sorted(people.roles(one))) or "no role"
            click.echo(f"p{one.id}\t{one.name}\t{one.email}\t{held}\t{seat.key if seat else '-'}")


@person.command()
@click.argument("who", metavar="ID")
@click.argument("email")
@said
def address(who: str, email: str) -> None:
    """Set a person's e-mail address; ID is as `person list` shows it, p17."""
    workshop = installing.open_existing(load_settings())
    with workshop.database.write() as session:
        changed = people.get(session, person_id(who))
        people.set_address(session, changed, email)
        click.echo(f"The address of p{changed.id} {changed.name} is set.")


@person.command()
@click.argument("email")
@click.password_option()
@said
def password(email: str, password: str) -> None:
    """Set a person's password and sign them out everywhere."""
    workshop = installing.open_existing(load_settings())
    with workshop.database.write() as session:
        found = people.find_by_email(session, email)
        if found is None:
            raise InstallationError(f"Nobody has the address {email}.", f"Nadie tiene la dirección {email}.")
        accounts.change_password(session, found, password, account_notices.SET_ON_SERVER)
        click.echo(f"The password of p{found.id} {found.name} is set.")


@person.command("forget-factors")
@click.argument("email")
@said
def forget_factors(email: str) -> None:
    """Take a person's second factor away (they lost it) and sign them out everywhere."""
    workshop = installing.open_existing(load_settings())
    with workshop.database.write() as session:
        found = people.find_by_email(session, email)
        if found is None:
            raise InstallationError(f"Nobody has the address {email}.", f"Nadie tiene la dirección {email}.")
        factors.erase(session, found)
        click.echo(f"p{found.id} {found.name} signs in by password alone.")


@click.command()
@said
def reconcile() -> None:
    """Finish the moves of refs that a killed process left pending, and bring every record up."""
    workshop = installing.open_existing(load_settings())
    moves = refmoves.reconcile(workshop)
    recording.record_group(workshop)
    records = recording.catch_up(workshop)
    click.echo(f"{moves} moves finished, {records} records brought up.")
