"""Pictures in SVG drawn as PNG, for programs that show no SVG; by a program of the system, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final

_PROGRAM: Final = "rsvg-convert"  # Debian: librsvg2-bin
_SECONDS: Final = 20


def as_png(svg: bytes) -> bytes | None:
    """Draw an SVG, or return None where nothing can."""
    program = shutil.which(_PROGRAM)
    if program is None:
        return None
    try:
        made = subprocess.run([program, "--zoom=2"], input=svg, capture_output=True, timeout=_SECONDS, check=True)
    except (subprocess.SubprocessError, OSError):
        return None
    return made.stdout
