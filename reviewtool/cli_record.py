"""The commands that keep and check the Git record: verify, rebuild, backup, restore, maintain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from reviewtool import backups, installing
from reviewtool.cli_common import in_words, load_settings, person_id, said
from reviewtool.errors import Complaint, ReviewError
from reviewtool.gitstore import maintenance
from reviewtool.rules.permissions import Act
from reviewtool.services import inspections, people, proposals, verifying, withdrawal_targets, withdrawals
from reviewtool.services.findings import Report
from reviewtool.services.workshop import Workshop


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option("--asked", type=int, default=None, hidden=True)  # the one that a page asked for
@said
def verify(as_json: bool, asked: int | None) -> None:
    """Check that database and Git agree on everything decided; status 1 and a line for each finding."""
    workshop = installing.open_existing(load_settings())
    with _told(workshop, asked):
        report = verifying.verify(workshop)
    with workshop.database.write() as session:
        inspections.end(session, inspections.VERIFICATION, report, asked=asked)
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        _say(report)
    if not report.clean:
        raise SystemExit(1)


def _say(report: Report) -> None:
    for finding in report.findings:
        click.echo(f"{finding.code}: {finding.said('en')}")
    for note in report.notes:
        click.echo(f"note: {note.said('en')}")
    looked_at = ", ".join(f"{count} {name}" for name, count in report.looked_at.items())
    outcome = "clean" if report.clean else f"{len(report.findings)} findings"
    click.echo(f"{outcome}: looked at {looked_at}, in {report.seconds:.1f} s")


@click.command()
@said
def rebuild() -> None:
    """Fill an empty database from the repository: every proposal, vote, comment and decision, with its number."""
    found = installing.rebuild(load_settings())
    click.echo(", ".join(f"{count} {name}" for name, count in found.items()))
    click.echo("Addresses and passwords are in no record. Give each person theirs:")
    click.echo("  reviewtool person address p17 E-MAIL, then reviewtool person password E-MAIL")
    click.echo("Drafts, notices and read marks do not come back.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option("--asked", type=int, default=None, hidden=True)  # the one that a page asked for
@said
def backup(folder: Path | None, asked: int | None) -> None:
    """Back up the running installation below FOLDER (else `backup_folder`); proved before it gets its name."""
    settings = load_settings()
    workshop = installing.open_existing(settings)
    with _told(workshop, asked):
        made = backups.backup(settings, folder or settings.backups_path)
    with workshop.database.write() as session:
        inspections.end(session, inspections.BACKUP, made.report, asked=asked, size=made.size, proof=made.proof)
    click.echo(f"{made.path}: {made.size / 1e6:.1f} MB in {made.seconds:.1f} s; proved: {made.proof}, verify clean")


@contextmanager
def _told(workshop: Workshop, asked: int | None) -> Iterator[None]:
    """Tell who asked on a page that it could not be done, and why."""
    try:
        yield
    except Exception as error:
        if asked is not None:
            why = in_words(error) if isinstance(error, Complaint | ReviewError) else ""
            with workshop.database.write() as session:
                inspections.fail(session, asked, why)
        raise


@click.command()
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@said
def restore(source: Path) -> None:
    """Make the installation that the backup SOURCE holds; a repository in place stays and adds what is newer."""
    report = backups.restore(load_settings(), source)
    _say(report)
    click.echo("Configuration is in the backup's folder config/; put it back by hand where it was lost.")
    if not report.clean:
        raise SystemExit(1)


@click.command()
@click.option("--drop-withdrawn", is_flag=True, help="Also drop what withdrawals left behind; stop the program first.")
@said
def maintain(drop_withdrawn: bool) -> None:
    """Pack the repository and refresh what speeds it up; nothing is ever thrown away unless it was withdrawn."""
    settings = load_settings()
    workshop = installing.open_existing(settings)
    if drop_withdrawn:
        installing.drop_withdrawn(settings, workshop)
        click.echo("What was withdrawn is gone from the repository and the files of the database.")
    else:
        maintenance.pack(workshop.store)
    with workshop.database.write() as session:
        session.execute(text("ANALYZE"))
    click.echo("The repository is packed and the database's statistics are fresh.")


@click.command()
@click.argument("kind", type=click.Choice(list(withdrawal_targets.FINDERS)))
@click.argument("which", metavar="ID")
@click.option("--by", "by_id", required=True, help="Who decides it, of the coordination: p17.")
@click.option("--ground", required=True, help="Why; it stays on record.")
@said
def withdraw(kind: str, which: str, by_id: str, ground: str) -> None:
    """Withdraw for confidentiality: the words of comment ID, the reason of vote, opinion or objection ID, a version.

    ID is the id in the record; of a version its proposal and number: 12/2.
    """
    workshop = installing.open_existing(load_settings())
    with workshop.database.read() as session:
        people.ensure_may(people.get(session, person_id(by_id)), Act.withdraw_for_confidentiality)
        target_id = _target_id(session, kind, which)
        target = withdrawal_targets.find(session, workshop, kind, target_id)
        published = withdrawals.published(workshop, session, target.words, target.proposal_number)
    made = withdrawals.withdraw(workshop, kind, target_id, ground=ground, by_id=person_id(by_id))
    click.echo(f"Withdrawn: {kind} {which} of P-{made.proposal_number}; {len(made.renamed)} commits written anew.")
    click.echo("Still to do, by hand:")
    click.echo("  1. stop the program, reviewtool maintain --drop-withdrawn, start it again")
    click.echo("  2. destroy backups and copies of the repository made before now, or make them anew")
    click.echo("  3. tell whoever was sent the words by other ways")
    if published:
        click.echo(f"  4. the published text says the same: {'; '.join(published)}. Propose and merge a correction;")
        click.echo("     to erase it from the history too, see docs/operations.md, Withdrawing what was published")


def _target_id(session: Session, kind: str, which: str) -> int:
    number, _, version = which.removeprefix("P-").partition("/")
    if kind == "version" and number.isdecimal() and version.isdecimal():
        return proposals.revision(session, int(number), int(version)).id
    if kind == "version" or not which.isdecimal():
        raise click.BadParameter("a version is named by proposal and number, 12/2, all else by its id", param_hint="ID")
    return int(which)
