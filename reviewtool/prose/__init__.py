"""Prose: text in, values out. Markdown rendering, differences, redline, passages and three-way merge.

Nothing here knows Flask, Git or the database; `services` and `web` call it. Every result depends on its arguments alone
(no clock, no locale), so it may be cached under the ids of the texts together with ALGORITHM_VERSION.
"""

from __future__ import annotations

#: Part of every cache key: raise it whenever the same input may give another output.
ALGORITHM_VERSION = 11
