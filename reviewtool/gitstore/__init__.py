"""The only package that imports git: bytes, ids, refs and trees of the materials repository, as frozen values.

`store` runs git and keeps its `cat-file` open; `reading`, `history`, `writing`, `record`, `importing` and
`maintenance` are what services call. No GitPython object leaves here, nothing here knows a person, a page or a session.
"""

from __future__ import annotations

import os

# Without git GitPython refuses to be imported; `store.check_git` says it in a sentence of ours instead.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
