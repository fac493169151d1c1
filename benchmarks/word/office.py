"""The other word processors: LibreOffice, kept running, and pandoc's reader; each only if it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PYTHON = "/usr/bin/python3"  # the one that has LibreOffice's modules
_MACRO = Path(__file__).with_name("office_macro.py")


class Office:
    """A LibreOffice that saves files anew, with their changes accepted or rejected."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder, self.process, self.count = folder, process, 0

    def act(self, act: str, data: bytes, suffix: str = "docx") -> bytes | None:
        """Open a file, do one thing, save it; None where LibreOffice could not."""
        self.count += 1
        source, target = self.folder / f"{self.count}.docx", self.folder / f"{self.count}-out.{suffix}"
        source.write_bytes(data)
        if self.process.stdin is None or self.process.stdout is None:
            return None
        self.process.stdin.write(f"{act}\t{source}\t{target}\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        source.unlink()
        if said != "ok":
            print(f"LibreOffice: {said}")
            return None
        made = target.read_bytes()
        target.unlink()
        return made


@contextmanager
def office() -> Iterator[Office | None]:
    """Start LibreOffice; None where it is not installed."""
    program = shutil.which("soffice")
    if program is None or not Path(_PYTHON).exists():
        yield None
        return
    with tempfile.TemporaryDirectory() as name:
        pipe = f"bench{os.getpid()}"
        profile = f"-env:UserInstallation={(Path(name) / 'profile').as_uri()}"
        accept = f"--accept=pipe,name={pipe};urp;"
        server = subprocess.Popen(
            [program, "--headless", "--norestore", "--nologo", profile, accept],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        macro = subprocess.Popen(
            [_PYTHON, str(_MACRO), pipe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        try:
            yield Office(Path(name), macro)
        finally:
            macro.kill()
            os.killpg(server.pid, 15)
            server.wait()


def pandoc(data: bytes, changes: str = "accept") -> list[str] | None:
    """Read a file with pandoc, changes accepted or rejected: its lines; None where it is not installed."""
    if shutil.which("pandoc") is None:
        return None
    command = ["pandoc", "-f", "docx", f"--track-changes={changes}", "-t", "plain", "--wrap=none"]
    said = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
    return [" ".join(line.split()) for line in said.split("\n") if re.sub(r"[\s-]", "", line)]
