"""`reviewtool group`: whether a group's file makes sense; the rules and the calendar that hold in an installation."""

from __future__ import annotations

from pathlib import Path

import click

from reviewtool import installing
from reviewtool.cli_common import in_words, load_settings, said
from reviewtool.errors import Complaint
from reviewtool.group import Group
from reviewtool.rules import presets
from reviewtool.services import rules_files, rulesets


@click.group()
def group() -> None:
    """Check the group's file, show its rules."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@said
def check(file: Path | None) -> None:
    """Say whether FILE (else the group_file of this installation) can be used and its rules could approve anything."""
    path = file or load_settings().group_file
    known = Group.load(path)
    found = presets.check_group(known)
    if found:
        sentences = [in_words(problem).split("\n") for problem in found]
        english, spanish = (" ".join(lines) for lines in zip(*sentences, strict=True))
        raise Complaint(f"{path}: {english}", f"{path}: {spanish}")
    click.echo(f"{path}: {len(known.administrations)} administrations, {known.seats} seats, the rules make sense.")


@group.command()
@said
def show() -> None:
    """Write the rules in force and the calendar as TOML, with the rules that are planned named above them."""
    settings = load_settings()
    workshop = installing.open_existing(settings)
    with workshop.database.read() as session:
        today = rulesets.today(workshop.group)
        current = rulesets.row_in_force(session, workshop.group)
        for row in reversed(rulesets.history(session)):
            state = "in force" if current is not None and row.id == current.id else "planned"
            if state == "in force" or row.effective_on > today:
                click.echo(f"# rules {row.id}, {state}, from {row.effective_on}: {row.reference or 'first rules'}")
        seats, certified = rulesets.strength(session)
        click.echo(f"# {seats} seats are held, {certified} of them by certified expert trainers\n")
        rule_set = rulesets.in_force(session, workshop.group)
        click.echo(rules_files.written(rule_set, rulesets.calendar_section(session, workshop.group)), nl=False)
