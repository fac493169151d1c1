"""SSH keys made for one test by the real `ssh-keygen`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support import needs


def make(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make a private key and return its file; without `ssh-keygen` the test is skipped."""
    if shutil.which("ssh-keygen") is None:
        needs.missing("ssh-keygen is not installed (Debian: openssh-client)")
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run([*command, "-b", "2048"] if kind == "rsa" else command, check=True, capture_output=True)
    return path
