"""The signed token in a mail with which its reader stops the mails that ask nothing of them (RFC 8058).

It holds for good: whoever finds an old mail may still stop them, and can do nothing else with it.
"""

from __future__ import annotations

from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

_SALT: Final = "unsubscribe"


def token(secret: str, person_id: int) -> str:
    """Return the token of a person."""
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(person_id))


def person_of(secret: str, said: str) -> int | None:
    """Return whose token it is; None for one that was not given out."""
    try:
        found = URLSafeSerializer(secret, salt=_SALT).loads(said)
    except BadSignature:
        return None
    return found if isinstance(found, int) else None
