"""Passkeys (WebAuthn): registered, asked to sign, removed. Each can stand for password and second factor together:
the device has to know its person (user verification) and to find the account by itself (discoverable).

A challenge is signed once, rightly or wrongly. The browser says for which site it signs; only ours is taken.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import webauthn
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, NotFound
from reviewtool.models import Passkey, Person, UsedChallenge
from reviewtool.services import factor_changes
from reviewtool.services.factor_changes import Kind

log = logging.getLogger(__name__)

NAME_LIMIT: Final = 80
MOST: Final = 10  # passkeys of one person
ANSWER_LIMIT: Final = 20_000  # characters
FORGOTTEN: Final = timedelta(hours=1)  # a challenge is long over then
TIMEOUT: Final = 120_000  # milliseconds that the browser waits for its person


@dataclass(frozen=True)
class Site:
    """What passkeys are made for: where pages are opened, its domain, and its name."""

    origin: str
    domain: str
    name: str


def asks_to_register(session: Session, site: Site, challenge: bytes, *, by: Person) -> str:
    """Return what the browser needs to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        user_name=by.email,
        user_display_name=by.name,
        user_id=_handle(by.id),
        challenge=challenge,
        timeout=TIMEOUT,
        exclude_credentials=_described(of(session, by.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return webauthn.options_to_json(options)


def asks_to_sign(site: Site, challenge: bytes, known: Collection[Passkey] = ()) -> str:
    """Return what the browser needs to let a passkey sign, as JSON; `known`: one of these, else any of the site."""
    options = webauthn.generate_authentication_options(
        rp_id=site.domain,
        challenge=challenge,
        timeout=TIMEOUT,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def register(session: Session, site: Site, challenge: bytes, answer: str, name: str, *, by: Person) -> Passkey:
    """Keep the passkey that a browser made. Raises InvalidInput("passkey-bad", "passkey-name", "passkey-many")."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        raise InvalidInput("passkey-name", field="name", most=NAME_LIMIT)
    if len(of(session, by.id)) >= MOST:
        raise InvalidInput("passkey-many", field="name", most=MOST)
    if not _take(session, challenge):
        raise InvalidInput("passkey-bad", field="passkey")
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever the library meets in what a stranger may have sent
        log.info("a passkey was not registered: %s", error)
        raise InvalidInput("passkey-bad", field="passkey") from error
    credential_id = bytes_to_base64url(made.credential_id)
    if len(credential_id) > 1400 or session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)):
        raise InvalidInput("passkey-bad", field="passkey")
    row = Passkey(
        person_id=by.id,
        credential_id=credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        made_at=now(),
    )
    session.add(row)
    factor_changes.note(session, by.id, Kind.passkey_added, by=by.id)
    return row


def signer(session: Session, site: Site, challenge: bytes, answer: str) -> int | None:
    """Return whose passkey signed the challenge for this site; None when none of ours did as it has to."""
    if not _take(session, challenge):
        return None
    try:
        read = _read(answer)
        found = select(Passkey).where(Passkey.credential_id == read["id"])
        row = session.scalar(found.with_for_update())
        if row is None or read["response"].get("userHandle") not in {
            None,
            "",
            bytes_to_base64url(_handle(row.person_id)),
        }:
            return None
        signed = webauthn.verify_authentication_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # as above; a sign count that did not rise is among it: somebody copied the key
        log.info("a passkey was refused: %s", error)
        return None
    row.sign_count, row.used_at = signed.new_sign_count, now()
    session.flush()
    return row.person_id


def of(session: Session, person_id: int) -> list[Passkey]:
    """Return a person's passkeys, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)))


def remove(session: Session, passkey_id: int, *, by: Person) -> str:
    """Forget one of one's own passkeys and return its name. Raises NotFound for anybody else's."""
    row = session.get(Passkey, passkey_id)
    if row is None or row.person_id != by.id:
        raise NotFound("passkey-unknown")
    session.delete(row)
    factor_changes.note(session, by.id, Kind.passkey_removed, by=by.id)
    return row.name


def _take(session: Session, challenge: bytes) -> bool:
    """Use a challenge up; say whether nobody had answered it."""
    session.execute(delete(UsedChallenge).where(UsedChallenge.used_at < now() - FORGOTTEN))
    digest = hashlib.sha256(challenge).hexdigest()
    try:
        with session.begin_nested():
            session.execute(insert(UsedChallenge).values(challenge_hash=digest, used_at=now()))
    except IntegrityError:
        return False
    return True


def _read(answer: str) -> dict[str, Any]:
    """Return a browser's answer. Raises ValueError."""
    read = json.loads(answer) if len(answer) <= ANSWER_LIMIT else None
    if not isinstance(read, dict) or not isinstance(read.get("id"), str) or not isinstance(read.get("response"), dict):
        raise ValueError("it is no answer of a passkey")
    read["id"].encode("ascii")
    return read


def _described(rows: Collection[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in rows]


def _handle(person_id: int) -> bytes:
    return f"p{person_id}".encode()
