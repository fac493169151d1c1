"""A disk without a free block: the person reads a sentence, nothing acknowledged is lost, and it goes on once freed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.faults.dying import ROOT
from tests.support import needs


@pytest.fixture
def own_mounts():
    tried = subprocess.run(["unshare", "-rm", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        needs.missing(f"a mount of one's own is not permitted here (unshare -rm: {tried.stderr.strip()})")


def test_a_full_disk_is_said_loses_nothing_and_everything_goes_on_once_there_is_space(
    tmp_path, empty_database_url, own_mounts
):
    url = empty_database_url if empty_database_url.startswith("postgres") else ""
    command = ["unshare", "-rm", sys.executable, "-m", "tests.faults.filling", str(tmp_path), url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == 0, ended.stderr[-6000:]
    assert "No space left on device" in ended.stderr  # git's words, in the log
    if not url:
        assert "disk is full" in ended.stderr  # SQLite's
