"""What a test does when a program it needs is missing: skip with the reason, but fail where CI promised to have it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def missing(reason: str) -> NoReturn:
    """Skip the test with the reason; under CI=true fail it, so that nothing is left out unnoticed."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{reason} (with CI=true nothing may be skipped)", pytrace=False)
    pytest.skip(reason)


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome; never one that a tool downloaded."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def browser_driver_starts() -> bool:
    """Say whether Playwright's own program runs here; on a bare Debian it lacks a library."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def find_postgres() -> Path | None:
    """Return the folder with `initdb` and `postgres`: the newest that Debian installed, else the one on PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    for folder in reversed(installed):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    on_path = shutil.which("initdb")
    folder = Path(on_path).resolve().parent if on_path else None
    return folder if folder and (folder / "postgres").exists() else None
