"""The installation's SSH key and its signatures, as Git writes and reads them (`gpg.format=ssh`). Used by `store`.

A signature costs one `ssh-keygen`. Ed25519 and RSA keys give the same signature for the same bytes, so that an entry of
a record that is planned twice is still one; whether signatures are true is asked in `signing`.
"""

from __future__ import annotations

import logging
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from reviewtool.errors import Unavailable

log = logging.getLogger(__name__)

_NAMESPACE: Final = "git"
_SECONDS: Final = 20  # a key in a device that waits for a finger must not hold a lock for ever


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key without passphrase by its file, and its public half as «type base64»."""

    key: Path
    public: str

    def signed(self, kind: Literal["commit", "tag"], data: bytes) -> bytes:
        """Return a commit with its signature in the header, or a tag with it at the end; as git places them.

        Raises Unavailable("store-failed") if the key cannot be used any more.
        """
        signature = self._sign(data)
        if kind == "tag":
            return data + signature
        head, blank, message = data.partition(b"\n\n")
        return head + b"\ngpgsig " + signature.rstrip(b"\n").replace(b"\n", b"\n ") + blank + message

    def _sign(self, data: bytes) -> bytes:
        done = _keygen("-q", "-Y", "sign", "-n", _NAMESPACE, "-f", str(self.key), stdin=data)
        if done.returncode != 0 or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
            detail = _last_line(done.stderr)
            log.error("nothing can be signed with %s: status=%s %s", self.key, done.returncode, detail)
            raise Unavailable("store-failed", command="ssh-keygen", status=done.returncode, detail=detail)
        return done.stdout


def open_signer(key: Path) -> Signer:
    """Return the signer of a key file; Unavailable("ssh-keygen-missing" | "signing-key") when it cannot sign."""
    done = _keygen("-y", "-P", "", "-f", str(key))
    public = done.stdout.decode("ascii", "replace").split()[:2]
    if done.returncode != 0 or len(public) < 2:
        raise Unavailable("signing-key", path=str(key), detail=_last_line(done.stderr))
    return Signer(key, " ".join(public))


def _keygen(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    # In a session of its own there is no terminal on which it could ask for a passphrase.
    env = os.environ | {"LC_ALL": "C", "SSH_ASKPASS_REQUIRE": "never"}
    command = ["ssh-keygen", *args]
    try:
        return subprocess.run(
            command, input=stdin, env=env, capture_output=True, check=False, start_new_session=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable("store-failed", command="ssh-keygen", detail="it does not answer") from error
    except OSError as error:
        raise Unavailable("ssh-keygen-missing") from error


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else ""
