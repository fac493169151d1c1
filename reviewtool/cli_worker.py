"""The command of the worker, which sends the mails, does what time asks for and has Word files read.

Beside it the command that reads one of them, which the worker calls.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
from typing import Final

import click

from reviewtool import installing, loading
from reviewtool.app import make_workshop
from reviewtool.cli_common import load_settings, said
from reviewtool.services import word_jobs
from reviewtool.word_reader import MOST_SECONDS, WordReader
from reviewtool.worker import Worker

PR_SET_PDEATHSIG: Final = 1  # prctl(2)
MOST_MEMORY: Final = 2_000_000_000  # bytes of addresses: this program as it starts takes a fifth of it
POLITE: Final = 5  # nice(2): pages go first


def _go_with_parent(number: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


@click.command()
@click.option("--beside", is_flag=True, help="End with the process that started it.")
@said
def worker(beside: bool) -> None:
    """Send mails, write the record, read Word files and let what is due close, until stopped."""
    if beside:
        _go_with_parent(signal.SIGTERM)
    settings = load_settings()
    workshop = installing.open_existing(settings)
    recorder = loading.recorder(settings, workshop)
    working = Worker(workshop, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: working.stop())
    reader = WordReader(workshop)
    recorder.start()
    reader.start()
    click.echo(f"Mails go to {settings.mail_server or settings.mail_path}")
    working.run()
    reader.stop()
    recorder.stop()


@click.command("read-word", hidden=True)
@click.argument("upload_id", type=int)
def read_word(upload_id: int) -> None:
    """Read a Word file that somebody sent, bounded in memory and time, and print what came of it."""
    _go_with_parent(signal.SIGKILL)
    os.nice(POLITE)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(MOST_SECONDS), int(MOST_SECONDS)))
    workshop = make_workshop(load_settings())
    try:
        report = word_jobs.understand(workshop, upload_id)
    except MemoryError:
        report = word_jobs.failed("word-heavy")
    click.echo(json.dumps(report))
