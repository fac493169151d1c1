"""A process that does one act and kills itself at a named step, as a power cut would: no clean-up, no rollback.

Run as `python -m tests.faults.dying FOLDER DATABASE_URL ACT STEP NUMBER PERSON`. The steps wrap functions of the
product from outside; the product has no switch for it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reviewtool.app import make_workshop
from reviewtool.services import editions, merging, recording, refmoves, revisions
from reviewtool.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = ("before-plan", "after-plan", "before-ref", "after-ref", "after-done")


def die(*_args: Any, **_kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(module: Any, name: str) -> None:
    setattr(module, name, die)


def after(module: Any, name: str) -> None:
    whole: Callable[..., Any] = getattr(module, name)

    def then_die(*args: Any, **kwargs: Any) -> None:
        whole(*args, **kwargs)
        die()

    setattr(module, name, then_die)


def arrange(step: str) -> None:
    """Make the process die at a step of the protocol objects -> database -> ref -> done."""
    match step:
        case "before-plan":
            before(refmoves, "plan")
        case "after-plan":  # the intention is committed, nothing was published
            before(refmoves, "publish")
        case "before-ref":
            before(refmoves.writing, "update_ref")
        case "after-ref":  # published, and the database does not know
            after(refmoves.writing, "update_ref")
        case "after-done":
            after(refmoves, "publish")


def main(folder: str, url: str, act: str, step: str, number: str, person: str) -> None:
    settings = Settings(
        var=Path(folder), database_url=url, group_file=ROOT / "config" / "group.toml", secret_key="only-for-tests" * 4
    )
    workshop = make_workshop(settings)
    recording.record(workshop, int(number)) if act == "merge" else None
    arrange(step)
    match act:
        case "merge":
            merging.merge(workshop, int(number), by_id=int(person), revision=1)
        case "submit":
            revisions.submit(workshop, int(number), by_id=int(person))
        case "edition":
            editions.publish(workshop, "Edición 1", by_id=int(person))


if __name__ == "__main__":
    main(*sys.argv[1:])
