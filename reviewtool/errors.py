"""The errors of the domain: a code and facts, no HTTP and no sentences.

`web/errors.py` maps each once to a status and to a sentence in the person's language;
the code is the key of that sentence.
"""

from __future__ import annotations

from typing import Any


class ReviewError(Exception):
    """Something the person must be told; `code` names the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class NotFound(ReviewError):
    """There is no such thing, or this person may not know of it."""


class NotAllowed(ReviewError):
    """This person may not do this, whatever the state."""


class InvalidInput(ReviewError):
    """A field of what was typed cannot be accepted; `field` names it."""

    def __init__(self, code: str, *, field: str = "", **facts: Any) -> None:
        super().__init__(code, field=field, **facts)
        self.field = field


class OutOfDate(ReviewError):
    """What the person saw is no longer what is there; nothing was done."""


class Conflict(ReviewError):
    """Two things cannot both be: a text that collides, a name that is taken."""


class AlreadyDecided(ReviewError):
    """The state no longer admits this act."""


class Unavailable(ReviewError):
    """The store is busy or cannot be reached for the moment; trying again later is right."""


class Complaint(Exception):
    """Something that whoever installs the program can mend: the sentence in English, and under it in Spanish.

    Both stand where the complaint is made, as in `scripts/`.
    """

    def __init__(self, english: str, spanish: str) -> None:
        super().__init__(f"{english}\n{spanish}")
        self.english, self.spanish = english, spanish


class InstallationError(Complaint):
    """The installation cannot be made, used or served."""
