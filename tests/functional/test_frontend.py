"""The editor that is served is the one that its sources make; asked where Node is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from reviewtool.web import assets
from tests.conftest import ROOT

FRONTEND = ROOT / "frontend"


@pytest.mark.skipif(shutil.which("npm") is None, reason="Node is not installed")
def test_the_served_editor_is_what_its_sources_make(tmp_path):
    ours = shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    script = str(ROOT / "scripts" / "frontend.sh")
    made = subprocess.run(
        [script, str(tmp_path / "made")],
        check=False,
        env=os.environ | {"FRONTEND": str(ours)},
        capture_output=True,
        text=True,
    )
    if (
        made.returncode
        and os.environ.get("CI") != "true"
        and re.search(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED", made.stderr)
    ):
        pytest.skip("the registry of packages cannot be reached")
    assert made.returncode == 0, made.stderr
    vendor = assets.FOLDER / "vendor"
    for name in ("editor.js", "editor.js.sha256", "editor.licences.txt"):
        assert (tmp_path / "made" / name).read_bytes() == (vendor / name).read_bytes(), f"{name}: run make frontend"


def test_the_lock_file_names_no_machine_but_the_public_registry():
    text = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^/\"]+", text)) <= {
        "https://registry.npmjs.org",
        "https://github.com",
        "https://opencollective.com",
    }
