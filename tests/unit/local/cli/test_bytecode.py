"""What SAM CLI has built gets bytecode that is used whatever the times of the sources are."""

from __future__ import annotations

import marshal
import os
import sys
from importlib.util import cache_from_source
from typing import TYPE_CHECKING

import pytest

from local.cli.bytecode import compile_built
from local.cli.sam import RUNTIME

if TYPE_CHECKING:
    from pathlib import Path

UNCHECKED_HASH = (1).to_bytes(4, "little")  # see PEP 552


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name in ("PresignFunction/presign/app.py", "ImagingLayer/python/PIL/Image.py"):
        file = tmp_path / "build" / name
        file.parent.mkdir(parents=True)
        file.write_text("answer = 42\n")
    (tmp_path / "build" / "template.yaml").touch()
    return tmp_path / "build"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment in which the functions' Python is the one that runs the tests."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / RUNTIME).symlink_to(sys.executable)
    return {"PATH": str(tmp_path / "bin")}


@pytest.mark.parametrize(
    ("name", "deployed"),
    [
        ("PresignFunction/presign/app.py", "/var/task/presign/app.py"),
        ("ImagingLayer/python/PIL/Image.py", "/opt/python/PIL/Image.py"),
    ],
)
def test_each_module_has_bytecode(built: Path, env: dict[str, str], name: str, deployed: str) -> None:
    assert compile_built(env, built) == 0
    content = (built / cache_from_source(name)).read_bytes()
    assert content[4:8] == UNCHECKED_HASH
    code = marshal.loads(content[16:])
    assert (code.co_filename, code.co_consts[0]) == (deployed, 42)


def test_a_module_that_is_no_python_fails(built: Path, env: dict[str, str], capfd) -> None:
    (built / "PresignFunction" / "broken.py").write_text("def\n")
    assert compile_built(env, built) == 1
    assert "SyntaxError" in capfd.readouterr().out


def test_without_the_functions_python_nothing_is_compiled(built: Path, capsys) -> None:
    assert compile_built({"PATH": os.devnull}, built) == 0
    assert list(built.rglob("*.pyc")) == []
    assert capsys.readouterr().err == "python3.13 isn't on the PATH, so the functions start more slowly.\n"


def test_a_shim_that_does_not_work_is_no_python(
    tmp_path: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shim = tmp_path / "bin" / RUNTIME
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert compile_built({"PATH": str(shim.parent)}, built) == 0
    assert capsys.readouterr().err == (f"{RUNTIME} isn't on the PATH, so the functions start more slowly.\n")
