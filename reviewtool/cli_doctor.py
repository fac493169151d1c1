"""The command `doctor`: what is weak in an installation, one line a matter."""

from __future__ import annotations

import json

import click

from reviewtool import doctor as examining
from reviewtool.cli_common import load_settings
from reviewtool.doctor.finding import Finding, Level, wrong
from reviewtool.settings import SettingsError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@click.option("--backup-days", default=2, show_default=True, help="A backup or verification older than this is told.")
def doctor(as_json: bool, backup_days: int) -> None:
    """Say what is weak in this installation: status 0 all is well, 1 something is weak, 2 something is wrong."""
    try:
        settings = load_settings()
    except SettingsError as error:
        found = [wrong("settings", str(error).splitlines()[0], "mend it; nothing else was looked at")]
    else:
        found = examining.examine(settings, backup_days=backup_days)
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in found], ensure_ascii=False, indent=1))
    else:
        for each in found:
            click.echo(f"{each.level.name:<8} {each.matter}: {each.seen}{f' -> {each.todo}' if each.todo else ''}")
    raise SystemExit(max((each.level for each in found), default=Level.ok).value)


def _as_json(found: Finding) -> dict[str, str]:
    return {"matter": found.matter, "level": found.level.name, "seen": found.seen, "todo": found.todo}
