"""Bytecode for what SAM CLI has built: Lambda stores none, so every cold start would compile all modules."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from local.cli.sam import RUNTIME
from local.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BUILT = ROOT / ".aws-sam" / "build"
_CODE, _LAYER = "/var/task", "/opt"  # where Lambda has them, for tracebacks


def compile_built(env: Mapping[str, str], built: Path = BUILT) -> int:
    """Compile the functions and layers that `sam build` has built. Return the exit code.

    Without the functions' Python version on the PATH, which a build in a container doesn't need, they are
    deployed without bytecode.
    """
    python = shutil.which(RUNTIME, path=env.get("PATH"))
    if python is None or not _works(python):
        print(f"{RUNTIME} isn't on the PATH, so the functions start more slowly.", file=sys.stderr)
        return 0
    folders = sorted(folder for folder in built.glob("*") if folder.is_dir())
    return int(any(compile_code(folder, python) for folder in folders))


def _works(python: str) -> bool:
    """Return whether a command runs: a shim of pyenv doesn't if its version isn't selected."""
    return subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603


def compile_code(folder: Path, python: str) -> int:
    """Compile all modules of a function or layer. Return the exit code."""
    target = _LAYER if (folder / "python").is_dir() else _CODE
    # Unchecked: packaging changes the times of the sources, so that bytecode would count as outdated.
    options = ["-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", target]
    return subprocess.run([python, "-m", "compileall", *options, str(folder)], check=False).returncode  # noqa: S603
