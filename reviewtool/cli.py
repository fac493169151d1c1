"""The command line. Each command is loaded when it is called: comparing two files loads neither Flask nor the database.

`cli_diff` compares texts, `cli_word` writes and reads Word files; `cli_installation` and `cli_record` have what an
administrator does.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

#: Command -> the module that has it, under the same name with underscores.
COMMANDS: Final = {
    "backup": "cli_record",
    "demo": "cli_installation",
    "diff": "cli_diff",
    "doctor": "cli_doctor",
    "group": "cli_group",
    "init": "cli_installation",
    "maintain": "cli_record",
    "person": "cli_installation",
    "read-word": "cli_worker",
    "rebuild": "cli_record",
    "reconcile": "cli_installation",
    "restore": "cli_record",
    "run-demo": "cli_installation",
    "serve": "cli_installation",
    "verify": "cli_record",
    "withdraw": "cli_record",
    "word": "cli_word",
    "worker": "cli_worker",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"reviewtool.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_Commands)
def main() -> None:
    """Review tool for a working group's training materials."""


if __name__ == "__main__":
    main()
