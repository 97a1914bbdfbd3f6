"""SAM CLI, with the environment that each of its commands needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.settings import ROOT, use_local_credentials
from local.template.names import REGION
from local.template.parameters import ParameterError

SAM = Path(sys.executable).with_name("sam")
RUNTIME = "python3.13"  # the runtime in template.yaml


def run_sam(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run SAM CLI in the terminal and return its exit code."""
    if not SAM.exists():
        print("SAM CLI isn't installed. Run this command through make, which installs it.", file=sys.stderr)
        return 1
    return subprocess.run([SAM, *arguments], cwd=ROOT, env=dict(env), check=False).returncode  # noqa: S603


def parameter_overrides(values: Mapping[str, str]) -> list[str]:
    """Return parameters as SAM CLI's option, quoted for its own parser. Raises ParameterError."""
    return ["--parameter-overrides", *(_quote(name, value) for name, value in values.items())]


def sam_environment() -> dict[str, str]:
    """Return this process's environment, with the functions' Python version on the PATH for `sam build`."""
    env = {"SAM_CLI_TELEMETRY": "0", **os.environ}
    if folder := _find_pyenv_runtime():
        env["PATH"] = f"{folder}{os.pathsep}{env['PATH']}"
    return env


def offline_environment() -> dict[str, str]:
    """Return the environment for commands that need a region to resolve the template, but never use it."""
    return {"AWS_DEFAULT_REGION": REGION, **sam_environment()}


def local_environment() -> dict[str, str]:
    """Return the environment for `sam local`, which never contains real credentials."""
    env = sam_environment()
    use_local_credentials(env)
    return env


def _quote(name: str, value: str) -> str:
    if "\\" in value:
        raise ParameterError(f"The parameter {name} can't contain a backslash: SAM CLI can't pass it.")
    escaped = value.replace('"', '\\"')
    return f'{name}="{escaped}"'


def _find_pyenv_runtime() -> Path | None:
    """Return the folder of pyenv's newest Python for the runtime, or None if the PATH has a working one.

    A pyenv shim on the PATH doesn't work if its version isn't selected.
    """
    found = shutil.which(RUNTIME)
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        return None
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    versions = sorted((root / "versions").glob(f"{RUNTIME.removeprefix('python')}.*/bin/{RUNTIME}"))
    return versions[-1].parent if versions else None
