from __future__ import annotations

from pathlib import Path

import pytest

from local.cli.sam import main


def test_explains_that_sam_cli_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("local.cli.sam._SAM", Path("/nowhere/sam"))
    assert main(["build"]) == 1
    assert capsys.readouterr().err == (
        "SAM CLI isn't installed. Run this command through make, which installs it.\n"
    )
