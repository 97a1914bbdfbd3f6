"""The limits that the parameters set: their defaults, and how they reach the functions."""

from __future__ import annotations

from typing import Any

import pytest

from local.settings import UNLIMITED
from local.template.parameters import ParameterError
from local.template.template import Template
from tests.template.support import load, read_source

NAMES = ("UPLOADS_PER_MINUTE", "UPLOADS_PER_DAY", "UPLOADS_PER_MONTH", "MONTHLY_BILLING_CEILING")


def limits(template: Template, function: str = "PresignFunction") -> dict[str, str]:
    """Return the limits in a function's environment."""
    variables = template.resources("AWS::Lambda::Function")[function]["Environment"]["Variables"]
    return {name: str(variables[name]) for name in NAMES if name in variables}


def test_invited_people_have_a_larger_quota(template: Template) -> None:
    assert limits(template) == dict(zip(NAMES, ("600", "2000", "20000", "100.0"), strict=True))
    strict = limits(load(SelfSignUp="true"))
    assert strict == dict(zip(NAMES, ("600", "100", "1000", "100.0"), strict=True))


@pytest.mark.parametrize("self_sign_up", ["true", "false"])
def test_every_limit_can_be_set(self_sign_up: str) -> None:
    values = {
        "UploadsPerMinute": "7",
        "UploadsPerDay": "8",
        "UploadsPerMonth": "9",
        "MonthlyBillingCeiling": "0.5",
    }
    found = limits(load(SelfSignUp=self_sign_up, **values))
    assert found == dict(zip(NAMES, values.values(), strict=True))
    assert limits(load(UploadsPerDay="8"))["UPLOADS_PER_MONTH"] == "20000"


def test_the_images_function_shows_the_same_limits() -> None:
    template = load(UploadsPerDay="8", MonthlyBillingCeiling="12.5")
    shown = limits(template, "ImagesFunction")
    assert shown == {name: limits(template)[name] for name in NAMES[1:]}


def test_the_recovery_measures_the_same_ceiling() -> None:
    template = load(MonthlyBillingCeiling="12.5")
    assert limits(template, "RecoveryFunction") == {"MONTHLY_BILLING_CEILING": "12.5"}


def test_a_stack_for_one_command_has_no_limits() -> None:
    assert limits(load(**UNLIMITED)) == dict(zip(NAMES, ("999999999",) * 3 + ("0",), strict=True))


@pytest.mark.parametrize("name", ["UploadsPerMinute", "UploadsPerDay", "UploadsPerMonth"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "1000000000"])
def test_rejects_a_number_of_uploads_that_is_not_one(name: str, value: str) -> None:
    with pytest.raises(ParameterError):
        load(**{name: value})


@pytest.mark.parametrize("value", ["-0.01", "none", ""])
def test_rejects_a_ceiling_that_is_not_a_number_of_dollars(value: str) -> None:
    with pytest.raises(ParameterError):
        load(MonthlyBillingCeiling=value)


def test_the_descriptions_name_the_default_quota() -> None:
    source: dict[str, Any] = read_source()
    quota = source["Mappings"]["UploadQuota"]
    for name, period in (("UploadsPerDay", "Day"), ("UploadsPerMonth", "Month")):
        invited, signed_up = quota["false"][period], quota["true"][period]
        description = source["Parameters"][name]["Description"]
        assert description.endswith(f"Empty for {invited}, or {signed_up} with SelfSignUp.")
