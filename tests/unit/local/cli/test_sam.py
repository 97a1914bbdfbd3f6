"""How SAM CLI is run: its environment, and parameters in the form that it reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samcli.cli.types import CfnParameterOverridesType

from local.cli.sam import offline_environment, parameter_overrides, run_sam, sam_environment
from local.template.parameters import ParameterError


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


@given(
    st.dictionaries(
        st.from_regex("[A-Za-z0-9]+", fullmatch=True), st.text(st.characters(exclude_characters="\\"))
    )
)
def test_sam_reads_every_parameter_as_it_is(values: dict[str, str]) -> None:
    option, *words = parameter_overrides(values)
    assert option == "--parameter-overrides"
    assert CfnParameterOverridesType().convert(tuple(words), None, None) == values


def test_rejects_a_parameter_that_sam_would_read_differently() -> None:
    with pytest.raises(ParameterError) as caught:
        parameter_overrides({"Name": "a\\b"})
    assert str(caught.value) == "The parameter Name can't contain a backslash: SAM CLI can't pass it."


def test_a_chosen_region_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert offline_environment()["AWS_DEFAULT_REGION"] == "eu-west-1"
