"""Notices about accounts: written with the act that touches one, mailed at once and by themselves, seen in the product.

They wait in the one queue of the mails, each as a batch of its own: no pace and no quiet hours, since whoever did
something to an account is to be found out before it is used.
"""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import Invitation, Notice

INVITED: Final = "invited"  # to somebody who has no account yet
LINK_MAILED: Final = "link_mailed"  # the coordination made a link, which goes with this mail
LINK_SHOWN: Final = "link_shown"  # the coordination has seen the link
LINK_ASKED: Final = "link_asked"  # somebody asked for it on the sign-in page
LINK_USED: Final = "link_used"
CHANGED_BY_SELF: Final = "password_changed"  # the password, by its person, in the profile
SET_ON_SERVER: Final = "password_set"  # on the server
ACCOUNT_CLOSED: Final = "account_closed"
ACCOUNT_OPENED: Final = "account_opened"
FACTOR_CHANGED: Final = "factor_changed"  # added or removed, by its person
RECOVERY_CODE_USED: Final = "recovery_code_used"
FACTOR_FORGOTTEN: Final = "factor_forgotten"  # by the coordination, or on the server
CERTIFICATION: Final = "certification_ends"  # one's own
CERTIFICATION_OF: Final = "certification_of"  # of `by`, told to the coordination
#: what mails carry a link
CARRYING: Final = frozenset({INVITED, LINK_MAILED, LINK_ASKED})
#: what an account's person sees in the product
KINDS: Final = (
    *(LINK_MAILED, LINK_SHOWN, LINK_ASKED, LINK_USED, CHANGED_BY_SELF, SET_ON_SERVER),
    *(ACCOUNT_CLOSED, ACCOUNT_OPENED, FACTOR_CHANGED, RECOVERY_CODE_USED, FACTOR_FORGOTTEN),
    *(CERTIFICATION, CERTIFICATION_OF),
)


def tell(
    session: Session, kind: str, person_id: int | None, *, by_id: int | None = None, link: Invitation | None = None
) -> None:
    """Owe somebody word of what was done to their account; without a person, to whom the link was made for."""
    at = now()
    notice = Notice(person_id=person_id, event_id=None, kind=kind, by_id=by_id, created_at=at)
    notice.invitation_id = link.id if link else None
    notice.batch, notice.batched_at, notice.claimed_until = secrets.token_hex(16), at, at
    session.add(notice)
