"""The README's API examples, run as they are printed against the local stack."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.stack.client import Client, ImageFile

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
API_URL = "http://127.0.0.1:3000"
ISSUER = "http://127.0.0.1:9000"
SAMPLE = "web/samples/astronaut.jpg"
MAKE_TOKEN = "make -s token USER=alice"
without_node = pytest.mark.skipif(
    "CI" not in os.environ and shutil.which("node") is None,
    reason="Node.js isn't installed here; in CI this test always runs",
)


def code_block(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return str(block)


def replace_all(text: str, values: dict[str, str]) -> str:
    for old, new in values.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def photo_file(new_image: Callable[[], ImageFile], tmp_path: Path) -> Path:
    """An image that the API doesn't know yet."""
    file = tmp_path / "astronaut.jpg"
    file.write_bytes(new_image().content)
    return file


@pytest.fixture
def run(stack: Stack, client: Client, tmp_path: Path) -> Callable[..., str]:
    """Run a command in an empty folder, with the stack's ports and alice's token; return its stdout."""
    environ = os.environ | {
        "TOKEN": client.token,
        "WEB_PORT": str(urlsplit(stack.page_url).port),
        "SIGN_IN_PORT": str(urlsplit(stack.sign_in_url).port),
        "PYTHONPATH": str(ROOT),
    }

    def run_command(*command: str | Path) -> str:
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=90, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run_command


def test_the_curl_example_works_for_a_new_and_for_a_known_image(
    stack: Stack, run: Callable[..., str], photo_file: Path, tmp_path: Path
) -> None:
    script = tmp_path / "example.sh"
    token_command = f"{sys.executable} -m local.cli.token alice"  # make would use this machine's ports
    script.write_text(
        replace_all(
            code_block("bash"), {API_URL: stack.api_url, SAMPLE: str(photo_file), MAKE_TOKEN: token_command}
        )
    )
    first, second = (json.loads(run("bash", "-eu", script)) for _ in range(2))
    assert first["image"]["status"] == "done"
    assert "Person" in [label["name"] for label in first["image"]["labels"]]
    assert second["image"] == first["image"]


def test_the_example_for_programs_lists_the_programs_images(
    stack: Stack, run: Callable[..., str], tmp_path: Path
) -> None:
    client, secret = stack.sign_in.programs.create("readme")
    script = tmp_path / "program.sh"
    values = {API_URL: stack.api_url, ISSUER: stack.sign_in_url, "CLIENT_ID=…": f"CLIENT_ID={client.id}"}
    block = replace_all(code_block("sh"), values)
    script.write_text(replace_all(block, {"CLIENT_SECRET=…": f"CLIENT_SECRET={secret}"}))
    try:
        assert json.loads(run("bash", "-eu", script))["images"] == []
    finally:
        stack.sign_in.programs.revoke("readme")


def test_the_example_for_programs_ends_with_an_error_for_a_wrong_secret(stack: Stack) -> None:
    urls = {API_URL: stack.api_url, ISSUER: stack.sign_in_url}
    done = subprocess.run(
        ["bash", "-c", replace_all(code_block("sh"), urls)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (done.returncode, done.stdout) == (22, "")  # of curl
    assert re.fullmatch(r"curl: \(22\) .* 401.*\n", done.stderr)


@pytest.mark.parametrize(
    ("language", "name", "interpreter"),
    [
        ("python", "recognize.py", sys.executable),
        pytest.param("js", "recognize.mjs", "node", marks=without_node),
    ],
)
def test_an_example_program_works_for_a_new_and_for_a_known_image(
    stack: Stack,
    run: Callable[..., str],
    photo_file: Path,
    tmp_path: Path,
    language: str,
    name: str,
    interpreter: str,
) -> None:
    program = tmp_path / name
    program.write_text(replace_all(code_block(language), {API_URL: stack.api_url}), encoding="utf-8")
    first, second = (run(interpreter, program, photo_file) for _ in range(2))
    assert re.search(r"^ *\d+\.\d % Person$", first, re.MULTILINE)
    assert second == first
