"""The form of the log: one line an entry, in UTC, to standard error."""

from __future__ import annotations

import os
import re
import subprocess
import sys

SAY = """
import logging
from reviewtool.loading import begin_log
from reviewtool.settings import Settings
begin_log(Settings())
logging.getLogger("reviewtool.x").info("an act")
logging.getLogger("reviewtool.x").debug("too much")
logging.getLogger("other").info("too much")
"""


def test_an_entry_is_a_line_with_its_time_in_utc_on_standard_error() -> None:
    environment = os.environ | {"TZ": "America/Guatemala"}
    done = subprocess.run(
        [sys.executable, "-c", SAY], capture_output=True, text=True, check=True, timeout=60, env=environment
    )
    assert done.stdout == ""
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO reviewtool\.x an act\n", done.stderr)
