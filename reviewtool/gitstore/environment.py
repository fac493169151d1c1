"""What every git process is told: settings, environment, what it must not inherit. Read by `store` and `signing`."""

from __future__ import annotations

import os
from typing import Final

OLDEST_GIT: Final = (2, 38)  # the first with `merge-tree --write-tree`

SETTINGS: Final = {  # also written into the repository's own file, for those who use git there by hand
    "core.fsync": "all",  # loose objects are not flushed by default: a power cut would lose acknowledged work
    "core.fsyncMethod": "fsync",
    "core.logAllRefUpdates": "always",
    "core.quotePath": "false",
    "gc.auto": "0",
    "gc.reflogExpire": "never",
    "gc.reflogExpireUnreachable": "never",
    "maintenance.auto": "false",
}
_GUARDS: Final = {  # said to every process, whatever the repository's own file says
    **SETTINGS,
    "core.attributesFile": os.devnull,
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "fetch.recurseSubmodules": "false",
    "gpg.ssh.program": "ssh-keygen",
    "log.showSignature": "false",
    "merge.directoryRenames": "false",  # a new file stays where its author put it
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    "protocol.git.allow": "always",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "transfer.fsckObjects": "true",
}
ENVIRONMENT: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
    "GIT_AUTHOR_NAME": "reviewtool",
    "GIT_AUTHOR_EMAIL": "reviewtool@localhost",
    "GIT_COMMITTER_NAME": "reviewtool",  # who moved a ref, in the reflog; commits name their people themselves
    "GIT_COMMITTER_EMAIL": "reviewtool@localhost",
    "LANGUAGE": "C",
    "LC_ALL": "C",
    "TZ": "UTC",
    "GIT_CONFIG_COUNT": str(len(_GUARDS)),
    **{f"GIT_CONFIG_KEY_{n}": key for n, key in enumerate(_GUARDS)},
    **{f"GIT_CONFIG_VALUE_{n}": value for n, value in enumerate(_GUARDS.values())},
}
# From `git rev-parse --local-env-vars`: what a hook or a shell has set would lead commands to another repository.
_INHERITED: Final = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)


def with_setting(key: str, value: str) -> dict[str, str]:
    """Return what one command's environment must say besides `ENVIRONMENT` to have one more setting."""
    last = len(_GUARDS)
    return {"GIT_CONFIG_COUNT": str(last + 1), f"GIT_CONFIG_KEY_{last}": key, f"GIT_CONFIG_VALUE_{last}": value}


def forget_inherited() -> None:
    """Drop what the surrounding shell or hook says about another repository (GitPython hands all of it on)."""
    for name in _INHERITED:
        os.environ.pop(name, None)
