"""A process that holds the database against everybody: `python -m tests.faults.holding DATABASE_URL SECONDS`.

It says «held» once it does, and lets go after the seconds or when its input ends.
"""

from __future__ import annotations

import select
import sqlite3
import sys

import psycopg


def main(url: str, seconds: str) -> None:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.partition(":///")[2], isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    else:
        connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))
        connection.execute("LOCK TABLE proposal, comment IN EXCLUSIVE MODE")
    sys.stdout.write("held\n")
    sys.stdout.flush()
    select.select([sys.stdin], [], [], float(seconds))
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
