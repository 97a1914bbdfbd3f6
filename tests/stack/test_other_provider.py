"""The commands with an environment of samconfig.toml whose people sign in at another provider."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.server import Server
from local.settings import ROOT
from local.sign_in.provider import Provider
from tests.stack.client import Run, send


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that the stack didn't start."""
    server = Server("127.0.0.1", 0, "SIGN_IN_PORT")
    provider = Provider(server.url, "http://127.0.0.1:8080")
    server.serve(provider.app)
    yield provider
    server.stop()


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Copy the project, and add the environment `other` with the given parameters."""

    def copy(*parameters: str) -> Path:
        shutil.copytree(ROOT / "local", tmp_path / "local", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("events", "web", "template.yaml"):
            (tmp_path / name).symlink_to(ROOT / name)
        overrides = f"\n[other.global.parameters]\nparameter_overrides = {list(parameters)}\n"
        (tmp_path / "samconfig.toml").write_text((ROOT / "samconfig.toml").read_text() + overrides)
        return tmp_path

    return copy


def test_run_uses_the_other_provider_only(run: Run, project: Callable[..., Path], provider: Provider) -> None:
    issuer = provider.tokens.issuer
    folder = project(
        f"SignInIssuer={issuer}", "SignInClientId=other-page", "LogRetentionDays=3", "Protect=true"
    )
    process = run("local", cwd=folder, CONFIG_ENV="other")
    assert process.stdout
    page = process.stdout.readline().removeprefix("ready ").strip()
    config = send("GET", f"{page}/config.json").document
    assert config["signIn"] == {
        "issuer": issuer,
        "clientId": "other-page",
        "commandLineClientId": "other-page",
    }
    policy = send("GET", page).headers["content-security-policy"]
    (sources,) = [entry.split()[1:] for entry in policy.split("; ") if entry.startswith("connect-src ")]
    assert sources[-1] == issuer
    statuses = [
        send("GET", f"{config['apiUrl']}/labels", headers={"Authorization": f"Bearer {token}"}).status
        for token in (provider.token("alice", aud="other-page"), provider.token("alice"))
    ]
    token = run("local.cli.token", WEB_PORT=page.rpartition(":")[2]).communicate(timeout=30)
    process.terminate()
    _, errors = process.communicate(timeout=20)
    assert statuses == [200, 401]
    assert token == ("", f"People sign in at {issuer}. Get an ID token there.\n")
    assert (
        "These parameters have no effect on this machine: LogRetentionDays, Protect." in errors.splitlines()
    )
    assert [line.split()[1] for line in errors.splitlines() if "Sign-in" in line] == [issuer]
    assert [line for line in errors.splitlines() if "alice" in line or "couldn't" in line] == []


def test_demo_needs_no_provider(run: Run, project: Callable[..., Path]) -> None:
    folder = project("SignInIssuer=https://id.example.com", "SignInClientId=page")
    process = run("local.cli.demo", str(ROOT / "web/samples/astronaut.jpg"), cwd=folder, CONFIG_ENV="other")
    output, errors = process.communicate(timeout=90)
    assert (process.returncode, output.split()[0]) == (0, "Label"), errors


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (["SignInIssuer=https://id.example.com"], "Set both SignInIssuer and SignInClientId, or neither."),
        (
            ["PageOrigin=https://pictures.example.com"],
            "PageOrigin can't be https://pictures.example.com here: the local stack serves its own page at "
            "http://127.0.0.1:{port}. Leave it out of SET, and of the environment that CONFIG_ENV selects.",
        ),
    ],
)
def test_run_explains_parameters_that_it_cannot_honor(
    run: Run, project: Callable[..., Path], parameters: list[str], message: str
) -> None:
    with Server("127.0.0.1", 0, "WEB_PORT") as free:
        port = str(free.port)
    process = run("local", cwd=project(*parameters), CONFIG_ENV="other", WEB_PORT=port)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors.splitlines()[-1]) == (1, "", message.format(port=port))
