"""The commands with an environment of samconfig.toml whose people sign in at another provider."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.server import Server
from local.settings import ROOT
from local.sign_in.provider import Provider
from tests.stack.client import Run, send

ENVIRONMENT = """
[other.global.parameters]
parameter_overrides = ["SignInIssuer={issuer}", "SignInClientId=local-page"]
"""


@pytest.fixture
def provider() -> Iterator[tuple[Provider, str]]:
    """A provider that the stack didn't start, and its issuer."""
    server = Server("127.0.0.1", 0, "SIGN_IN_PORT")
    provider = Provider(server.url, "http://127.0.0.1:8080")
    server.serve(provider.app)
    yield provider, server.url
    server.stop()


@pytest.fixture
def project(tmp_path: Path, provider: tuple[Provider, str]) -> Path:
    """A copy of the project, with the environment `other`."""
    shutil.copytree(ROOT / "local", tmp_path / "local", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("events", "samples", "web", "template.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    samconfig = (ROOT / "samconfig.toml").read_text() + ENVIRONMENT.format(issuer=provider[1])
    (tmp_path / "samconfig.toml").write_text(samconfig)
    return tmp_path


def content_security_policy(headers: dict[str, str]) -> dict[str, Any]:
    directives = headers["content-security-policy"].split("; ")
    return {name: sources.split() for name, sources in (entry.split(" ", 1) for entry in directives)}


def test_run_accepts_the_tokens_of_the_other_provider_only(
    run: Run, project: Path, provider: tuple[Provider, str]
) -> None:
    process = run("local", cwd=project, CONFIG_ENV="other")
    assert process.stdout
    page = process.stdout.readline().removeprefix("ready ").strip()
    config = send("GET", f"{page}/config.json").document
    assert config["signIn"] == {"issuer": provider[1], "clientId": "local-page"}
    assert provider[1] in content_security_policy(send("GET", page).headers)["connect-src"]
    stranger = Provider("http://127.0.0.1:9000", page)
    statuses = [
        send("GET", f"{config['apiUrl']}/labels", headers={"Authorization": f"Bearer {token}"}).status
        for token in (provider[0].token("alice"), stranger.token("alice"))
    ]
    process.terminate()
    _, errors = process.communicate(timeout=20)
    assert statuses == [200, 401]
    assert [line.split(maxsplit=1)[1:] for line in errors.splitlines() if "Sign-in" in line] == [
        [provider[1]]
    ]
    assert [line for line in errors.splitlines() if "alice" in line or "couldn't" in line] == []
