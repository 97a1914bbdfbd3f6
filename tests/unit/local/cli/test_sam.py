from __future__ import annotations

from pathlib import Path

import pytest

from local.cli.sam import offline_environment, run_sam, sam_environment


def test_explains_that_sam_cli_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("local.cli.sam.SAM", Path("/nowhere/sam"))
    assert run_sam(["build"], {}) == 1
    assert capsys.readouterr().err == (
        "SAM CLI isn't installed. Run this command through make, which installs it.\n"
    )


def test_only_offline_commands_have_a_default_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert offline_environment()["AWS_DEFAULT_REGION"] == "us-east-1"
    assert "AWS_DEFAULT_REGION" not in sam_environment()


def test_a_chosen_region_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert offline_environment()["AWS_DEFAULT_REGION"] == "eu-west-1"
