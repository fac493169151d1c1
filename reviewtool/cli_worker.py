"""The command of the worker, which sends the mails and does what time asks for."""

from __future__ import annotations

import ctypes
import signal
from typing import Final

import click

from reviewtool import installing, loading
from reviewtool.cli_common import load_settings, said
from reviewtool.worker import Worker

PR_SET_PDEATHSIG: Final = 1  # prctl(2)


@click.command()
@click.option("--beside", is_flag=True, help="End with the process that started it.")
@said
def worker(beside: bool) -> None:
    """Send mails, write the record and let what is due close, until stopped."""
    if beside:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    settings = load_settings()
    workshop = installing.open_existing(settings)
    recorder = loading.recorder(settings, workshop)
    working = Worker(workshop, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: working.stop())
    recorder.start()
    click.echo(f"Mails go to {settings.mail_server or settings.mail_path}")
    working.run()
    recorder.stop()
