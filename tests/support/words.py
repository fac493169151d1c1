"""What a page says to its reader."""

from __future__ import annotations

import re
from html import unescape
from typing import Any


def said(answer: Any) -> str:
    """Return the words of an answer in one line, without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))
