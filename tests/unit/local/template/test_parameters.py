from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local.template.parameters import (
    ParameterError,
    parameter_values,
    parse_overrides,
    samconfig_parameters,
)

if TYPE_CHECKING:
    from pathlib import Path

DECLARED: dict[str, dict[str, Any]] = {
    "Days": {"Type": "Number", "Default": 90, "MinValue": 1, "MaxValue": 365},
    "Switch": {"Type": "String", "Default": "false", "AllowedValues": ["true", "false"]},
    "Origin": {
        "Type": "String",
        "Default": "http://127.0.0.1",
        "AllowedPattern": "^https?://[^/]+$",
        "ConstraintDescription": "one origin",
    },
    "Plain": {"Type": "String", "Default": "", "AllowedPattern": "[a-z]*"},
    "Share": {"Type": "Number", "Default": 40.0},
    "Digits": {"Type": "String", "Default": "", "AllowedPattern": r"\d*"},
}


def test_uses_the_default_of_a_parameter_without_a_value() -> None:
    assert parameter_values(DECLARED, {"Days": "7"}) == {
        "Days": "7",
        "Switch": "false",
        "Origin": "http://127.0.0.1",
        "Plain": "",
        "Share": "40.0",
        "Digits": "",
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"Dayz": "7"},
            "The template has no parameter Dayz. It has: Days, Switch, Origin, Plain, Share, Digits.",
        ),
        ({"Days": "many"}, "The parameter Days can't be 'many': it must be a whole number."),
        ({"Days": "2.5"}, "The parameter Days can't be '2.5': it must be a whole number."),
        ({"Days": "1e2"}, "The parameter Days can't be '1e2': it must be a whole number."),
        ({"Days": "1_0"}, "The parameter Days can't be '1_0': it must be a whole number."),
        ({"Days": "\u0663"}, "The parameter Days can't be '\u0663': it must be a whole number."),
        ({"Share": "nan"}, "The parameter Share can't be 'nan': it must be a number."),
        ({"Share": "inf"}, "The parameter Share can't be 'inf': it must be a number."),
        ({"Digits": "\u0663"}, "The parameter Digits can't be '\u0663': it must be of the form \\d*."),
        ({"Days": "0"}, "The parameter Days can't be '0': it must be 1 or more."),
        ({"Days": "366"}, "The parameter Days can't be '366': it must be 365 or less."),
        ({"Switch": "yes"}, "The parameter Switch can't be 'yes': it must be one of true, false."),
        ({"Origin": "http://a/b"}, "The parameter Origin can't be 'http://a/b': it must be one origin."),
        ({"Plain": "A"}, "The parameter Plain can't be 'A': it must be of the form [a-z]*."),
    ],
)
def test_rejects_an_invalid_value(given: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        parameter_values(DECLARED, given)


def test_accepts_a_fraction_if_the_default_has_one() -> None:
    assert parameter_values(DECLARED, {"Share": "42.5"})["Share"] == "42.5"


def test_requires_a_value_without_a_default() -> None:
    with pytest.raises(ParameterError, match=r"^The parameter Name needs a value: it has no default.$"):
        parameter_values({"Name": {"Type": "String"}}, {})


def test_reads_overrides_as_a_list_or_a_string(tmp_path: Path) -> None:
    file = tmp_path / "samconfig.toml"
    file.write_text(
        'version = 0.1\n[a.global.parameters]\nparameter_overrides = ["X=1=2", "Y=b"]\n'
        '[b.global.parameters]\nparameter_overrides = "X=1 Y=\\"b\\""\n[c.global.parameters]\n'
    )
    read = [samconfig_parameters(file, environment) for environment in "abc"]
    assert read == [{"X": "1=2", "Y": "b"}, {"X": "1", "Y": "b"}, {}]


@pytest.mark.parametrize("overrides", ["X= Y='b c, \"d\"' Z=1", ['X=""', "Y='b c, \"d\"'", "Z=1"]])
def test_parses_quoted_and_empty_values(overrides: str | list[str]) -> None:
    assert parse_overrides(overrides, "SET") == {"X": "", "Y": 'b c, "d"', "Z": "1"}


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("X=1 Y", "SET has 'Y', but Name=value is expected."),
        ("X='1", "SET has \"X='1\", in which a quotation mark isn't closed."),
    ],
)
def test_rejects_overrides_of_another_form(overrides: str, message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        parse_overrides(overrides, "SET")
