"""`make start-api`: the API's authorizer and CORS in front of the functions in containers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from local.client import recognize, send
from local.settings import ROOT
from local.stack import Stack
from tests.contract import operations

pytestmark = pytest.mark.timeout(200)


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[str]:
    """The URL of the API, which uses the stack that listens on AWS_PORT."""
    ports = {"AWS_PORT": str(urlsplit(stack.aws_url).port), "START_API_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "local.cli.sam_local", "start-api"],
        cwd=ROOT,
        env=os.environ | ports,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        last = ""
        for last in process.stdout:
            if last.startswith("ready "):
                break
        assert last.startswith("ready ")
        yield last.removeprefix("ready ").strip()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_uploads_lists_and_returns_an_image(api: str, stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes((ROOT / "samples" / "chelsea.jpg").read_bytes() + uuid4().bytes)
    token = stack.token("bob")
    image = recognize(api, file, token)["image"]
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
