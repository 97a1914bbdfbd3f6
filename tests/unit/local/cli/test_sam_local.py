"""What `make invoke-…` and `make start-api` pass to SAM CLI and print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.cli import sam_local
from local.cli.docker import Engine, architecture

PARAMETERS = {
    "PageOrigin": "http://127.0.0.1:8081",
    "SignInIssuer": "http://127.0.0.1:9000",
    "SignInClientId": "local-page",
    "CustomLabelsModelArn": "",
    "Architecture": "none",
}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine that has the base image, and whose containers reach this machine directly."""
    monkeypatch.setattr(Engine, "has_base_image", lambda self: True)
    monkeypatch.setattr(Engine, "gateway", lambda self: None)
    return Engine("docker")


def test_passes_the_address_and_the_parameters_of_the_stack(engine: Engine) -> None:
    with sam_local.reachable_stack(engine, PARAMETERS, 4567) as stack:
        options = sam_local.sam_local_options(engine, stack, DetectText="true")
        assert json.loads(Path(options[1]).read_text()) == {
            "Parameters": {
                "AWS_ENDPOINT_URL": "http://127.0.0.1:4567",
                "HTTP_PROXY": "http://host.docker.internal:4567",
            }
        }
    assert options == [
        *("--env-vars", str(stack.env_vars), "--add-host", "host.docker.internal:host-gateway"),
        "--parameter-overrides",
        'PageOrigin="http://127.0.0.1:8081"',
        'SignInIssuer="http://127.0.0.1:9000"',
        'SignInClientId="local-page"',
        'CustomLabelsModelArn=""',
        f'Architecture="{architecture()}"',
        'EventBusName="default"',
        'DetectText="true"',
        "--skip-pull-image",
    ]


@pytest.mark.parametrize(
    ("parameters", "web_port", "advice"),
    [
        ({}, "8081", "get a token with: make token USER=alice"),
        ({}, "", "get a token with: make token USER=alice WEB_PORT=8081"),
        (
            {"SignInIssuer": "https://id.example.com", "SignInClientId": "page"},
            "",
            "it accepts ID tokens of https://id.example.com",
        ),
    ],
)
def test_says_how_to_get_a_token(
    monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str], web_port: str, advice: str
) -> None:
    monkeypatch.setenv("WEB_PORT", web_port)
    assert sam_local._token_advice(PARAMETERS | parameters) == advice


def test_explains_that_no_engine_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sam_local, "interrupt_on_signals", lambda: None)
    assert sam_local.main(["start-api"]) == 1
    assert capsys.readouterr().err == (
        "sam local needs Docker or Finch, and neither is installed. Install one of them and try again.\n"
    )
