from __future__ import annotations

from pathlib import Path

import pytest

from local.cli.sam import main


@pytest.fixture
def fake_sam(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A SAM CLI that prints its command and its region."""
    executable = tmp_path / "sam"
    executable.write_text('#!/bin/sh\necho "$1 $AWS_DEFAULT_REGION"\n')
    executable.chmod(0o755)
    monkeypatch.setattr("local.cli.sam.SAM", executable)


def test_explains_that_sam_cli_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("local.cli.sam.SAM", Path("/nowhere/sam"))
    assert main(["build"]) == 1
    assert capsys.readouterr().err == (
        "SAM CLI isn't installed. Run this command through make, which installs it.\n"
    )


@pytest.mark.parametrize(
    ("command", "region"),
    [("build", "us-east-1"), ("validate", "us-east-1"), ("deploy", ""), ("logs", ""), ("delete", "")],
)
@pytest.mark.usefixtures("fake_sam")
def test_only_offline_commands_have_a_default_region(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command: str, region: str
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert main([command]) == 0
    assert capfd.readouterr().out == f"{command} {region}\n"


@pytest.mark.usefixtures("fake_sam")
def test_a_chosen_region_is_kept(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert main(["build"]) == 0
    assert capfd.readouterr().out == "build eu-west-1\n"
