"""Which region a command works in, and that SAM CLI gets the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deploy.environments import Environment
from deploy.errors import DeploymentError
from deploy.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

PROFILES = """
[default]
region = eu-west-1
[profile work]
region = eu-west-2
[profile bare]
"""


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles with and without a region, and no region in the environment."""
    (tmp_path / "config").write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")


@pytest.mark.parametrize(
    ("variables", "settings", "region", "source"),
    [
        ({}, {}, "eu-west-1", "the profile default"),
        ({"AWS_PROFILE": "work"}, {}, "eu-west-2", "the profile work"),
        ({}, {"profile": "work"}, "eu-west-2", "the profile work"),
        ({"AWS_PROFILE": "bare"}, {"profile": "work"}, "eu-west-2", "the profile work"),
        ({"AWS_REGION": "us-east-2"}, {}, "us-east-2", "AWS_REGION"),
        ({"AWS_REGION": "us-east-2"}, {"profile": "bare"}, "us-east-2", "AWS_REGION"),
        (
            {"AWS_REGION": "us-east-2", "AWS_DEFAULT_REGION": "us-west-1"},
            {},
            "us-west-1",
            "AWS_DEFAULT_REGION",
        ),
        ({"AWS_DEFAULT_REGION": "us-west-1"}, {"region": "sa-east-1"}, "sa-east-1", "samconfig.toml"),
    ],
)
def test_finds_the_region_and_uses_it_for_every_client(
    variables: dict[str, str],
    settings: dict[str, Any],
    region: str,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    target = find_target(Environment("default", "pictures", {}, **settings))
    assert (target.region, target.region_source) == (region, source)
    assert target.session.client("s3").meta.region_name == region
    assert target.sam_options() == [
        *("--config-env", "default", "--region", region),
        *(("--profile", settings["profile"]) if "profile" in settings else ()),
    ]


def test_says_how_to_set_a_region_if_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "bare")
    with pytest.raises(DeploymentError) as caught:
        find_target(Environment("dev", "pictures", {}))
    assert str(caught.value) == (
        "No AWS region is set. Set AWS_DEFAULT_REGION, or the profile's region with aws configure, "
        "or region in samconfig.toml under [dev.global.parameters]."
    )
