"""`make start-api`: the API's authorizer and CORS in front of the functions in containers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from glimpse import Client, IdToken
from local.cli.token import fetch_tokens, find_issuer
from local.http import send
from local.settings import DEFAULT_PORTS, ROOT
from local.stack import Stack
from tests.contract import operations

pytestmark = pytest.mark.timeout(200)


@contextmanager
def running(log: Path, **ports: str) -> Iterator[str]:
    """Run the command, which logs to a file, and yield the URL of its API."""
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "local.cli.sam_local", "start-api"],
            cwd=ROOT,
            env=os.environ | dict.fromkeys(DEFAULT_PORTS, "0") | ports,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        assert process.stdout
        ready = next((line for line in process.stdout if line.startswith("ready ")), "")
        assert ready, log.read_text()
        yield ready.removeprefix("ready ").strip()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def api(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the API of the stack that runs."""
    log = tmp_path_factory.mktemp("api") / "stderr"
    with running(log, AWS_PORT=str(urlsplit(stack.aws_url).port)) as url:
        yield url


def test_uploads_lists_and_returns_an_image(api: str, stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes((ROOT / "web" / "samples" / "chelsea.jpg").read_bytes() + uuid4().bytes)
    token = stack.token("bob")
    with Client(api, IdToken(token)) as client:
        image = client.recognize(file)["image"]
    response = send("GET", f"{api}/images", headers={"Authorization": f"Bearer {token}"})
    assert (image["status"], image["fileName"]) == ("done", "photo.jpg")
    assert [listed["id"] for listed in response.json()["images"]] == [image["id"]]


@pytest.mark.parametrize("route", operations())
def test_rejects_requests_without_a_token(api: str, route: str) -> None:
    method, path = route.split()
    response = send(method, api + path.replace("{id}", "0" * 64))
    assert (response.status_code, response.json()) == (401, {"message": "Unauthorized"})


def test_the_page_of_the_stack_can_call_the_api(api: str, stack: Stack) -> None:
    headers = {"Origin": stack.page_url, "Access-Control-Request-Method": "GET"}
    response = send("OPTIONS", f"{api}/images", headers=headers)
    assert response.headers["access-control-allow-origin"] == stack.page_url


def test_starts_a_stack_whose_tokens_it_accepts(tmp_path: Path) -> None:
    log = tmp_path / "stderr"
    with running(log) as url:
        (page_port,) = re.findall(r"get a token with: make token USER=alice WEB_PORT=(\d+)", log.read_text())
        issuer = find_issuer(f"http://127.0.0.1:{page_port}")
        token = fetch_tokens(issuer, f"http://127.0.0.1:{page_port}", "alice")["id_token"]
        response = send("GET", f"{url}/images", headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()) == (200, {"images": [], "cursor": None})
