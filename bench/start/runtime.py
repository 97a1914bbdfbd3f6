"""A folder with the packages of Lambda's runtime, and one with the functions' code as it is deployed."""

from __future__ import annotations

import re
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from local.cli.bytecode import compile_code
from local.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNTIME = ("boto3",)
LAYER = ("pillow", "pi_heif")
# Of the virtual environment, because its own interpreter would add all packages of the project to the path.
INTERPRETER = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


def link_packages(folder: Path) -> None:
    """Link the packages of the runtime and of the layer, without others that boto3 would use."""
    folder.mkdir()
    for name in {each for package in (*RUNTIME, *LAYER) for each in requirements(package)}:
        files = distribution(name).files or []
        for entry in {file.parts[0] for file in files}:
            if not entry.endswith((".dist-info", "__pycache__")) and entry != "..":
                (folder / entry).symlink_to(Path(str(distribution(name).locate_file(entry))))


def requirements(name: str) -> Iterator[str]:
    """Yield a package and everything that it requires, without its extras."""
    yield name
    for requirement in distribution(name).requires or ():
        if "extra ==" not in requirement:
            match = re.match(r"[\w.-]+", requirement)
            assert match
            yield from requirements(match[0])


def copy_code(folder: Path) -> None:
    """Copy the functions' code with its bytecode, as it is in the package."""
    shutil.copytree(ROOT / "src", folder, ignore=shutil.ignore_patterns("__pycache__"))
    compile_code(folder, str(INTERPRETER))
