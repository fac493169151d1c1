"""The commands that keep and check the Git record: verify, rebuild, backup, restore, maintain."""

from __future__ import annotations

import json

import click

from reviewtool import installing
from reviewtool.cli_common import load_settings, said
from reviewtool.services import verifying


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@said
def verify(as_json: bool) -> None:
    """Check that database and Git agree on everything decided; status 1 and a line for each finding."""
    workshop = installing.open_existing(load_settings())
    report = verifying.verify(workshop)
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        for finding in report.findings:
            click.echo(f"{finding.code}: {finding.said('en')}")
        for note in report.notes:
            click.echo(f"note: {note.said('en')}")
        looked_at = ", ".join(f"{count} {name}" for name, count in report.looked_at.items())
        outcome = "clean" if report.clean else f"{len(report.findings)} findings"
        click.echo(f"{outcome}: looked at {looked_at}, in {report.seconds:.1f} s")
    if not report.clean:
        raise SystemExit(1)


@click.command()
@said
def rebuild() -> None:
    """Fill an empty database from the repository: every proposal, vote, comment and decision, with its number."""
    found = installing.rebuild(load_settings())
    click.echo(", ".join(f"{count} {name}" for name, count in found.items()))
    click.echo("Addresses and passwords are in no record. Give each person theirs:")
    click.echo("  reviewtool person address p17 E-MAIL, then reviewtool person password E-MAIL")
    click.echo("Drafts, notices and read marks do not come back.")
