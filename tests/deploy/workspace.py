"""A copy of the project in which tests run make, against the imitation of AWS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from local.settings import ROOT
from tests.deploy.imitation.imitation import ACCESS_KEY, Imitation

REGION = "eu-central-1"
_NOT_COPIED = {"tests", "docs"}
_CHANGED_BY_TESTS = ("samconfig.toml", "template.yaml", "src", "web")
_SECONDS = 240  # the first build installs the layer's packages


@dataclass(frozen=True)
class Completed:
    """A command that has ended, with stdout and stderr as a person sees them in the terminal."""

    code: int
    output: str


@dataclass
class Workspace:
    """The copy, and the environment variables of the person who works in it."""

    folder: Path
    imitation: Imitation
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own_settings = self.folder.parent
        self.variables |= {
            "AWS_ENDPOINT_URL": self.imitation.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": str(own_settings / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(own_settings / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_POLL_DELAY": "0.1",
            "__SAM_CLI_APP_DIR": str(own_settings / "sam"),
        }

    def make(self, *arguments: str, answer: str = "") -> Completed:
        """Run make; `answer` is typed when the command asks."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "MAKE", "MFLAGS"))
        }
        process = subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=self.folder,
            env=inherited | self.variables,
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return Completed(process.returncode, process.stdout)

    def replace(self, file: str, old: str, new: str) -> None:
        """Edit a file of the copy."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} doesn't contain {old!r}"
        path.write_text(text.replace(old, new))

    def write_aws_config(self, text: str) -> None:
        """Write the person's ~/.aws/config."""
        Path(self.variables["AWS_CONFIG_FILE"]).write_text(text)

    def restore(self) -> None:
        """Undo what a test has changed."""
        for name in _CHANGED_BY_TESTS:
            _copy(name, self.folder)
        shutil.rmtree(self.folder / "build", ignore_errors=True)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            Path(self.variables[name]).unlink(missing_ok=True)


def copy_project(target: Path) -> Path:
    """Copy the project's files, with this Python's environment as .venv; nothing is installed."""
    folder = target / "project"
    folder.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = {path.split("/")[0] for path in listed.stdout.decode().split("\0") if path}
    for name in names - _NOT_COPIED:
        _copy(name, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    for requirements in (*folder.glob("requirements/*.txt"), *folder.glob("layers/*/requirements.txt")):
        os.utime(requirements, (0, 0))  # older than the stamps in .venv, so that make installs nothing
    settings = target / "sam"  # SAM CLI's; without it, SAM looks for a newer version on the internet
    settings.mkdir()
    (settings / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    return folder


def _copy(name: str, folder: Path) -> None:
    source, target = ROOT / name, folder / name
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    elif source.exists():
        shutil.copy2(source, target)
